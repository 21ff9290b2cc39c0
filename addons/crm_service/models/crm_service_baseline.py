from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmServiceBaseline(models.Model):
    """Cost of service in a company and the state before, with which today's figures are compared.

    Money in the company's currency. Dates in the company's days (UTC). A figure of 0 is not set: what depends on it
    is then said to be unknown, never guessed.
    """

    _name = "crm.service.baseline"
    _description = "Service Cost and Baseline"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    hourly_cost = fields.Monetary(help="Cost of an agent's hour, for agents without a rate of their own.")
    go_live = fields.Date("Go-Live", help="First day of work with this system: what came before is compared with it.")
    baseline_cost = fields.Monetary("Cost per Ticket Before", help="0: not known, then no saving is shown.")
    baseline_minutes = fields.Float("Minutes per Ticket Before", help="Average handling time; 0: not known.")
    online_reference = fields.Float(
        "Reported Online Share (%)",
        default=70.0,
        help="Share of requests that another company reports to have solved online: a reference, not a result.",
    )

    _company_uniq = models.UniqueIndex("(company_id)", "This company has its baseline already.")
    _check_positive = models.Constraint(
        "CHECK (hourly_cost >= 0 AND baseline_cost >= 0 AND baseline_minutes >= 0)",
        "Costs and minutes must not be negative.",
    )
    _check_share = models.Constraint(
        "CHECK (online_reference >= 0 AND online_reference <= 100)", "The share is between 0 and 100 percent."
    )

    @api.model
    def _of_companies(self, companies):
        """Return {company: baseline}, empty where none is entered; in sudo, since agents' lines take the rate."""
        found = self.sudo().search([("company_id", "in", companies.ids)]).grouped("company_id")
        return {company: found.get(company.sudo(), self.sudo().browse()) for company in companies}

    def action_measure(self):
        """Take cost and minutes per ticket from the tickets opened before go-live that have time recorded."""
        self.ensure_one()
        facts = self.env["crm.ticket.fact"]
        domain = [("company_id", "=", self.company_id.id), ("period", "=", "before"), ("unit_cost", "!=", False)]
        [(count, cost, minutes)] = facts._read_group(
            domain, [], ["unit_cost:count", "unit_cost:avg", "handling_minutes:avg"]
        )
        if not count:
            raise UserError(self.env._("No ticket from before go-live has time recorded: enter the figures by hand."))
        self.write({"baseline_cost": cost, "baseline_minutes": minutes})
