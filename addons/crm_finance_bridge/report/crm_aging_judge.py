"""Flags and shares of the customers of the receivables board: judged by all that they owe, not by what is shown."""

from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, float_compare, format_amount

from ..tools import aging_cells as cells
from ..tools import concentration
from .crm_aging import FLAGS

OVERDUE = cells.BUCKETS + cells.NAMES.index("overdue")
MANY = 10_000  # customers from which everybody's items are read: naming so many ids takes longer than that


class CrmAging(models.AbstractModel):
    _inherit = "crm.aging"

    @api.model
    def _shared(self, groups, everybody, column):
        """Groups (customers, salespeople ...) with their share of all that is owed; False where that is not known."""
        found = None if everybody is None else self._shares(everybody, column)
        for key, group in groups.items():
            group["share"] = False if found is None else found[key]
        return groups

    @api.model
    def _shares(self, everybody, column):
        """{key: percent of what all of the companies' customers owe} by a column of the rows."""
        totals = defaultdict(float)
        for row in everybody:
            totals[row[column] or 0] += row[cells.OPEN]
        return concentration.shares(totals)

    @api.model
    def _judged(self, customers, everybody, as_of, companies):
        """Customers with flags: {"over_limit" or "too_old" or "concentrated": what was compared}.

        Overdue is compared as the credit check does it: what is past due and not disputed less credits of any age, a
        legal entity at a time, its branches together. The days are those of the oldest open item. Neither depends on
        the filters, nor on how much of a customer's account the user may see. `_flag_texts` makes sentences of it.
        """
        rounding = companies.currency_id[:1].rounding
        threshold = self.env.company.sudo().crm_aging_concentration
        for customer in customers.values() if threshold else ():
            if customer["share"] > threshold and customer["key"]:
                customer["flags"]["concentrated"] = (customer["share"], threshold)
        terms = self._terms(companies)
        if not any(overdue_limit or max_days for overdue_limit, max_days in terms.values()):
            return customers
        entities = self._entities(companies)
        if everybody is None or entities != companies:
            everybody = self._entity_rows(as_of, entities, customers)
        for (partner_id, root), (overdue, oldest) in self._positions(everybody, entities).items():
            if partner_id not in customers:
                continue
            overdue_limit, max_days = terms.get((partner_id, root)) or terms[False, root]
            if overdue_limit and float_compare(overdue, overdue_limit, precision_rounding=rounding) > 0:
                customers[partner_id]["flags"]["over_limit"] = (overdue, overdue_limit)
            if max_days and oldest > max_days:
                customers[partner_id]["flags"]["too_old"] = (oldest, max_days)
        return customers

    @api.model
    def _entities(self, companies):
        """The companies with all branches of their legal entities, also those that the user may not enter."""
        Company = self.env["res.company"]
        return companies | Company.browse(Company._crm_entity_ids(tuple(sorted(companies.sudo().root_id.ids))))

    @api.model
    def _entity_rows(self, as_of, entities, customers):
        """All that these customers owe the legal entities, whoever asks; also what others owe, where they are many."""
        domain = Domain("company_id", "in", entities.ids)
        keys = [key for key in customers if key]
        if len(keys) <= MANY:
            domain &= Domain("partner_id", "in", keys)
        return self.sudo()._aggregate(as_of, domain, "partner_id", "due")

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
        """{(customer, root company): (overdue less disputed less credits, oldest days overdue)} of who is late."""
        roots = {company.id: company.root_id.id for company in companies.sudo()}
        late, unapplied = {}, defaultdict(float)
        for partner_id, company_id, _key, cell, oldest, _items, amount, disputed, *_others in rows:
            key = partner_id, roots[company_id]
            if cell & cells.CREDIT:
                unapplied[key] += amount
            elif cell & cells.OWED and cell & cells.DUE == cells.LATE and partner_id:
                gross, days = late.get(key, (0.0, 0))
                late[key] = gross + amount - disputed, max(days, oldest)
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
        """Per flag: what the customers so marked owe, and how many they are; of the late ones what is overdue."""
        found, flagged = {}, [customer for customer in customers.values() if customer["flags"]]
        for flag in FLAGS:
            marked = [customer for customer in flagged if customer["flags"].get(flag)]
            if flag == "concentrated":
                amount = sum(customer["total"] for customer in marked)
            else:
                amount = sum(cells.amount(customer["rows"], OVERDUE) for customer in marked)
            found[flag] = {"amount": currency.round(amount), "customers": len(marked)}
        return found

    @api.model
    def _concentration(self, everybody):
        """The threshold and how much hangs on few customers, False for those who see a part only."""
        if everybody is None:
            return False
        threshold = self.env.company.sudo().crm_aging_concentration
        shares = [share for key, share in self._shares(everybody, 0).items() if key]
        return {"threshold": threshold, **concentration.summary(shares, threshold)}
