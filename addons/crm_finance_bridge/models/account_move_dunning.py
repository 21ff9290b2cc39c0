from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    crm_dunning_count = fields.Integer("Reminders", compute="_compute_crm_dunning_count")

    def _compute_crm_dunning_count(self):
        Line = self.env["crm.dunning.letter.line"]
        counts = {}
        if Line.has_access("read"):
            domain = [("move_line_id.move_id", "in", self.ids), ("letter_id.state", "not in", ("cancelled", "held"))]
            groups = Line._read_group(domain, ["move_line_id", "letter_id"])
            for item, letter in groups:
                counts.setdefault(item.move_id.id, set()).add(letter.id)
        for move in self:
            move.crm_dunning_count = len(counts.get(move.id, ()))

    def action_crm_dunning_letters(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_dunning_letter_action")
        return {**action, "domain": [("line_ids.move_line_id.move_id", "=", self.id)]}
