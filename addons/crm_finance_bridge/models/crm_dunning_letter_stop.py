from odoo import api, fields, models
from odoo.tools import SQL


class CrmDunningLetter(models.Model):
    """Levels that stop a customer: orders, deliveries or both, through the customer's credit terms.

    The stop is taken off when no line of such a letter is open, undisputed and unpromised any more.
    """

    _inherit = "crm.dunning.letter"

    stopped = fields.Boolean("Customer Stopped", readonly=True, copy=False)

    _stopped_idx = models.Index("(partner_id) WHERE stopped")

    def _stop_customers(self):
        """Stop the customers of these letters (one level) as their level says."""
        level = self.level_id
        if not self or not (level.delivery_stop or level.credit_stop):
            return
        kind = "all" if level.delivery_stop and level.credit_stop else "deliveries" if level.delivery_stop else "orders"
        for company, letters in self.grouped("company_id").items():
            reason = self.env._("Reminder: %(level)s", level=level.name)
            self.env["crm.credit.limit"].sudo()._stop(company, letters.partner_id, reason, stop=kind)
        self.sudo().write({"stopped": True})

    @api.model
    def _process_resume(self):
        """Take off the stops whose reason is settled; returns the letters."""
        letters = self.sudo().search([("stopped", "=", True)])
        if not letters:
            return letters
        over = letters - letters._stop_holds()
        over.stopped = False
        still = self.sudo().search([("stopped", "=", True), ("partner_id", "in", over.partner_id.ids)])
        for company, own in over.grouped("company_id").items():
            kept = still.filtered(lambda letter, company=company: letter.company_id == company).partner_id
            if free := own.partner_id - kept:
                self.env["crm.credit.limit"].sudo()._resume(company, free)
        return over

    def _stop_holds(self):
        """Those of these letters that still have an open line which is neither disputed nor promised."""
        held = self.browse()
        for company, letters in self.grouped("company_id").items():
            Status = self.env["crm.dunning.status"].sudo()
            Status._dunning_flush()
            today = company._crm_credit_today()
            query = Status._dunning_query(company, today, letters.partner_id.ids)
            lines = letters.line_ids.move_line_id.ids
            rows = self.env.execute_query(SQL("SELECT id FROM (%s) row WHERE claims AND id = ANY(%s)", query, lines))
            claimed = {line_id for [line_id] in rows}
            held |= letters.filtered(lambda letter, claimed=claimed: claimed & set(letter.line_ids.move_line_id.ids))
        return held
