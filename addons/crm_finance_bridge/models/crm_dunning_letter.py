from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_dunning_level import CHANNELS


class CrmDunningLetter(models.Model):
    """One letter to one customer with all its overdue lines; its level is the highest that a line reaches.

    Written by the run in SQL, sent in batches (crm_dunning_letter_send.py). Amounts in company currency.
    """

    _name = "crm.dunning.letter"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Reminder Letter"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    run_id = fields.Many2one("crm.dunning.run", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner", "Sent To", index="btree_not_null", ondelete="set null", help="The person who gets the letter."
    )
    email = fields.Char("E-mail Used", readonly=True)
    strategy_id = fields.Many2one("crm.dunning.strategy", required=True, readonly=True, ondelete="restrict", index=True)
    level_id = fields.Many2one("crm.dunning.level", required=True, readonly=True, ondelete="restrict", index=True)
    rank = fields.Integer("Level Number", readonly=True, aggregator=None)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    no_email = fields.Boolean("No E-mail Address", readonly=True, help="Printed because the customer has no e-mail.")
    date = fields.Date(readonly=True, help="The day it was made for.")
    held_until = fields.Date(readonly=True, help="Held out of the level until this day.")
    date_sent = fields.Datetime("Sent On", readonly=True)
    state = fields.Selection(
        [
            ("draft", "To send"),
            ("held", "Held out"),
            ("todo", "To do"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="Why it failed or was cancelled.")
    user_id = fields.Many2one("res.users", "Responsible")
    mail_id = fields.Many2one("mail.mail", "E-mail", readonly=True, index="btree_not_null", ondelete="set null")
    amount = fields.Monetary("Overdue", readonly=True, help="Sum of the lines, company currency.")
    fee = fields.Monetary(readonly=True)
    interest = fields.Monetary(readonly=True)
    line_ids = fields.One2many("crm.dunning.letter.line", "letter_id", "Lines")
    line_count = fields.Integer("Invoices", compute="_compute_line_count")
    charge_move_id = fields.Many2one(
        "account.move", "Fee Invoice", readonly=True, index="btree_not_null", ondelete="set null", copy=False
    )

    _customer_idx = models.Index("(company_id, partner_id)")
    _todo_idx = models.Index("(run_id, id) WHERE state = 'draft'")

    @api.depends("partner_id", "level_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = self.env._(
                "%(level)s: %(customer)s", level=letter.sudo().level_id.name, customer=letter.sudo().partner_id.name
            )

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["crm.dunning.letter.line"]._read_group([("letter_id", "in", self.ids)], ["letter_id"], ["__count"])
        )
        for letter in self:
            letter.line_count = counts.get(letter, 0)

    def _lang(self):
        return self.contact_id.lang or self.partner_id.lang or self.env.lang

    def _total(self):
        """Overdue with fee and interest, company currency."""
        return self.amount + self.fee + self.interest

    def _overdue_table(self):
        """The overdue invoices with the sum to pay, as HTML in the language of the environment; for the templates."""
        return self.env["ir.qweb"]._render("crm_finance_bridge.dunning_table", {"letter": self.sudo()})

    def _letter_body(self):
        """The text of the letter in the customer's language, for paper."""
        self.ensure_one()
        template = self.level_id.template_id.sudo()
        return template._render_field("body_html", self.ids, compute_lang=True)[self.id] if template else ""

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if self.filtered(lambda letter: letter.state not in ("draft", "cancelled")):
            raise UserError(self.env._("A letter that was sent, held out or given to somebody is not deleted."))

    # === ACTIONS === #

    def action_cancel(self):
        """Leave these letters out; their invoices are considered again in the next run."""
        if self.filtered(lambda letter: letter.state not in ("draft", "todo", "failed")):
            raise UserError(self.env._("Only letters that are not sent can be cancelled."))
        self._cancel(self.env._("Left out by %(user)s", user=self.env.user.name))

    def _cancel(self, reason):
        self.mail_id.sudo().cancel()
        self.write({"state": "cancelled", "reason": reason})
        self.activity_unlink(["mail.mail_activity_data_todo", "mail.mail_activity_data_call"])
        self.line_ids.write({"advances": False})

    def action_done(self):
        """A letter printed and posted, a call made."""
        if self.filtered(lambda letter: letter.state != "todo"):
            raise UserError(self.env._("Only letters to do can be marked as done."))
        self.write({"state": "sent", "date_sent": fields.Datetime.now()})
        self.activity_feedback(["mail.mail_activity_data_todo", "mail.mail_activity_data_call"])

    def action_print(self):
        """Print the letters; those that wait for paper count as sent."""
        waiting = self.filtered(lambda letter: letter.state == "todo" and letter.channel == "letter")
        if waiting and waiting.has_access("write"):
            waiting.action_done()
        return self.env.ref("crm_finance_bridge.action_report_dunning").report_action(self)

    def action_resend(self):
        """Try a failed e-mail again, to the address that the contact has now."""
        failed = self.filtered(lambda letter: letter.state == "failed")
        if not failed:
            raise UserError(self.env._("Only failed letters can be sent again."))
        for letter in failed:
            if not letter.contact_id.email_normalized:
                raise UserError(self.env._("%(customer)s has no e-mail address.", customer=letter.contact_id.name))
            letter.write({"state": "draft", "email": letter.contact_id.email_normalized, "reason": False})
        failed.mail_id.sudo().cancel()
        failed.mail_id = False
        failed._send_batch(fields.Datetime.now())

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id._get_records_action()
