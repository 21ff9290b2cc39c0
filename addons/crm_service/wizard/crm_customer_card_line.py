from odoo import api, fields, models

KINDS = [
    ("order", "Order"),
    ("ticket", "Ticket"),
    ("entitlement", "Agreement"),
    ("offer", "Suggested Product"),
    ("told", "Already Told Us"),
]


class CrmCustomerCardLine(models.TransientModel):
    """A fact on the customer card; the record behind it opens for whom may read it."""

    _name = "crm.customer.card.line"
    _description = "Fact on the Customer Card"
    _order = "kind, sequence, id"

    card_id = fields.Many2one("crm.customer.card", required=True, readonly=True, index=True, ondelete="cascade")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    date = fields.Datetime(readonly=True)
    name = fields.Char("What", readonly=True)
    text = fields.Char("More", readonly=True)
    state = fields.Char("Status", readonly=True)
    amount = fields.Monetary(readonly=True, help="Empty where the user may not see money of this customer.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    can_open = fields.Boolean(compute="_compute_can_open")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_can_open(self):
        self.can_open = False
        for model, lines in self.grouped("res_model").items():
            if not model or model not in self.env or not self.env[model].has_access("read"):
                continue
            readable = set(self.env[model].browse(lines.mapped("res_id")).exists()._filtered_access("read").ids)
            for line in lines:
                line.can_open = line.res_id in readable

    def action_open(self):
        self.ensure_one()
        if not self.can_open:
            return False
        return self.env[self.res_model].browse(self.res_id)._get_records_action()
