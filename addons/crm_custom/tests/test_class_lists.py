from odoo.tests import freeze_time, tagged

from .common import CustomerCommon

LISTS = {
    "crm.customer.change": ["partner_id", "kind", "old_value", "new_value", "reason", "score", "revenue", "user_id"],
    "crm.lifetime.value": ["partner_id", "realised", "expected", "total", "state", "reason", "user_id"],
    "crm.give.up": ["partner_id", "state", "margin", "cost_to_serve", "loss", "evidence", "user_id"],
    "crm.value.rating": ["partner_id", "date", "balance", "trend", "user_id"],
    "crm.growth.plan": ["partner_id", "potential", "actual_sales", "base_sales", "progress", "state"],
    "crm.pareto": ["partner_id", "revenue", "sales_share", "is_key"],
    "crm.acquisition": ["partner_id", "date", "source_id", "cost", "lead_id"],
    "crm.customer.distribution": ["partner_id", "risk", "habit", "interest_id"],
    "res.partner": [
        "name", "class_policy_text", "crm_given_up", "crm_lifetime_expected", "crm_lifetime_reason", "wallet_share",
        "crm_insight_ids",
    ],
}  # fmt: skip


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestClassLists(CustomerCommon):
    def test_no_list_of_the_topic_costs_a_query_per_record(self):
        """R051, R053, R057: each list reads 100 rows with the queries of 10, as a manager."""
        self.env["crm.customer.class.policy"]._ensure(self.company)
        partners = self.env["res.partner"].create(
            [{"name": f"P{number}", "is_company": True, "customer_role": "direct"} for number in range(100)]
        )
        self.run_cards()
        company = {"company_id": self.company.id}
        for model in ("crm.give.up", "crm.value.rating", "crm.growth.plan"):
            self.env[model].create([company | {"partner_id": partner.id} for partner in partners])
        model = self.env["crm.lifetime.model"]._run(self.company)
        self.env["crm.lifetime.value"].sudo().create(
            [company | {"partner_id": partner.id, "model_id": model.id, "state": "ok"} for partner in partners]
        )
        self.env["crm.insight"].create(company | {"statement": "S", "segment": "[('customer_role', '=', 'direct')]"})
        for model, names in LISTS.items():
            field = "id" if model == "res.partner" else "partner_id"
            records = self.env[model].with_user(self.manager).search([(field, "in", partners.ids)], limit=100)
            few, many = self.queries(records[:10], names), self.queries(records, names)
            self.assertLessEqual(many, few + 1, model)

    def queries(self, records, names):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        records.with_prefetch(records.ids).web_read({name: {} for name in names})
        return self.env.cr.sql_log_count - before
