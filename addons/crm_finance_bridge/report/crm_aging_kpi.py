"""The strip of figures above the receivables: each with its formula, its window and what it is made of."""

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..tools import receivable_kpi
from .crm_aging import EVERYTHING


class CrmAging(models.AbstractModel):
    _inherit = "crm.aging"

    @api.model
    @api.readonly
    def get_kpis(self, as_of=None, filters=None):
        """[{"key", "name", "value" (text), "state", "formula", "inputs": [text]}], empty for those who see a part only.

        Filters: company, salesperson and team, as on the board; others do not narrow the figures.
        """
        if not self.env.user.has_groups(EVERYTHING):
            return []
        filters = filters or {}
        companies = self._companies(filters.get("company_id"))
        as_of = self._items(as_of)._as_of()
        Kpi = self.env["crm.receivable.kpi"].sudo()
        Kpi._flush_sources()
        inputs, more = Kpi._inputs(
            companies, as_of, self.env.company.sudo().crm_kpi_days, filters.get("user_id"), filters.get("team_id")
        )
        found = receivable_kpi.figures(inputs)
        return self._kpi_cards(found, inputs, self._kpi_texts(inputs, more, companies.currency_id[:1], as_of))

    @api.model
    def _kpi_texts(self, inputs, more, currency, as_of):
        """The inputs in words."""
        values = {
            "begin": self.env._("Receivables on %(date)s", date=format_date(self.env, more["start"])),
            "end": self.env._("Receivables on %(date)s", date=format_date(self.env, as_of)),
            "current": self.env._("Of these not due"),
            "sales": self.env._(
                "Invoices less credit notes, tax included, %(start)s to %(end)s",
                start=format_date(self.env, fields.Date.add(more["start"], days=1)),
                end=format_date(self.env, as_of),
            ),
        }
        return {
            **{
                name: f"{text}: {format_amount(self.env, getattr(inputs, name), currency)}"
                for name, text in values.items()
            },
            "days": self.env._("Window: %(days)s days", days=inputs.days),
        }

    @api.model
    def _kpi_cards(self, found, inputs, texts):
        formulas = {
            "dso": (
                self.env._("DSO"),
                self.env._("Receivables / sales of the window x days of the window"),
                ("end", "sales", "days"),
            ),
            "countback": (
                self.env._("Count-back DSO"),
                self.env._("Days of sales, newest month first, that add up to the receivables"),
                ("end",),
            ),
            "bpdso": (
                self.env._("Best-possible DSO"),
                self.env._("Receivables not due / sales of the window x days of the window"),
                ("current", "sales", "days"),
            ),
            "add": (
                self.env._("Average days delinquent"),
                self.env._("DSO - best-possible DSO"),
                ("end", "current", "sales", "days"),
            ),
            "cei": (
                self.env._("Collection effectiveness"),
                self.env._(
                    "(Receivables at start + sales - receivables at end) / (receivables at start + sales - not due"
                    " at end) x 100, sales of the same window"
                ),
                ("begin", "sales", "end", "current", "days"),
            ),
        }
        return [
            {
                "key": key,
                "name": name,
                "value": self._kpi_value(key, found[key]),
                "state": "none" if found[key] is None else "ok",
                "formula": formula,
                "inputs": [texts[part] for part in parts],
            }
            for key, (name, formula, parts) in formulas.items()
        ]

    @api.model
    def _kpi_value(self, key, value):
        if value is None:
            return self.env._("Not enough sales") if key != "cei" else self.env._("Nothing to collect")
        if key == "cei":
            return self.env._("%(value).1f %%", value=value)
        return self.env._("%(value).1f days", value=value)
