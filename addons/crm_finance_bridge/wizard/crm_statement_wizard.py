from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.res_company_statement import KINDS


class CrmStatementWizard(models.TransientModel):
    """One customer's statement by hand: on paper, as a workbook, by e-mail."""

    _name = "crm.statement.wizard"
    _description = "Statement of Account, by Hand"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company.root_id)
    kind = fields.Selection(KINDS, required=True, default="open")
    date_from = fields.Date("From", default=lambda self: self._default_date().replace(month=1, day=1))
    date = fields.Date("As of", required=True, default=lambda self: self._default_date())
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def _default_date(self):
        return self.env.company.root_id._crm_credit_today()

    @api.depends("partner_id", "company_id", "kind", "date_from", "date")
    def _compute_preview(self):
        Statement = self.env["crm.statement"].sudo()
        for wizard in self:
            wizard.preview = False
            partner = wizard.partner_id._origin.commercial_partner_id
            if not partner or not wizard.date or not partner._crm_credit_may_see():
                continue
            Statement._check_legal_entity(wizard.company_id, self.env.user)
            date_from = wizard.date_from or wizard.date
            found = Statement._statements(wizard.company_id.sudo(), partner.sudo(), wizard.kind, date_from, wizard.date)
            wizard.preview = self.env["ir.qweb"]._render(
                "crm_finance_bridge.statement_sections", Statement._render_values(found[partner])
            )

    @api.constrains("date_from", "date", "kind")
    def _check_dates(self):
        for wizard in self:
            if wizard.kind == "movement" and (not wizard.date_from or wizard.date_from > wizard.date):
                raise ValidationError(self.env._("The period ends before it begins."))

    def _period(self):
        self.ensure_one()
        self.partner_id._crm_statement_check()
        self.env["crm.statement"]._check_legal_entity(self.company_id, self.env.user)
        return (
            self.company_id.root_id,
            self.kind,
            self.date_from if self.kind == "movement" else self.date.replace(day=1),
            self.date,
        )

    def action_pdf(self):
        return self.partner_id._crm_statement_url("pdf", *self._period())

    def action_xlsx(self):
        return self.partner_id._crm_statement_url("xlsx", *self._period())

    def action_send(self):
        """Send it now and write it in the log."""
        company, kind, date_from, date = self._period()
        customer = self.partner_id.commercial_partner_id
        contact = customer._crm_statement_contacts()[:1]
        if not contact:
            raise UserError(self.env._("%(customer)s has no e-mail address.", customer=customer.name))
        line = (
            self.env["crm.statement.run.line"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "partner_id": customer.id,
                    "contact_id": contact.id,
                    "email": contact.email_normalized,
                    "kind": kind,
                    "date_from": date_from,
                    "date": date,
                }
            )
        )
        line._send_batch(fields.Datetime.now())
        if line.state != "sent":
            raise UserError(line.reason or self.env._("Nothing is open."))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Statement sent to %(address)s.", address=contact.email_normalized),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
