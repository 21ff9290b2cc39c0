"""Names, flags and shares of the rows of the receivables board."""

from collections import defaultdict

from odoo import api, models
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES
from odoo.tools import SQL, float_compare, float_round, format_amount

from ..tools import aging_cells as cells
from ..tools import concentration
from .crm_aging import DIMENSIONS, FIGURES, FLAGS, MODELS

COUNTS = tuple(f"{figure}_count" for figure in FIGURES)


class CrmAging(models.AbstractModel):
    _inherit = "crm.aging"

    # === FLAGS === #

    @api.model
    def _judged(self, customers, rows, companies):
        """Customers with share and flags: {"over_limit" or "too_old" or "concentrated": what was compared}.

        Overdue is compared as the credit check does it: what is past due less credits of any age, a legal entity
        at a time. The days are those of the oldest open item. `_flag_texts` makes sentences of it.
        """
        self._shared(customers)
        rounding = companies.currency_id[:1].rounding
        threshold = self.env.company.sudo().crm_aging_concentration
        for customer in customers.values() if threshold else ():
            if customer["share"] > threshold and customer["key"]:
                customer["flags"]["concentrated"] = (customer["share"], threshold)
        terms = self._terms(companies)
        if not any(overdue_limit or max_days for overdue_limit, max_days in terms.values()):
            return customers
        for (partner_id, root), (overdue, oldest) in self._positions(rows, companies).items():
            overdue_limit, max_days = terms.get((partner_id, root)) or terms[False, root]
            if overdue_limit and float_compare(overdue, overdue_limit, precision_rounding=rounding) > 0:
                customers[partner_id]["flags"]["over_limit"] = (overdue, overdue_limit)
            if max_days and oldest > max_days:
                customers[partner_id]["flags"]["too_old"] = (oldest, max_days)
        return customers

    @api.model
    def _flag_texts(self, flags, currency):
        """{flag: the reason in one sentence}, of the rows that are shown."""
        texts = {}
        for flag, (found, limit) in flags.items():
            if flag == "concentrated":
                texts[flag] = self.env._(
                    "%(share).1f %% of all receivables, above %(threshold).1f %%", share=found, threshold=limit
                )
            elif flag == "over_limit":
                texts[flag] = self.env._(
                    "%(overdue)s overdue, %(limit)s allowed",
                    overdue=format_amount(self.env, found, currency),
                    limit=format_amount(self.env, limit, currency),
                )
            else:
                texts[flag] = self.env._(
                    "Oldest item %(days)s days overdue, %(limit)s allowed", days=found, limit=limit
                )
        return texts

    @api.model
    def _positions(self, rows, companies):
        """{(customer, root company): (overdue less credits, oldest days overdue)} of the customers who are late."""
        roots = {company.id: company.root_id.id for company in companies.sudo()}
        late, unapplied = {}, defaultdict(float)
        for partner_id, company_id, _key, cell, oldest, _items, amount, *_others in rows:
            key = partner_id, roots[company_id]
            if cell & cells.CREDIT:
                unapplied[key] += amount
            elif cell & cells.OWED and cell & cells.DUE == cells.LATE and partner_id:
                gross, days = late.get(key, (0.0, 0))
                late[key] = gross + amount, max(days, oldest)
        return {key: (max(gross + unapplied.get(key, 0.0), 0.0), days) for key, (gross, days) in late.items()}

    @api.model
    def _terms(self, companies):
        """{(customer or False, root company): (overdue allowed, days allowed)}; False = the company's own terms."""
        self.env["crm.credit.limit"].flush_model()
        roots = companies.sudo().root_id
        found = {
            (False, root.id): (root.crm_credit_overdue_limit, root.crm_credit_max_days or root.crm_aging_max_days)
            for root in roots
        }
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, company_id, overdue_limit, max_days_overdue
                  FROM crm_credit_limit WHERE company_id IN %s AND hold_rule <> 'company'
                """,
                tuple(roots.ids),
            )
        )
        for partner_id, root, overdue_limit, days in rows:
            default = self.env["res.company"].sudo().browse(root).crm_aging_max_days
            found[partner_id, root] = (overdue_limit or 0, days or default)
        return found

    @api.model
    def _flag_totals(self, customers, currency):
        """Per flag: what the customers so marked owe in total, and how many they are."""
        found, flagged = {}, [customer for customer in customers.values() if customer["flags"]]
        for flag in FLAGS:
            marked = [customer for customer in flagged if customer["flags"].get(flag)]
            amount = sum(customer["total"] for customer in marked)
            found[flag] = {"amount": currency.round(amount), "customers": len(marked)}
        return found

    @api.model
    def _concentration(self, customers):
        threshold = self.env.company.sudo().crm_aging_concentration
        shares = [customer["share"] for key, customer in customers.items() if key]
        return {"threshold": threshold, **concentration.summary(shares, threshold)}

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
                    "share": round(row["share"], 2),
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
