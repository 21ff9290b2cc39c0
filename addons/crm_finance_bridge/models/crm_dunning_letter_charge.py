from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date


class CrmDunningLetter(models.Model):
    _inherit = "crm.dunning.letter"

    def action_charge(self):
        """Draft invoices of the fee and the interest of these letters."""
        return self._charge()

    def _charge(self):
        """One draft invoice a letter, company currency, no tax; a letter is charged once, unless that was cancelled."""
        letters = self.filtered(
            lambda letter: (
                letter.state in ("todo", "sent")
                and letter.fee + letter.interest > 0
                and (not letter.charge_move_id or letter.charge_move_id.state == "cancel")
            )
        )
        if not letters:
            raise UserError(self.env._("There is no fee or interest to charge, or it is charged already."))
        for company, own in letters.grouped("company_id").items():
            moves = self.env["account.move"].with_company(company).create(own.mapped(lambda one: one._charge_values()))
            for letter, move in zip(own, moves, strict=True):
                letter.charge_move_id = move
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        return {**action, "domain": [("id", "in", letters.charge_move_id.ids)], "context": {}}

    def _charge_values(self):
        letter = self.with_context(lang=self._lang())
        until = format_date(letter.env, self.date)
        parts = [
            (letter.env._("Reminder fee: %(level)s", level=letter.level_id.name), self.fee),
            (
                letter.env._("Interest on overdue invoices until %(date)s", date=until),
                self.interest,
            ),
        ]
        return {
            "move_type": "out_invoice",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "invoice_user_id": self.partner_id.user_id.id,
            "invoice_origin": self.env._("Reminder %(number)s", number=self.id),
            "invoice_line_ids": [
                Command.create({"name": name, "quantity": 1, "price_unit": amount, "tax_ids": [Command.clear()]})
                for name, amount in parts
                if amount
            ],
        }
