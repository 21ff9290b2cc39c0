from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.sla import DONE_STAGES

NAMED = 5  # other products named in the reminder
BOUGHT = 20  # products bought that are shown beside those kept as customer's products


class CrmTicket(models.Model):
    """What else the customer owns, with the reminder to ask about it; a maintenance solved counts as done."""

    _inherit = "crm.ticket"

    owned_ids = fields.Many2many("crm.customer.asset", compute="_compute_owned", string="Customer's Products")
    bought_ids = fields.Many2many("product.product", compute="_compute_bought", string="Also Bought")
    owned_count = fields.Integer("Products Owned", compute="_compute_owned")
    ask_text = fields.Char("Ask Also", compute="_compute_owned")
    date_asked = fields.Datetime("Asked About the Others", readonly=True, copy=False)

    @api.depends("partner_id", "asset_id", "date_asked")
    @api.depends_context("lang")
    def _compute_owned(self):
        """Every product in use at the customer; one query for a list of tickets."""
        owned = defaultdict(lambda: self.env["crm.customer.asset"])
        customers = self.partner_id.commercial_partner_id
        assets = self.env["crm.customer.asset"]
        if customers.ids and assets.has_access("read") and assets._any():
            for asset in assets.search([("commercial_partner_id", "in", customers.ids), ("state", "=", "in_use")]):
                owned[asset.commercial_partner_id, asset.company_id] |= asset
        for ticket in self:
            assets = owned[ticket.partner_id.commercial_partner_id._origin, ticket.company_id]
            ticket.owned_ids = assets
            ticket.owned_count = len(assets)
            ticket.ask_text = ticket._ask_sentence(assets - ticket.asset_id._origin)

    def _ask_sentence(self, others):
        """Remind to ask about the other products, those due for maintenance first; nothing once it was asked."""
        if not others or self.date_asked or self.stage_kind in DONE_STAGES:
            return False
        first = others.sorted(lambda asset: (asset.next_maintenance or fields.Date.to_date("9999-12-31"), asset.id))
        names = [
            self.env._(
                "%(product)s (maintenance %(day)s)",
                product=asset.display_name,
                day=format_date(self.env, asset.next_maintenance),
            )
            if asset.next_maintenance
            else asset.display_name
            for asset in first[:NAMED]
        ]
        if len(others) > NAMED:
            names.append(self.env._("%s more", len(others) - NAMED))
        return self.env._("Ask also how these work: %(names)s.", names=", ".join(names))

    @api.depends("partner_id", "company_id")
    def _compute_bought(self):
        """What was delivered to the customer beside the products kept on record, the latest first. One query a ticket
        form; as superuser, since an agent may read confirmed orders only."""
        for ticket in self:
            customer = ticket.partner_id.commercial_partner_id
            if not customer.id or not ticket._origin:
                ticket.bought_ids = False
                continue
            groups = (
                self.env["sale.order.line"]
                .sudo()
                ._read_group(
                    [
                        ("order_partner_id", "child_of", customer.ids),
                        ("company_id", "=", ticket.company_id.id),
                        ("state", "=", "sale"),
                        ("qty_delivered", ">", 0),
                        ("product_id.service_asset", "=", False),
                        ("product_id.type", "=", "consu"),
                    ],
                    ["product_id"],
                    ["id:max"],
                    order="id:max DESC",
                    limit=BOUGHT,
                )
            )
            ticket.bought_ids = self.env["product.product"].browse([product.id for product, _last in groups])

    def action_asked(self):
        """The agent asked about the customer's other products."""
        self.write({"date_asked": fields.Datetime.now()})

    def _set_stage_dates(self, kind, was_done):
        result = super()._set_stage_dates(kind, was_done)
        if kind in DONE_STAGES:
            for ticket in self - was_done:
                if ticket.category_kind == "maintenance" and ticket.asset_id:
                    ticket.asset_id.sudo()._maintained(fields.Date.context_today(ticket))
        return result
