"""What this suite adds to the records that a customer reads on the portal is not for the customer, by no call."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .credit_common import CreditCommon

SUITE = {"crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge"}
SHOWN = {"crm_portal_shop"}  # code of the portal reads it as the customer
SECRET = {
    "sale.order": {
        "credit_state",
        "credit_message",
        "credit_asked",
        "credit_can_release",
        "credit_decision_ids",
        "crm_customer_facts",
        "crm_light",
        "crm_light_exposure",
        "crm_light_text",
        "crm_open",
        "crm_price_text",
        "crm_reward_cost",
    },
    "sale.order.line": {"crm_reward_cost"},
    "account.move": {"crm_dispute_count", "crm_promise_count", "crm_dunning_count"},
    "account.move.line": {"campaign_id"},
    "res.partner": {
        "class_reason",
        "crm_credit_exposure",
        "crm_credit_limit",
        "crm_credit_state",
        "crm_credit_text",
        "crm_days_late",
        "crm_life_result",
        "crm_lifetime_expected",
        "crm_overdue_amount",
        "crm_payment_letter",
        "crm_payment_reasons",
        "crm_payment_score",
        "crm_potential",
        "crm_score",
        "customer_class",
        "solution_plan",
        "wallet_share",
    },
    "crm.lead": {"crm_light", "crm_light_exposure", "forecast_note", "hygiene_text"},
    "res.company": {
        "crm_class_basis",
        "crm_commission_account_id",
        "crm_credit_controller_id",
        "crm_credit_hold_rule",
        "crm_detractor_max",
        "crm_margin_goal",
        "crm_match_tolerance",
    },
    "stock.picking": {"crm_override_ids"},
    "crm.ticket": {
        "crm_light",
        "crm_light_exposure",
        "assignment_reason",
        "breach_cause_id",
        "escalation_level",
        "recovery_text",
        "route_reason",
        "work_cost",
        "work_minutes",
    },
}


@tagged("post_install", "-at_install")
class TestPortalFields(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "fin_portal_fields", "base.group_portal", company_id=cls.company.id)
        person = cls.portal.partner_id
        person.parent_id = cls.customer
        cls._limit(amount=10.0)
        order = cls.env["sale.order"].create(
            {
                "partner_id": person.id,
                "user_id": cls.salesman.id,
                "order_line": [(0, 0, {"product_id": cls.goods.id, "product_uom_qty": 2.0, "price_unit": 4.0})],
            }
        )
        order.action_confirm()
        order.message_subscribe(person.ids)
        invoice = cls._invoice(100.0, partner=person)
        invoice.message_subscribe(person.ids)
        ticket = cls.env["crm.ticket"].sudo().create({"name": "Handle broke", "partner_id": person.id})
        cls.mine = [
            cls.customer,
            person,
            order,
            order.order_line,
            order.picking_ids,
            invoice,
            invoice.line_ids[:1],
            ticket,
            cls.company,
        ]

    def _added(self, model):
        """The fields that this suite adds to a model; all but what the portal needs on one of Odoo's."""
        fields = self.env[model]._fields.values()
        added = {field.name for field in fields if field._modules and field._modules[0] in SUITE}
        if model != "crm.ticket":
            return added - SHOWN
        return {name for name in added if self.env[model]._fields[name]._modules[0] != "crm_service"}

    def test_no_form_of_the_suite_is_described(self):
        """The customer is told of no such field, an employee of all that were there."""
        for model, secret in SECRET.items():
            closed = self._added(model) | secret
            self.assertLess(secret, set(self.env[model]._fields), model)
            self.assertFalse(closed & set(self.env[model].with_user(self.portal).fields_get()), model)
            shown = set(self.env[model].with_user(self.salesman).fields_get())
            self.assertFalse({name for name in closed if not self.env[model]._fields[name].groups} - shown, model)
        partner, user = self._added("res.partner"), self.env["res.users"].with_user(self.portal)
        self.assertFalse(partner & set(user.fields_get()))

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_no_field_of_the_suite_is_read(self):
        """Reading, searching, sorting and grouping by one is refused; Odoo's own fields answer as before."""
        for record in self.mine:
            mine, model = record.with_user(self.portal), record._name
            self.assertTrue(mine.read(["display_name"])[0]["display_name"], model)
            closed = self._added(model) | SECRET[model]
            for name in sorted(closed):
                with self.subTest(model=model, field=name), self.assertRaises(AccessError):
                    mine.read([name])
            for name in set(mine.fields_get()) - {"id"}:
                try:
                    mine.read([name])
                except AccessError as error:  # a model of Odoo behind it, never one of the fields here
                    self.assertFalse({part for part in closed if f'"{part}"' in str(error)}, f"{model} {name}")
        mine = self.customer.with_user(self.portal)
        stored = "crm_employees"
        for act in (
            lambda: mine.search([(stored, ">", 0)]),
            lambda: mine.search([], order=stored),
            lambda: mine._read_group([], [stored]),
            lambda: mine.search_read([], [stored]),
            lambda: mine.mapped(stored),
            lambda: self.portal.with_user(self.portal).read([stored, "crm_credit_limit"]),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_the_seller_reads_on(self):
        """R193: an employee sees what the customer does not."""
        order = self.mine[2].with_user(self.salesman)
        self.assertTrue(order.credit_state)
        self.assertEqual(self.customer.with_user(self.salesman).crm_credit_limit, 10.0)
