from collections import defaultdict

from odoo import api, fields, models

LEAD_PLACE = ("country_id", "state_id", "zip", "company_id")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    territory_id = fields.Many2one(
        "crm.territory",
        index="btree_not_null",
        ondelete="set null",
        help="The customer's, else by the address of the lead. Empty: outside every territory.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Set territory, and salesperson and team of leads that nobody took (web form, mail, import), before Odoo's
        own computations: team membership, company and dates follow from them as ever, at no query a lead."""
        territories = self.env["crm.territory"]
        if territories._rules():
            for vals in vals_list:
                if not vals.get("territory_id"):
                    vals["territory_id"] = self._territory_of(vals)
                if vals["territory_id"]:
                    self._complete_assignment(vals, *territories._owners()[vals["territory_id"]])
        return super().create(vals_list)

    @api.model
    def _territory_of(self, vals):
        """The customer's territory, else that of the lead's own address."""
        partner_id = vals.get("partner_id", self.env.context.get("default_partner_id"))
        if partner_id:
            # The salesperson may not read every customer, yet the lead belongs to its territory.
            territory = self.env["res.partner"].browse(partner_id).sudo().commercial_partner_id.territory_id
            if territory:
                return territory.id
        return self.env["crm.territory"]._decide(vals)[1] or False

    @api.model
    def _complete_assignment(self, vals, user_id, team_id):
        """Salesperson and team of a lead that nobody took; a lead with a salesperson keeps both."""
        context = self.env.context
        if "user_id" in vals:
            untaken = not vals["user_id"]
        else:
            untaken = bool(context.get("import_file")) or not context.get("default_user_id", True)
        if not untaken or not self._may_assign(user_id):
            return
        if user_id:
            vals["user_id"] = user_id
        if team_id and not vals.get("team_id"):
            vals["team_id"] = team_id

    @api.model
    def _may_assign(self, user_id):
        """Who sees own leads only must not lose one while saving it: such a lead waits for the team's assignment."""
        user = self.env.user
        return self.env.su or user.id == user_id or user.has_group("sales_team.group_sale_salesman_all_leads")

    def write(self, vals):
        result = super().write(vals)
        if "territory_id" not in vals and vals.keys() & {"partner_id", *LEAD_PLACE[:-1]}:
            self._reassign_territory()
        return result

    def _reassign_territory(self):
        """Address or customer changed: the territory follows; leads that nobody took go to its people through
        Odoo's own assignment."""
        territories = self.env["crm.territory"]
        if not territories._rules():
            return
        groups = defaultdict(self.browse)
        for lead in self:
            vals = {name: lead[name].id if name.endswith("_id") else lead[name] for name in LEAD_PLACE}
            territory = self._territory_of({**vals, "partner_id": lead.partner_id.id}) or False
            if lead.territory_id.id != territory:
                groups[territory] |= lead
        for territory, leads in groups.items():
            leads.write({"territory_id": territory})
            user, team = territories._owners()[territory] if territory else (False, False)
            untaken = leads.filtered(lambda lead: not lead.user_id and lead.won_status == "pending")
            if untaken and (user or team) and self._may_assign(user):
                untaken._handle_salesmen_assignment(user_ids=[user] if user else [], team_id=team)

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "territory_id"]
