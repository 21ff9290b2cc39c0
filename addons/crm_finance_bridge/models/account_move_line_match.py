from odoo import api, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _prepare_reconciliation_plan(self, plan, amls_values_map, shadowed_aml_values=None):
        """A receipt may pay parts of its invoices: each gives no more than its part (see crm.receipt.match._reconcile).

        Context `crm_match_parts`: {ids of the lines of a plan: {line id: part in its currency, unsigned}}.
        """
        plans = self.env.context.get("crm_match_parts")
        parts = plans.get(frozenset(plan["aml_ids"]), {}) if plans else {}
        held = []
        for line in self.browse(parts):
            values, held_back = amls_values_map[line], {}
            share = min(1.0, parts[line.id] / abs(values["amount_residual_currency"] or parts[line.id]))
            for name, currency in (
                ("amount_residual", line.company_currency_id),
                ("amount_residual_currency", line.currency_id),
            ):
                part = currency.round(values[name] * share)
                held_back[name], values[name] = values[name] - part, part
            held.append((values, held_back))
        results = super()._prepare_reconciliation_plan(plan, amls_values_map, shadowed_aml_values=shadowed_aml_values)
        for values, held_back in held:
            for name, amount in held_back.items():
                values[name] += amount
        return results
