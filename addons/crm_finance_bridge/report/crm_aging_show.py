"""Names of the rows of the receivables board, and what there is to filter them by."""

from odoo import api, models
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES
from odoo.tools import SQL, float_round

from ..tools import aging_cells as cells
from .crm_aging import DIMENSIONS, FIGURES, MODELS

COUNTS = tuple(f"{figure}_count" for figure in FIGURES)


class CrmAging(models.AbstractModel):
    _inherit = "crm.aging"

    # === NAMES === #

    @api.model
    def _shown(self, page, group_by, currency):
        """Rows as the screen shows them: names, rounded figures, what to filter by on a click."""
        names = self._names({row["key"]: row for row in page}, group_by)
        shown, unit = [], currency.rounding
        for row in page:
            amounts, counts = cells.figures(row["rows"])
            shown.append(
                {
                    "key": self._value(row["key"], group_by),
                    "name": names.get(row["key"]) or self._nameless(group_by),
                    "oldest": row["oldest"] or 0,
                    "share": row["share"] is not False and round(row["share"], 2),
                    "flags": self._flag_texts(row["flags"], currency),
                    "document_currency_id": int(row["key"]) if group_by == "currency_id" else False,
                    **{
                        figure: float_round(amount, precision_rounding=unit) if amount else 0.0
                        for figure, amount in zip(FIGURES, amounts, strict=True)
                    },
                    **dict(zip(COUNTS, counts, strict=True)),
                }
            )
        return shown

    @api.model
    def _value(self, key, group_by):
        """A key as the value of its field; groups come from the database as text."""
        if not key:
            return False
        return key if group_by == "customer_class" else int(key)

    @api.model
    def _nameless(self, group_by):
        """What a row without a value is called: nothing may vanish from the totals."""
        return {
            "partner_id": self.env._("Without customer"),
            "user_id": self.env._("Without salesperson"),
            "team_id": self.env._("Without team"),
            "territory_id": self.env._("Outside every territory"),
            "customer_class": self.env._("No class yet"),
            "currency_id": "",
        }[group_by]

    @api.model
    def _names(self, groups, group_by):
        """{key: name}; a salesperson may owe a figure to a contact that is not readable, hence sudo."""
        if group_by == "customer_class":
            return self._classes()
        keys = {key: int(key) for key in groups if key}
        records = self.env[MODELS.get(group_by, "res.partner")].sudo().browse(keys.values())
        field = {"partner_id": "complete_name"}.get(group_by, "name")
        names = {record.id: record[field] for record in records}
        return {key: names[number] or "" for key, number in keys.items()}

    @api.model
    def _classes(self):
        selection = self.env["crm.scorecard"].fields_get(["customer_class"], ["selection"])
        return dict(selection.get("customer_class", {}).get("selection", CLASSES))

    @api.model
    @api.readonly
    def get_options(self, as_of=None):
        """{dimension: [{"id", "name"}]}: the values to filter by, of all items at the date that the user sees."""
        Item = self._items(as_of)
        Item.check_access("read")
        names = [name for name in DIMENSIONS if name in MODELS]
        query = Item._search([("company_id", "in", self._companies().ids)]).select(
            SQL("DISTINCT %s", SQL(", ").join(SQL.identifier(Item._table, name) for name in names))
        )
        found = self.env.execute_query(query)
        options = {"customer_class": [{"id": key, "name": name} for key, name in self._classes().items()]}
        for index, name in enumerate(names):
            records = self.env[MODELS[name]].sudo().browse({row[index] for row in found if row[index]})
            named = ({"id": record.id, "name": record.name or ""} for record in records)
            options[name] = sorted(named, key=lambda option: option["name"])
        return options
