from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

# What an offer is made of; a change takes the check back.
CHECKED_FIELDS = frozenset(
    (
        "date_start", "date_end", "price_kind", "price", "discount", "program_id", "segment_id", "product_ids",
        "channel", "quantity", "company_id",
    )
)  # fmt: skip


class CrmOffer(models.Model):
    """The right time, price, customer and product, checked against consent and stock before anybody sees it.

    A draft is its author's own; colleagues see an offer once it is checked. The check freezes the segment: those are
    the customers targeted, and whether their behaviour changed is counted in crm.offer.response. Prices in the
    company's currency, quantities in the product's unit; days are calendar days.
    """

    _name = "crm.offer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Offer"
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, required=True)
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null", check_company=True)
    state = fields.Selection(
        [("draft", "In Preparation"), ("ready", "Checked"), ("closed", "Closed")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    date_start = fields.Date("From", tracking=True)
    date_end = fields.Date("To", tracking=True)
    timing_reason = fields.Char("Why Now", help="e.g. before the season, when the last purchase is used up.")
    price_kind = fields.Selection(
        [("price", "Price"), ("discount", "Discount"), ("program", "Loyalty or coupon program")], tracking=True
    )
    price = fields.Monetary(tracking=True)
    discount = fields.Float("Discount (%)", digits=(5, 2), tracking=True)
    program_id = fields.Many2one("loyalty.program", check_company=True, ondelete="restrict")
    segment_id = fields.Many2one("crm.segment", "Customers", check_company=True, index="btree_not_null", tracking=True)
    segment_version_id = fields.Many2one("crm.segment.version", readonly=True, copy=False, ondelete="restrict")
    product_ids = fields.Many2many("product.product", "crm_offer_product_rel", string="Products", check_company=True)
    quantity = fields.Float(
        "Expected Quantity", digits="Product Unit", default=1.0, help="Of each product; as much must be free in stock."
    )
    channel = fields.Selection(
        [("email", "E-mail"), ("sms", "SMS"), ("call", "Telephone"), ("letter", "Letter")], default="email"
    )
    missing_text = fields.Char("Missing", compute="_compute_missing_text")
    checked_on = fields.Datetime(readonly=True, copy=False)
    target_count = fields.Integer("Customers Targeted", readonly=True, copy=False)
    refused_count = fields.Integer("Left Out", readonly=True, copy=False, help="No consent, no address or barred.")
    stock_text = fields.Char("Stock", compute="_compute_stock_text")
    response_days = fields.Integer(
        "Days to Compare", default=180, help="Behaviour since the offer is compared with so many days before it."
    )
    changed_count = fields.Integer("Changed Behaviour", compute="_compute_changes")
    changed_product_count = fields.Integer("New Product", compute="_compute_changes")
    changed_channel_count = fields.Integer("New Channel", compute="_compute_changes")
    changed_timing_count = fields.Integer("Sooner", compute="_compute_changes")
    changed_text = fields.Char("Change", compute="_compute_changes")

    _check_dates = models.Constraint("CHECK (date_end >= date_start)", "An offer cannot end before it starts.")
    _check_numbers = models.Constraint(
        "CHECK (discount BETWEEN 0 AND 100 AND price >= 0 AND quantity >= 0 AND response_days > 0)",
        "Prices and quantities are not negative, a discount is at most 100 %, the days to compare are at least one.",
    )

    # === FOUR THINGS === #

    @api.depends(*sorted(CHECKED_FIELDS))
    def _compute_missing_text(self):
        for offer in self:
            offer.missing_text = ", ".join(offer._missing())

    def _missing(self):
        """Names of what is not filled in."""
        self.ensure_one()
        price = {
            "price": self.price > 0,
            "discount": self.discount > 0,
            "program": bool(self.program_id),
        }.get(self.price_kind, False)
        checks = [
            (self.date_start and self.date_end, self.env._("timing")),
            (price, self.env._("price")),
            (self.segment_id, self.env._("customers")),
            (self.product_ids, self.env._("products")),
            (self.channel, self.env._("channel")),
        ]
        return [name for filled, name in checks if not filled]

    # === CHECK === #

    def action_check(self):
        """Check consent and stock and freeze the customers; then colleagues see the offer."""
        for offer in self:
            offer.check_access("write")
            if missing := offer._missing():
                raise UserError(self.env._("%(offer)s lacks: %(what)s.", offer=offer.name, what=", ".join(missing)))
            if offer.date_end < fields.Date.context_today(offer):
                raise UserError(self.env._("%(offer)s is over before it begins.", offer=offer.name))
            if short := offer._short_products():
                raise UserError(
                    self.env._("Not enough in stock for %(offer)s: %(what)s.", offer=offer.name, what=", ".join(short))
                )
            version = offer.segment_id._freeze(offer.name, channel=offer.channel)
            total, refused = offer._count_targets(version)
            if total == refused:
                raise UserError(self.env._("Nobody of %(segment)s may be addressed.", segment=offer.segment_id.name))
            offer.write(
                {
                    "segment_version_id": version.id,
                    "target_count": total - refused,
                    "refused_count": refused,
                    "checked_on": fields.Datetime.now(),
                    "state": "ready",
                }
            )

    def _count_targets(self, version):
        """Return (members, those left out) of the frozen segment, by its own exclusions and the consent ledger."""
        self.env.flush_all()
        refused = SQL("SELECT NULL::int AS partner_id WHERE FALSE")
        if hasattr(self.env["res.partner"], "_crm_excluded_query"):
            refused = self.env["res.partner"]._crm_excluded_query(self.channel, "marketing", self.company_id)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_segment_version_line line SET excluded_reason = 'consent'
                     FROM (%s) refused
                    WHERE line.version_id = %s AND line.excluded_reason IS NULL
                      AND refused.partner_id = line.partner_id""",
                refused,
                version.id,
            )
        )
        version.line_ids.invalidate_recordset()
        [(total, out)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COUNT(excluded_reason) FROM crm_segment_version_line WHERE version_id = %s",
                version.id,
            )
        )
        version.sudo().write({"excluded": out, "size": total - out})
        return total, out

    def _short_products(self):
        """'Tea: 3 of 10 free' of goods with less free stock than expected; services are never short."""
        self.ensure_one()
        products = self.product_ids.with_company(self.company_id).sudo().filtered("is_storable")
        return [
            self.env._("%(product)s: %(free)g of %(wanted)g free", product=product.display_name, free=product.free_qty,
                       wanted=self.quantity)
            for product in products
            if product.free_qty < self.quantity
        ]  # fmt: skip

    @api.depends("product_ids", "quantity", "company_id")
    def _compute_stock_text(self):
        """As the stock is now: an offer that was checked may have sold out since."""
        for offer in self:
            offer.stock_text = ", ".join(offer._short_products()) or (
                self.env._("Enough in stock") if offer.product_ids else False
            )

    def action_close(self):
        self.write({"state": "closed"})

    def action_draft(self):
        self.write({"state": "draft"})

    def write(self, vals):
        if CHECKED_FIELDS & set(vals) and "state" not in vals:
            checked = self.filtered(lambda offer: offer.state == "ready")
            super(CrmOffer, checked).write({"state": "draft", "checked_on": False})
        return super().write(vals)

    @api.constrains("state")
    def _check_state(self):
        """No door around the check: an import or an API call neither makes an offer visible."""
        for offer in self:
            if offer.state != "draft" and (not offer.checked_on or offer._missing()):
                raise ValidationError(self.env._("%(offer)s has not been checked.", offer=offer.name))

    # === WHAT CAME OF IT === #

    def _compute_changes(self):
        groups = self.env["crm.offer.response"]._read_group(
            [("offer_id", "in", self.ids)],
            ["offer_id"],
            ["__count", "changed_count:sum", "product_count:sum", "channel_count:sum", "timing_count:sum"],
        )
        found = {offer.id: counts for offer, *counts in groups}
        for offer in self:
            total, changed, product, channel, timing = found.get(offer.id, (0, 0, 0, 0, 0))
            offer.changed_count = changed
            offer.changed_product_count = product
            offer.changed_channel_count = channel
            offer.changed_timing_count = timing
            offer.changed_text = (
                self.env._(
                    "%(changed)s of %(total)s: another product %(product)s, another channel %(channel)s, "
                    "sooner %(timing)s",
                    changed=changed, total=total, product=product, channel=channel, timing=timing,
                )
                if total
                else self.env._("Not checked yet")
            )  # fmt: skip

    def action_open_responses(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_offer_response_action")
        return action | {"domain": [("offer_id", "=", self.id)], "display_name": self.name}

    def action_create_mailing(self):
        """A draft mailing to the customers that the check left."""
        self.ensure_one()
        if self.state != "ready":
            raise UserError(self.env._("Check the offer first."))
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": self.name,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr(self.segment_version_id._recipients_domain()),
                "campaign_id": self.campaign_id.id,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "res_id": mailing.id,
            "views": [(False, "form")],
        }
