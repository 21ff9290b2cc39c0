from odoo import api, fields, models
from odoo.tools import SQL

LEVEL_BITS = 6


class CrmChannelMember(models.Model):
    """Who stands beneath whom in the channel, at which level, and what each bought.

    One row per customer and each of those above it (level 1 = buys through it directly; level 0 = itself, so that
    sums include the own sales). Amounts: net invoiced, untaxed, posted invoices less credit notes of the current
    company in its currency, over the last twelve months. Id = customer's id * 64 + level.
    """

    _name = "crm.channel.member"
    _description = "Channel Member"
    _auto = False
    _order = "level, amount desc, id"
    _rec_name = "partner_id"

    ancestor_id = fields.Many2one("res.partner", string="Top", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    parent_id = fields.Many2one("res.partner", string="Buys through", readonly=True)
    level = fields.Integer(readonly=True, aggregator=None)
    customer_role = fields.Selection(
        selection=lambda self: self.env["res.partner"]._fields["customer_role"]._description_selection(self.env),
        string="Role",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    amount = fields.Monetary(string="Sales, 12 months", readonly=True, depends_context=("company",))
    currency_id = fields.Many2one("res.currency", readonly=True, depends_context=("company",))

    _depends = {
        "account.move": [
            "amount_untaxed_signed", "commercial_partner_id", "company_id", "invoice_date", "move_type", "state",
        ],
        "res.partner": ["channel_parent_id", "customer_role", "user_id"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """WITH RECURSIVE chain AS (
                 SELECT DISTINCT top.id AS partner_id, top.id AS ancestor_id, 0 AS level
                 FROM res_partner top
                 WHERE top.channel_parent_id IS NOT NULL OR top.id IN (
                     SELECT channel_parent_id FROM res_partner WHERE channel_parent_id IS NOT NULL)
                 UNION ALL
                 SELECT chain.partner_id, above.channel_parent_id, chain.level + 1
                 FROM chain JOIN res_partner above ON above.id = chain.ancestor_id
                 WHERE above.channel_parent_id IS NOT NULL AND chain.level < %(deepest)s
               )
               SELECT chain.partner_id::bigint * %(levels)s + chain.level AS id, chain.ancestor_id, chain.partner_id,
                      member.channel_parent_id AS parent_id, chain.level, member.customer_role, member.user_id,
                      COALESCE(sales.amount, 0) AS amount, %(currency)s AS currency_id
               FROM chain
               JOIN res_partner member ON member.id = chain.partner_id
               LEFT JOIN (%(sales)s) sales ON sales.partner_id = chain.partner_id""",
            deepest=(1 << LEVEL_BITS) - 1,
            levels=1 << LEVEL_BITS,
            currency=self.env.company.currency_id.id,
            sales=self._sales(),
        )

    @api.model
    def _sales(self):
        """Net invoiced per customer of the channel."""
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id, SUM(move.amount_untaxed_signed) AS amount
               FROM account_move move
               WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                 AND move.company_id = %s AND move.invoice_date > %s
                 AND move.commercial_partner_id IN (SELECT partner_id FROM chain)
               GROUP BY 1""",
            self.env.company.id,
            self.env["res.partner"]._crm_sales_start(),
        )

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
