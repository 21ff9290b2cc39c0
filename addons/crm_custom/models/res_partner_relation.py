from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

KINDS = [("b2b", "B2B"), ("b2c", "B2C")]
SALES_MONTHS = 12


class ResPartner(models.Model):
    """What a partner is to us: company or consumer, customer, competitor or partner, special, and its place in
    the channel from us to the end customer.

    All of it is set on the commercial partner. A competitor owes us nothing: it cannot be one while a receivable
    is open, and nothing that it would owe can be posted (`account.move._post`).
    """

    _inherit = "res.partner"

    crm_kind = fields.Selection(
        KINDS,
        string="B2B / B2C",
        compute="_compute_crm_kind",
        search="_search_crm_kind",
        help="B2B: a company and its people. B2C: an individual.",
    )
    relation_type = fields.Selection(
        [("customer", "Customer"), ("competitor", "Competitor"), ("partner", "Partner")],
        string="Relation",
        tracking=True,
        help="A competitor has no receivables and is in no campaign.",
    )
    crm_rival_offer = fields.Char(string="What they offer", help="Brands and goods of the competitor.", prefetch="crm")
    crm_rival_strengths = fields.Char(string="Their strengths", groups="sales_team.group_sale_salesman", prefetch="crm")
    crm_rival_weaknesses = fields.Char(
        string="Their weaknesses", groups="sales_team.group_sale_salesman", prefetch="crm"
    )
    crm_cooperation = fields.Char(string="What we do together", help="Subject of the co-operation.", prefetch="crm")
    crm_cooperation_until = fields.Date(string="Agreed until", prefetch="crm")
    is_special = fields.Boolean(
        string="Special customer", tracking=True, help="Needs a salesperson and a deputy, both by name."
    )
    deputy_user_id = fields.Many2one(
        "res.users",
        string="Deputy",
        tracking=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
        help="Stands in for the salesperson.",
    )
    channel_parent_id = fields.Many2one(
        "res.partner",
        string="Buys through",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        help="The dealer above in the channel: who sells to this customer.",
    )
    channel_child_ids = fields.One2many("res.partner", "channel_parent_id", string="Sells to")
    crm_channel_ids = fields.Many2many(
        "crm.channel.member", string="Channel beneath", compute="_compute_channel", compute_sudo=True
    )
    channel_sales = fields.Monetary(
        string="Channel sales",
        currency_field="crm_currency_id",
        compute="_compute_channel",
        compute_sudo=True,
        help="Net invoiced in the last twelve months, own and of everybody beneath in the channel.",
    )

    _channel_not_self = models.Constraint(
        "CHECK (channel_parent_id IS NULL OR channel_parent_id <> id)", "Nobody buys through themselves."
    )

    # === B2B AND B2C === #

    @api.depends("commercial_partner_id.is_company")
    def _compute_crm_kind(self):
        for partner in self:
            partner.crm_kind = "b2b" if partner.commercial_partner_id.is_company else "b2c"

    @api.model
    def _search_crm_kind(self, operator, value):
        if operator != "in":
            return NotImplemented
        kinds = [kind == "b2b" for kind in value if kind]
        return [("commercial_partner_id.is_company", "in", kinds)]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let every list and report split its customers, without a stored column to keep."""
        if field_expr == "crm_kind":
            return SQL(
                "(SELECT CASE WHEN %s THEN 'b2b' ELSE 'b2c' END FROM res_partner crm_owner WHERE crm_owner.id = %s)",
                SQL.identifier("crm_owner", "is_company", to_flush=self._fields["is_company"]),
                SQL.identifier(alias, "commercial_partner_id", to_flush=self._fields["commercial_partner_id"]),
            )
        return super()._field_to_sql(alias, field_expr, query)

    # === COMPETITORS === #

    @api.constrains("relation_type", "parent_id")
    def _check_competitor(self):
        rivals = self.commercial_partner_id.filtered(lambda partner: partner.relation_type == "competitor")
        if not rivals:
            return
        items = self.env["account.move.line"].sudo()
        open_items = items.search(
            [
                ("partner_id", "child_of", rivals.ids),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ],
            limit=1,
        )
        if open_items:
            raise ValidationError(
                self.env._(
                    "%(customer)s still has open receivables (%(document)s). Settle them before you mark it as a "
                    "competitor.",
                    customer=open_items.partner_id.commercial_partner_id.display_name,
                    document=open_items.move_id.display_name,
                )
            )

    @api.model
    def _crm_no_campaign_domain(self):
        """Customers that no campaign may address; extended by whoever has a reason."""
        return Domain("commercial_partner_id.relation_type", "=", "competitor")

    # === SPECIAL CUSTOMERS === #

    @api.constrains("is_special", "user_id", "deputy_user_id")
    def _check_special(self):
        for partner in self:
            owner, deputy = partner.user_id, partner.deputy_user_id
            if not partner.is_special or (owner.active and deputy.active and owner != deputy):
                continue
            raise ValidationError(
                self.env._(
                    "%(customer)s is a special customer: name a salesperson and another colleague as deputy.",
                    customer=partner.display_name,
                )
            )

    # === CHANNEL === #

    @api.constrains("channel_parent_id")
    def _check_channel(self):
        if self._has_cycle("channel_parent_id"):
            raise ValidationError(self.env._("The channel would run in a circle: nobody can buy through a customer."))

    @api.depends("channel_parent_id", "channel_child_ids.channel_parent_id")
    @api.depends_context("company", "uid")
    def _compute_channel(self):
        """Members beneath, with what each bought; sums only of customers whose money the user may see."""
        members = self.env["crm.channel.member"].with_user(self.env.user)
        visible, domain = self._crm_visible_customers(), [("ancestor_id", "in", self.ids)]
        rows = members.browse()
        if members.has_access("read") and self.ids:
            rows = members.search([*domain, ("level", ">", 0)])
        found = rows.grouped("ancestor_id")
        sums = dict(members.sudo()._read_group(domain, ["ancestor_id"], ["amount:sum"])) if self.ids else {}
        for partner in self:
            partner.crm_channel_ids = found.get(partner._origin, rows.browse())
            shown = partner.commercial_partner_id in visible
            partner.channel_sales = sums.get(partner._origin, 0.0) if shown else 0.0

    @api.model
    def _crm_sales_start(self):
        return fields.Date.context_today(self) - relativedelta(months=SALES_MONTHS)

    def action_channel(self):
        """Everybody beneath in the channel, with sales."""
        return self._crm_action(
            self.env._("Channel"), "crm.channel.member", [("ancestor_id", "=", self.id)], ("list", "pivot")
        )
