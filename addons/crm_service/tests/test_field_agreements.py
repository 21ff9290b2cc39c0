from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .field_common import FieldCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestServiceAgreements(FieldCommon):
    """Agreements: found by the ticket, said in a sentence, used up, renewed; as agent and supervisor."""

    def test_the_ticket_says_that_it_is_covered(self):
        """R090: the agent sees on the ticket the agreement, until when, the times promised and what is left."""
        record = self._agreement(line_ids=[(0, 0, {"kind": "tickets", "quantity": 2})])
        ticket = self._ticket(product_id=self.machine.id).with_user(self.agent)
        self.assertEqual(ticket.agreement_id, record)
        self.assertEqual(ticket.coverage_state, "covered")
        for words in (record.name, "12/31/2026", "within 2", "within 8", "1 of 2 left (tickets)"):
            self.assertIn(words, ticket.coverage_text)
        self.assertEqual(ticket._sla_agreements()[ticket][0], self.policy)
        self.assertIn(record.name, ticket._sla_agreements()[ticket][1])

    def test_the_agreements_times_come_before_all_others(self):
        """R090: the clocks promise what the agreement promises, with the reason; another product, another promise."""
        gold = self.policy.copy({"name": "Gold", "sequence": 900, "team_ids": False, "response_hours": 1})
        self._agreement(policy_id=gold.id, product_ids=self.grinder.ids)
        ticket = self._ticket(product_id=self.grinder.id).with_user(self.agent)
        self.assertEqual(ticket.policy_id, gold)
        self.assertIn("Full care", ticket.policy_reason)
        self.assertIn(60, ticket.clock_ids.mapped("target_minutes"))
        ticket.product_id = self.machine
        self.assertEqual(ticket.policy_id, self.policy)

    def test_the_ticket_says_that_it_is_not_covered(self):
        """R090: no agreement, one that ended, one on other products: each is told apart; warranty is told too."""
        ticket = self._ticket(product_id=self.machine.id)
        self.assertEqual((ticket.coverage_state, ticket.agreement_id.id), ("none", False))
        old = self._agreement(date_start="2024-01-01", date_end="2025-12-31")
        ticket = self._ticket(product_id=self.machine.id)
        self.assertEqual((ticket.coverage_state, ticket.agreement_id.id), ("expired", False))
        self.assertIn(old.name, ticket.coverage_text)
        self.assertIn("12/31/2025", ticket.coverage_text)
        self._agreement(product_ids=self.grinder.ids)
        self.assertFalse(self._ticket(product_id=self.machine.id).agreement_id)
        self.assertTrue(self._ticket(product_id=self.grinder.id).agreement_id)
        asset = self._asset(date_delivered="2026-01-01")
        ticket = self._ticket(asset_id=asset.id)
        self.assertEqual(ticket.coverage_state, "warranty")
        self.assertIn("01/01/2028", ticket.coverage_text)
        self.assertFalse(ticket._sla_agreements())

    def test_used_up_after_the_tickets_granted(self):
        """R090: the ticket beyond those granted says so and is promised nothing; the ones before stay covered."""
        self._agreement(line_ids=[(0, 0, {"kind": "tickets", "quantity": 2})])
        first, second, third = (self._ticket(name=f"Call {number}") for number in range(3))
        self.assertEqual((first | second | third).mapped("coverage_state"), ["covered", "covered", "used_up"])
        self.assertIn("2 tickets", third.coverage_text)
        self.assertEqual(set((first | second | third)._sla_agreements()), {first, second})

    def test_the_closest_agreement_is_found(self):
        """R090: machine before product, product before category above it, category before all; within the company."""
        category = self.env["product.category"].create({"name": "Coffee"})
        below = self.env["product.category"].create({"name": "Machines", "parent_id": category.id})
        self.machine.categ_id = below
        asset = self._asset()
        everything, by_category = self._agreement(), self._agreement(category_ids=category.ids)
        by_product = self._agreement(product_ids=self.machine.ids)
        by_asset = self._agreement(asset_ids=asset.ids)
        other = self.env["res.company"].create({"name": "Other Service"})
        self._agreement(company_id=other.id, asset_ids=asset.ids, date_end="2030-01-01", policy_id=False)
        found = []
        for record in (by_asset, by_product, by_category, everything):
            found.append(self._ticket(asset_id=asset.id).agreement_id)
            record.action_cancel()
        self.assertEqual(found, [by_asset, by_product, by_category, everything])
        self.assertFalse(self._ticket(asset_id=asset.id).agreement_id)

    def test_another_subject_is_covered_by_another_agreement(self):
        """R090: changing the product or the customer finds the agreement anew; another customer's is refused."""
        record = self._agreement(product_ids=self.grinder.ids)
        ticket = self._ticket(product_id=self.machine.id)
        self.assertFalse(ticket.agreement_id)
        ticket.product_id = self.grinder
        self.assertEqual(ticket.agreement_id, record)
        ticket.partner_id = self.stranger
        self.assertFalse(ticket.agreement_id)
        with self.assertRaises(ValidationError):
            ticket.agreement_id = record

    def test_cover_costs_a_fixed_number_of_queries(self):
        """R090: with agreements and products on record a batch of tickets finds them at the same cost."""
        self._agreement(line_ids=[(0, 0, {"kind": "tickets", "quantity": 500})])
        self._asset(product_id=self.grinder.id)
        tickets = self.env["crm.ticket"].create(
            [
                {"name": "Again", "team_id": self.team.id, "partner_id": self.contact.id, "product_id": self.grinder.id}
                for _number in range(100)
            ]
        )
        for count in (10, 100):
            self.env.invalidate_all()
            with self.assertQueryCount(20):
                self.assertEqual(set(tickets[:count].mapped("coverage_state")), {"covered"})
        for count in (10, 100):
            with self.assertQueryCount(3):
                tickets[:count]._find_assets()
                self.env["crm.service.agreement"]._covering({t: t._cover_subject() for t in tickets[:count]})

    def test_renewal_is_reminded_once(self):
        """R090: sixty days before the end an opportunity and an activity are made, once; ended the day after."""
        record = self._agreement(user_id=self.supervisor.id)
        Agreement = self.env["crm.service.agreement"]
        Agreement._process_agreements(date(2026, 10, 31))
        self.assertFalse(record.reminded_on)
        for _run in range(2):
            Agreement._process_agreements(date(2026, 11, 1))
        self.assertRecordValues(record, [{"reminded_on": date(2026, 11, 1), "state": "active"}])
        self.assertRecordValues(
            record.renewal_lead_id,
            [{"type": "opportunity", "partner_id": self.customer.id, "date_deadline": date(2026, 12, 31)}],
        )
        self.assertEqual(self.env["crm.lead"].search_count([("partner_id", "=", self.customer.id)]), 1)
        self.assertRecordValues(record.activity_ids, [{"user_id": self.supervisor.id}])
        Agreement._process_agreements(date(2026, 12, 31))
        self.assertEqual(record.state, "active")
        Agreement._process_agreements(date(2027, 1, 1))
        self.assertEqual(record.state, "ended")
        record.date_end = "2027-12-31"
        self.assertFalse(record.reminded_on)

    def test_renewal_by_quotation_and_the_agreement_that_follows(self):
        """R090: the quotation copies the last order; the agreement that follows begins the day after."""
        order = self._deliver(self.beans, quantity=3, price=50)
        record = self._agreement(order_ids=order.ids, renewal_kind="quotation")
        self.env["crm.service.agreement"]._process_agreements(date(2026, 12, 1))
        quotation = record.renewal_order_id
        self.assertRecordValues(quotation, [{"state": "draft", "amount_untaxed": 150, "origin": record.name}])
        self.assertFalse(record.renewal_lead_id)
        quotation.action_confirm()
        action = record.with_user(self.supervisor).action_renew()
        follower = self.env["crm.service.agreement"].browse(action["res_id"])
        self.assertRecordValues(
            follower,
            [
                {
                    "date_start": date(2027, 1, 1),
                    "date_end": date(2027, 12, 31),
                    "previous_id": record.id,
                    "state": "draft",
                    "order_ids": quotation.ids,
                }
            ],
        )
        with self.assertRaises(UserError):
            record.action_renew()

    def test_nonsense_is_refused(self):
        """R090: an end before the begin, a negative entitlement and another customer's machine are refused."""
        for values in ({"date_end": "2025-12-31"}, {"line_ids": [(0, 0, {"quantity": -1})]}):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
                self._agreement(**values)
        with self.assertRaises(ValidationError):
            self._agreement(asset_ids=self._asset(partner_id=self.stranger.id).ids)
