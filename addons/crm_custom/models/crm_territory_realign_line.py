from odoo import fields, models


class CrmTerritoryRealignLine(models.Model):
    """One customer that the rules would put elsewhere. Money in the company's currency."""

    _name = "crm.territory.realign.line"
    _description = "Customer of a Realignment"
    _order = "revenue DESC, id"
    _rec_name = "partner_id"

    realign_id = fields.Many2one("crm.territory.realign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    status = fields.Selection(
        [
            ("assigned", "Moves"),
            ("conflict", "Claimed by Several Territories"),
            ("outside", "Outside Every Territory"),
        ],
        required=True,
        help="Only customers that move are changed; the others stay until their rules are clear.",
    )
    from_territory_id = fields.Many2one("crm.territory", "From")
    to_territory_id = fields.Many2one("crm.territory", "To")
    rule_id = fields.Many2one("crm.territory.rule", "Reason", ondelete="set null")
    from_user_id = fields.Many2one("res.users", "Salesperson before")
    to_user_id = fields.Many2one("res.users", "Salesperson after")
    revenue = fields.Monetary(help="Untaxed, invoiced less credit notes, twelve months.")
    receivable = fields.Monetary("Open Receivables")
