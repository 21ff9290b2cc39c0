from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

WINDOW = ("insight_from", "insight_to", "allowed_company_ids")


class CrmInsightFact(models.AbstractModel):
    """What the reports on customers share: the days they look at, from the context, both included.

    Default: the twelve months up to today (time zone of the user).
    """

    _name = "crm.insight.fact"
    _description = "Report on Customers in a Window of Days"

    @api.model
    def _insight_window(self):
        """(first day, last day)."""
        context = self.env.context
        last = fields.Date.to_date(context.get("insight_to")) or fields.Date.context_today(self)
        return fields.Date.to_date(context.get("insight_from")) or self._default_from(last), last

    @api.model
    def _default_from(self, last):
        return last - self._year() + relativedelta(days=1)

    @api.model
    def _year(self):
        return relativedelta(years=1)

    @api.model
    def _insight_companies(self):
        return self.env.companies

    @api.model
    def _insight_lines(self, start, stop):
        """Query of (company_id, partner_id, day, sales, cost): product lines of start <= day < stop, untaxed.

        Cost is NULL where it is unknown; both are negative on credit notes.
        """
        metric = self.env["crm.metric"]
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s::int AS company_id, partner_id, day, sales, cost FROM (%s) line",
                company.id,
                metric._margin_lines(company, start, stop),
            )
            for company in self._insight_companies().sudo()
        )

    @api.model
    def _id_factor(self):
        """A power of ten above every company id: keeps ids unique, and the same from one query to the next."""
        last = self.env["res.company"].sudo().search([], order="id desc", limit=1).id
        return 10 ** len(str(last))
