from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

ANSWERS = [
    ("return", "Sends it back"),
    ("returned", "Sent back"),
    ("used", "Used up"),
    ("passed", "Passed on"),
    ("checked", "Checked, in order"),
    ("refuses", "Does not want to"),
]
WRITABLE = frozenset({"answer", "note"})


class CrmRecallLine(models.Model):
    """A customer of a recall: what was shipped to him, when he was informed, what he answered.

    Quantities in the product's own unit. Found by SQL (crm_recall_find.py); people write answer and note alone.
    """

    _name = "crm.recall.line"
    _description = "Recall, Customer"
    _order = "recall_id, quantity_left desc, id"
    _rec_name = "partner_id"

    recall_id = fields.Many2one("crm.recall", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="restrict", index=True, readonly=True
    )
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    quantity_shipped = fields.Float("Shipped", readonly=True)
    quantity_returned = fields.Float("Came Back", readonly=True)
    quantity_left = fields.Float("Left", readonly=True, help="Shipped less came back.")
    first_date = fields.Datetime("First Shipment", readonly=True)
    last_date = fields.Datetime("Last Shipment", readonly=True)
    ticket_id = fields.Many2one("crm.ticket", readonly=True, index="btree_not_null", ondelete="set null")
    user_id = fields.Many2one(related="ticket_id.user_id", string="Owner")
    date_informed = fields.Datetime("Informed", readonly=True, help="Mailed, or told by telephone.")
    date_answered = fields.Datetime("Answered On", readonly=True)
    informed_answered = fields.Boolean(compute="_compute_informed_answered", store=True)
    answer = fields.Selection(ANSWERS)
    note = fields.Char()
    state = fields.Selection(
        [
            ("returned", "Has none left"),
            ("open", "To inform"),
            ("no_address", "To call: no address"),
            ("informed", "Waiting for answer"),
            ("answered", "Answered"),
        ],
        compute="_compute_state",
    )

    _recall_partner_unique = models.UniqueIndex("(recall_id, partner_id)", "This customer is on the recall already.")

    @api.depends("date_informed", "date_answered")
    def _compute_informed_answered(self):
        for line in self:
            line.informed_answered = bool(line.date_informed and line.date_answered)

    @api.depends("date_informed", "date_answered", "quantity_left", "ticket_id")
    def _compute_state(self):
        for line in self:
            if line.date_answered:
                line.state = "answered"
            elif line.date_informed:
                line.state = "informed"
            elif line.quantity_left <= 0:
                line.state = "returned"
            else:
                line.state = "no_address" if line.ticket_id else "open"

    def write(self, vals):
        if not self.env.su and vals.keys() - WRITABLE:
            raise AccessError(self.env._("Only the answer of the customer and a note are entered here."))
        result = super().write(vals)
        if vals.get("answer"):
            self.sudo()._answered(fields.Datetime.now())
        return result

    def _answered(self, now):
        self.filtered(lambda line: not line.date_answered).write({"date_answered": now})

    def action_informed(self):
        """The customer was told by telephone."""
        self.check_access("write")
        now = fields.Datetime.now()
        self.sudo().filtered(lambda line: not line.date_informed).write({"date_informed": now})

    def action_open_ticket(self):
        return self.ticket_id.get_formview_action()

    def _shipped_moves(self):
        """Return the done moves that the line counts."""
        self.ensure_one()
        self.recall_id._flush_shipments()
        rows = self.env.execute_query(
            SQL(
                "SELECT move_id FROM (%s) shipment WHERE partner_id = %s",
                self.recall_id._shipments(),
                self.partner_id.id,
            )
        )
        return self.env["stock.move"].browse([move_id for (move_id,) in rows])

    def action_open_shipments(self):
        """Open the moves behind the line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Shipments to %(customer)s", customer=self.partner_id.display_name),
            "res_model": "stock.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.sudo()._shipped_moves().ids)],
            "context": {"create": False},
        }
