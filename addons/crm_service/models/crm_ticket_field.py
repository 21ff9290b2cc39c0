from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

# A change of one of these may call for another agreement, and with it another promise.
SUBJECT_FIELDS = frozenset({"asset_id", "agreement_id", "product_id", "lot_id", "sale_order_line_id"})


class CrmTicket(models.Model):
    """The customer's product that a ticket is about, and the agreement that covers it: found, not typed."""

    _inherit = "crm.ticket"

    asset_id = fields.Many2one(
        "crm.customer.asset",
        "Customer's Product",
        compute="_compute_asset_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('company_id', '=', company_id)]",
        help="Found from the serial number, else from the product when the customer has only one.",
    )
    agreement_id = fields.Many2one(
        "crm.service.agreement",
        compute="_compute_agreement_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('company_id', '=', company_id),"
        " ('state', '=', 'active')]",
        help="The agreement that names this product most closely on the day the ticket was opened.",
    )

    # === FINDING === #

    @api.depends("partner_id", "product_id", "lot_id")
    def _compute_asset_id(self):
        """Keep the customer's product that was chosen as long as it fits; find it where nothing was."""
        found = self._find_assets() if self.env["crm.customer.asset"]._any() else {}
        for ticket in self:
            asset = ticket.asset_id
            fits = asset and asset.sudo().commercial_partner_id == ticket.partner_id.commercial_partner_id
            if not fits or (ticket.product_id and asset.product_id != ticket.product_id):
                ticket.asset_id = found.get(ticket, False)

    def _find_assets(self):
        """Return {ticket: customer's product}: of the serial number, else the only one of the product. One query."""
        asking = self.filtered(lambda ticket: ticket.partner_id and (ticket.lot_id or ticket.product_id))
        if not asking:
            return {}
        owned = defaultdict(lambda: self.env["crm.customer.asset"])
        for asset in self.env["crm.customer.asset"].search(
            [
                ("commercial_partner_id", "in", asking.partner_id.commercial_partner_id.ids),
                ("product_id", "in", (asking.product_id | asking.lot_id.product_id).ids),
                ("state", "=", "in_use"),
            ]
        ):
            owned[asset.commercial_partner_id, asset.company_id] |= asset
        result = {}
        for ticket in asking:
            assets = owned[ticket.partner_id.commercial_partner_id, ticket.company_id]
            product = ticket.product_id or ticket.lot_id.product_id
            fitting = assets.filtered(
                lambda asset, lot=ticket.lot_id, product=product: (
                    asset.lot_id == lot if lot else asset.product_id == product
                )
            )
            if len(fitting) == 1:
                result[ticket] = fitting
        return result

    @api.depends("partner_id", "asset_id", "product_id")
    def _compute_agreement_id(self):
        found = self.env["crm.service.agreement"]._covering(
            {ticket: ticket._cover_subject() for ticket in self if ticket.partner_id}
        )
        for ticket in self:
            ticket.agreement_id = found[ticket][0] if ticket in found else False

    def _cover_subject(self):
        """What the cover is asked for: customer, company, customer's product, product, day of opening."""
        opened = self.date_open or fields.Datetime.now()
        day = fields.Datetime.context_timestamp(self, opened).date()
        product = self.product_id or self.asset_id.product_id
        return self.partner_id.commercial_partner_id._origin, self.company_id, self.asset_id._origin, product, day

    @api.model
    def _complete_vals(self, vals, known):
        """A ticket opened on a customer's product is the customer's, about that product."""
        if vals.get("asset_id"):
            asset = self.env["crm.customer.asset"].browse(vals["asset_id"])
            vals.setdefault("company_id", asset.company_id.id)
            for name in ("partner_id", "product_id", "lot_id"):
                if not vals.get(name) and asset[name]:
                    vals[name] = asset[name].id
        return super()._complete_vals(vals, known)

    @api.onchange("asset_id")
    def _onchange_asset_id(self):
        if asset := self.asset_id:
            self.partner_id = self.partner_id or asset.partner_id
            self.product_id = asset.product_id
            self.lot_id = asset.lot_id

    @api.constrains("partner_id", "asset_id", "agreement_id")
    def _check_cover_customer(self):
        for ticket in self:
            for record in (ticket.asset_id.sudo(), ticket.agreement_id.sudo()):
                if record and record.commercial_partner_id != ticket.commercial_partner_id:
                    raise ValidationError(
                        self.env._(
                            "%(record)s belongs to another customer than %(customer)s.",
                            record=record.display_name,
                            customer=ticket.commercial_partner_id.display_name or self.env._("none"),
                        )
                    )

    def _sla_policy_fields(self):
        """Another subject may be covered by another agreement, which promises other times."""
        names = super()._sla_policy_fields()
        return names | SUBJECT_FIELDS if self.env["crm.service.agreement"]._any() else names

    # === PROMISE === #

    def _sla_agreements(self):
        """Return {ticket: (policy, sentence)} for the tickets that an agreement gives a service level."""
        result = super()._sla_agreements()
        covered = self.filtered(lambda ticket: ticket.agreement_id.sudo().policy_id.active)
        for ticket in covered - covered._beyond_tickets():
            record = ticket.agreement_id.sudo()
            sentence = self.env._(
                "'%(policy)s' is promised by agreement %(agreement)s until %(day)s.",
                policy=record.policy_id.name,
                agreement=record.display_name,
                day=format_date(self.env, record.date_end),
            )
            result[ticket] = (record.policy_id, sentence)
        return result

    def _beyond_tickets(self):
        """Return the tickets that came after the last one that their agreement grants."""
        lines = self.agreement_id.sudo().line_ids.filtered(lambda line: line.kind == "tickets" and line.quantity)
        if not lines:
            return self.browse()
        granted = {line.agreement_id: line.quantity for line in lines}
        groups = self.sudo()._read_group(
            [("agreement_id", "in", lines.agreement_id.ids)], ["agreement_id"], ["id:array_agg"]
        )
        beyond = {key for record, ids in groups for key in sorted(ids)[int(granted[record]) :]}
        return self.filtered(lambda ticket: ticket.id in beyond)
