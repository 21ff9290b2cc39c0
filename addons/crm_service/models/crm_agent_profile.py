from odoo import api, fields, models


class CrmAgentProfile(models.Model):
    """What a company knows of one of its agents: hourly rate, capacity and absence.

    An agent without a profile has the company's rate, the team's capacity and is present.
    """

    _name = "crm.agent.profile"
    _description = "Service Agent"
    _order = "user_id, id"
    _rec_name = "user_id"
    _check_company_auto = True

    user_id = fields.Many2one(
        "res.users",
        "Agent",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
        check_company=True,
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    hourly_cost = fields.Monetary(
        help="Cost of an hour in the company's currency; 0: the company's rate.",
        groups="crm_service.group_service_manager",
    )

    _user_uniq = models.UniqueIndex("(user_id, company_id)", "This agent has a profile in this company already.")
    _check_cost = models.Constraint("CHECK (hourly_cost >= 0)", "An hourly rate must not be negative.")

    @api.model
    def _hourly_costs(self, pairs):
        """Return {(user, company): cost of an hour} in the company's currency; 0 when no rate is entered.

        Two queries whatever the number of pairs.
        """
        companies = self.env["res.company"].union(*(company for _user, company in pairs))
        users = self.env["res.users"].union(*(user for user, _company in pairs))
        profiles = self.sudo().search([("user_id", "in", users.ids), ("company_id", "in", companies.ids)])
        own = {(profile.user_id.id, profile.company_id.id): profile.hourly_cost for profile in profiles}
        common = self.env["crm.service.baseline"]._of_companies(companies)
        return {
            (user, company): own.get((user.id, company.id)) or common[company].hourly_cost for user, company in pairs
        }
