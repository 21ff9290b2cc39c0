from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .res_company_statement import KINDS


class CrmStatementRunLine(models.Model):
    """One customer's statement and what became of it: the log of runs, and of statements sent by hand.

    Amounts: company currency at the closing date; + = the customer owes. Written by the run in SQL.
    """

    _name = "crm.statement.run.line"
    _description = "Statement Sent"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    run_id = fields.Many2one("crm.statement.run", readonly=True, ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one("res.partner", "Sent To", index="btree_not_null", ondelete="set null")
    email = fields.Char("E-mail Used", readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date_from = fields.Date("From", required=True, readonly=True)
    date = fields.Date("Closing Date", required=True, readonly=True)
    date_sent = fields.Datetime("Sent On", readonly=True)
    state = fields.Selection(
        [
            ("draft", "To send"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("optout", "Opted out"),
            ("no_email", "No e-mail"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="Why it failed.")
    mail_id = fields.Many2one("mail.mail", "E-mail", readonly=True, index="btree_not_null", ondelete="set null")
    amount = fields.Monetary("Balance", readonly=True)
    overdue = fields.Monetary(
        readonly=True,
        help="Past due at the closing date less receipts and credit notes of before it that are not matched yet: what "
        "the age columns after the first add up to. Negative = these are more than what is past due.",
    )
    statement_table = fields.Html(compute="_compute_statement_table", sanitize=False, compute_sudo=True)

    _customer_uniq = models.UniqueIndex("(run_id, partner_id) WHERE run_id IS NOT NULL", "A customer is in a run once.")
    _todo_idx = models.Index("(run_id, id) WHERE state = 'draft'")

    @api.depends("partner_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = self.env._(
                "%(customer)s as of %(date)s",
                customer=line.sudo().partner_id.name or "",
                date=format_date(self.env, line.date) or "-",
            )

    @api.depends("partner_id", "company_id", "kind", "date", "date_from")
    @api.depends_context("lang", "crm_statement_links")
    def _compute_statement_table(self):
        """The statement as HTML in the language of the environment; a few queries for all lines together."""
        Statement = self.env["crm.statement"]
        statements = self._statements()
        # Only the e-mail to the customer has addresses that let pay without signing in.
        links = Statement._pay_links(statements.values()) if self.env.context.get("crm_statement_links") else {}
        for line, statement in statements.items():
            line.statement_table = self.env["ir.qweb"]._render(
                "crm_finance_bridge.statement_sections", Statement._render_values(statement, links=links)
            )

    def _statements(self):
        """{line: statement}, as the ledger is now."""
        found = {}
        for key, lines in self.grouped(lambda line: (line.company_id, line.kind, line.date_from, line.date)).items():
            company, kind, date_from, date = key
            statements = self.env["crm.statement"].sudo()._statements(company, lines.partner_id, kind, date_from, date)
            found |= {line: statements[line.partner_id] for line in lines}
        return found

    def _lang(self):
        return self.contact_id.lang or self.partner_id.lang or self.env.lang

    def _portal_url(self):
        """Where the customer pays, promises, disputes and opts out, after signing in."""
        return f"{self.get_base_url()}/my/statement"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if self.filtered(lambda line: line.state not in ("draft", "cancelled")):
            raise UserError(self.env._("What was sent to a customer is not deleted."))

    # === ACTIONS === #

    def action_pdf(self):
        return self._download("pdf")

    def action_xlsx(self):
        return self._download("xlsx")

    def _download(self, extension):
        self.ensure_one()
        return self.partner_id._crm_statement_url(extension, self.company_id, self.kind, self.date_from, self.date)

    def action_resend(self):
        """Send again what failed or had no address, to the address that the contact has now."""
        again = self.filtered(lambda line: line.state in ("failed", "no_email"))
        arrived = again.filtered(lambda line: line.mail_id.sudo().state in ("sent", "received"))
        arrived.write({"state": "sent", "reason": False})
        again -= arrived
        if not again and not arrived:
            raise UserError(self.env._("Only statements that did not leave can be sent again."))
        for line in again:
            contact = line._current_contact()
            line.write({"state": "draft", "contact_id": contact.id, "email": contact.email_normalized, "reason": False})
        again.mail_id.sudo().cancel()
        again.mail_id = False
        again._send_batch(fields.Datetime.now())

    def _current_contact(self):
        """Who gets the statement: the invoice contact, the customer, another person with an address."""
        contacts = self.partner_id._crm_statement_contacts()
        if not contacts:
            raise UserError(self.env._("%(customer)s has no e-mail address.", customer=self.partner_id.name))
        return contacts[0]

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id._get_records_action()
