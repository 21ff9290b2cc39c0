from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .res_company_statement import KINDS


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Entered by users and by the customer in the portal; counts for the commercial partner.
    crm_statement_send = fields.Selection(
        [*KINDS, ("none", "No statements")],
        "Monthly Statement",
        help="Which statement the customer gets each month. Empty: as the company does for all.",
        tracking=True,
        prefetch="crm",
    )
    crm_statement_count = fields.Integer("Statements", compute="_compute_crm_statement_count")

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_crm_statement_count(self):
        Line = self.env["crm.statement.run.line"]
        counts = {}
        if Line.has_access("read"):
            customers = self.commercial_partner_id._origin
            domain = [("partner_id", "in", customers.ids), ("state", "=", "sent")]
            counts = dict(Line._read_group(domain, ["partner_id"], ["__count"]))
        for partner in self:
            partner.crm_statement_count = counts.get(partner.commercial_partner_id._origin, 0)

    def _crm_statement_contacts(self):
        """Contacts of a customer that a statement may go to, the invoice contact first."""
        contacts = self.search(
            [("commercial_partner_id", "=", self.commercial_partner_id.id), ("email_normalized", "!=", False)]
        )
        customer = self.commercial_partner_id
        return contacts.sorted(lambda one: (one.type != "invoice", one != customer, one.id))

    def _crm_statement_check(self):
        """Accounting and sales managers print any customer's statement, a salesperson those of own customers."""
        self.check_access("read")
        if not self.env.su and any(not partner._crm_credit_may_see() for partner in self):
            raise AccessError(self.env._("You may not see what this customer owes."))

    def _crm_statement_url(self, extension, company, kind, date_from, date):
        self.ensure_one()
        query = urlencode({"company_id": company.id, "kind": kind, "date_from": date_from, "date": date})
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_finance_bridge/statement/{self.id}.{extension}?{query}",
            "target": "download" if extension == "xlsx" else "new",
        }

    def action_crm_statement(self):
        """Choose the kind and the dates, then print, download or send."""
        self.ensure_one()
        self._crm_statement_check()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Statement of Account"),
            "res_model": "crm.statement.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    def action_crm_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_statement_run_line_action")
        return {**action, "domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}

    # === PRIVACY === #

    def _crm_statement_domain(self):
        return Domain("contact_id", "=", self.id) | Domain("partner_id", "=", self.id)

    def _crm_person_sections(self):
        lines = self._crm_person_rows(
            "crm.statement.run.line",
            self._crm_statement_domain(),
            "create_date",
            lambda row: f"{row.amount} {row.email or ''}",
        )
        return [*super()._crm_person_sections(), (self.env._("Statements"), lines)]

    def _crm_erase_more(self):
        """The log stays with the accounts; the person, the address and the e-mails leave it."""
        domain = Domain("contact_id", "in", self.ids) | Domain("partner_id", "in", self.ids)
        lines = self.env["crm.statement.run.line"].sudo().search(domain)
        lines.write({"contact_id": False, "email": False})
        attached = Domain("res_model", "=", lines._name) & Domain("res_id", "in", lines.ids)
        self.env["ir.attachment"].sudo().search(attached).unlink()
        lines.mail_id.unlink()
        return super()._crm_erase_more() + len(lines)
