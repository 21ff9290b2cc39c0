from odoo import api, fields, models

FIGURES = [
    ("receivable", "Open receivables"),
    ("sales", "Sales on the scorecard"),
    ("profit", "Sales in the profit of customers"),
    ("funds", "Money in and out"),
    ("expense", "Expenses"),
    ("campaign", "Cost of campaigns"),
    ("commission", "Commission paid out"),
]


class CrmFigureCheckLine(models.TransientModel):
    """A figure of the CRM beside the ledger; company currency."""

    _name = "crm.figure.check.line"
    _description = "Figure against the Ledger"
    _order = "id"
    _rec_name = "code"

    check_id = fields.Many2one("crm.figure.check", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="check_id.currency_id")
    code = fields.Selection(FIGURES, "Figure of the CRM", required=True, readonly=True)
    figure = fields.Monetary("Shown", readonly=True)
    ledger = fields.Monetary("Posted", readonly=True)
    difference = fields.Monetary(compute="_compute_state")
    state = fields.Selection([("equal", "Equal"), ("different", "Different")], compute="_compute_state")
    domain = fields.Json(readonly=True)
    what = fields.Char("Journal Items Compared", compute="_compute_what")

    @api.depends("figure", "ledger")
    def _compute_state(self):
        for line in self:
            line.difference = line.currency_id.round(line.figure - line.ledger)
            line.state = "equal" if line.currency_id.is_zero(line.difference) else "different"

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_what(self):
        texts = {
            "receivable": self.env._("Balance of receivable accounts up to the last day"),
            "sales": self.env._("Product lines of customer invoices and credit notes, by invoice date"),
            "profit": self.env._("Product lines of customer invoices and credit notes, by invoice date"),
            "funds": self.env._("Movements on bank, cash and outstanding accounts"),
            "expense": self.env._("Items on expense accounts without the cost of goods"),
            "campaign": self.env._("Items on expense accounts that carry a campaign"),
            "commission": self.env._("Payout entries of commission statements"),
        }
        for line in self:
            line.what = texts.get(line.code)

    @api.model_create_multi
    def create(self, vals_list):
        """Dates in a domain are written as text, so that JSON can hold them."""
        for vals in vals_list:
            vals["domain"] = [
                [leaf[0], leaf[1], fields.Date.to_string(leaf[2]) if hasattr(leaf[2], "year") else leaf[2]]
                if isinstance(leaf, list | tuple)
                else leaf
                for leaf in vals.get("domain") or []
            ]
        return super().create(vals_list)

    def action_open_ledger(self):
        """The journal items behind the posted amount."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.what,
            "res_model": "account.move.line",
            "view_mode": "list,pivot",
            "domain": self.domain,
        }
