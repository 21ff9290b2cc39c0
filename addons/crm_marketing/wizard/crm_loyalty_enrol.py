from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLoyaltyEnrol(models.TransientModel):
    """Enrol a customer in a loyalty program, in one's own name; for staff who may not make cards themselves."""

    _name = "crm.loyalty.enrol"
    _description = "Enrol in a Loyalty Program"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    program_id = fields.Many2one(
        "loyalty.program", required=True, domain="[('program_type', '=', 'loyalty'), ('active', '=', True)]"
    )
    email = fields.Char(related="partner_id.email", readonly=False)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            values["partner_id"] = self.env.context.get("active_id")
        programs = self.env["loyalty.program"].search([("program_type", "=", "loyalty")], limit=2)
        if len(programs) == 1:
            values["program_id"] = programs.id
        return values

    def action_enrol(self):
        self.ensure_one()
        self.partner_id.check_access("read")
        self.program_id.check_access("read")
        if self.program_id.program_type != "loyalty":
            raise UserError(self.env._("%(program)s has no members.", program=self.program_id.name))
        cards = self.env["loyalty.card"].sudo()
        known = cards.search(
            [("program_id", "=", self.program_id.id), ("partner_id", "=", self.partner_id.id)], limit=1
        )
        if known:
            raise UserError(
                self.env._("%(customer)s is a member since %(day)s.", customer=self.partner_id.display_name,
                           day=known.crm_member_since)
            )  # fmt: skip
        cards.create(
            {
                "program_id": self.program_id.id,
                "partner_id": self.partner_id.id,
                "points": 0,
                "crm_recruiter_id": self.env.uid,
            }
        )
        return {"type": "ir.actions.act_window_close"}
