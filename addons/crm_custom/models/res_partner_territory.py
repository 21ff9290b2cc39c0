from odoo import api, fields, models
from odoo.exceptions import AccessError

from .crm_territory_assign import PLACE_FIELDS


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Plain stored fields: memberships hold the history, the run for all customers writes them in SQL.
    territory_id = fields.Many2one(
        "crm.territory", index="btree_not_null", copy=False, ondelete="restrict", tracking=True
    )
    territory_state = fields.Selection(
        [
            ("assigned", "Assigned by Rule"),
            ("manual", "Assigned by Hand"),
            ("conflict", "Claimed by Several Territories"),
            ("outside", "Outside Every Territory"),
        ],
        "Territory Status",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
    crm_employees = fields.Integer(
        "Number of Employees", help="Size of the customer; territory rules can ask for it.", prefetch="crm"
    )
    territory_member_ids = fields.One2many("crm.territory.member", "partner_id", "Territories over Time")

    @api.model_create_multi
    def create(self, vals_list):
        """A new customer gets its territory and that territory's salesperson at once, with the values it has."""
        found = [self._territory_of_new(vals) for vals in vals_list]
        partners = super().create(vals_list)
        members = [
            {"partner_id": partner.id, "territory_id": territory, "rule_id": rule, "date_from": day, "origin": origin}
            for day in [fields.Date.context_today(self)]
            for partner, (territory, rule, origin) in zip(partners, found, strict=True)
            if territory
        ]
        if members:
            self.env["crm.territory.member"].sudo().create(members)
        return partners

    @api.model
    def _territory_of_new(self, vals):
        """Complete the values of a new customer; returns (territory, rule, origin) or (False, ...)."""
        none = (False, False, "rule")
        if vals.get("parent_id") and not vals.get("is_company"):
            return none
        if vals.get("territory_id"):
            self._check_territory_right()
            vals["territory_state"] = "manual"
            return vals["territory_id"], False, "manual"
        territories = self.env["crm.territory"]
        if not territories._rules() or self.env.context.get("res_partner_search_mode") == "supplier":
            return none
        state, territory, rules = territories._decide(vals)
        vals["territory_state"] = state
        if not territory:
            return none
        vals["territory_id"] = territory
        if not vals.get("user_id"):
            vals["user_id"] = territories._owners()[territory][0]
        return territory, rules[0], "rule"

    def write(self, vals):
        result = super().write(vals)
        if "territory_id" in vals and not self.env.context.get("territory_realign"):
            self._territory_by_hand(vals["territory_id"])
        elif vals.keys() & set(PLACE_FIELDS):
            # Who has a territory moves by realignment only: a new address must not move money silently.
            self.filtered(
                lambda partner: (
                    partner.territory_state in ("conflict", "outside")
                    or not partner.territory_state
                    and not partner.territory_id
                )
            )._territory_at_once()
        return result

    def _territory_by_hand(self, territory_id):  # pylint: disable=missing-return
        """Keep the history of a territory that a user set or took away."""
        self._check_territory_right()
        day = fields.Date.context_today(self)
        members = self.env["crm.territory.member"].sudo()
        members.search([("partner_id", "in", self.ids), ("date_to", "=", False)])._end(day)
        state = "manual" if territory_id else False
        # Past this model's own write, which called this method.
        super().write({"territory_state": state})  # pylint: disable=super-method-mismatch
        if territory_id:
            members.create(
                [
                    {"partner_id": partner.id, "territory_id": territory_id, "date_from": day, "origin": "manual"}
                    for partner in self
                ]
            )

    @api.model
    def _check_territory_right(self):
        """Results and commissions follow the territory: only a sales manager moves a customer by hand."""
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales manager puts a customer into another territory."))

    def _territory_at_once(self):
        """Decide again for customers without a territory, after their address changed."""
        territories = self.env["crm.territory"]
        if not self or not territories._rules():
            return
        day = fields.Date.context_today(self)
        members = []
        for partner in self:
            if partner.commercial_partner_id != partner:
                continue
            vals = {name: partner[name].id if name.endswith("_id") else partner[name] for name in PLACE_FIELDS}
            state, territory, rules = territories._decide({**vals, "company_id": partner.company_id.id}, day)
            values = {"territory_state": state, "territory_id": territory or False}
            if territory and not partner.user_id:
                values["user_id"] = territories._owners()[territory][0]
            partner.with_context(territory_realign=True).write(values)
            if territory:
                members.append(
                    {"partner_id": partner.id, "territory_id": territory, "rule_id": rules[0], "date_from": day}
                )
        if members:
            self.env["crm.territory.member"].sudo().create(members)
