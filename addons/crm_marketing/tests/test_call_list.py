from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCallList(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "calls_marketer", "mass_mailing.group_mass_mailing_user")
        cls.agents = [new_test_user(cls.env, f"calls_{n}", "sales_team.group_sale_salesman") for n in range(2)]
        cls.campaign = cls.env["utm.campaign"].create({"title": "Calls Spring"})
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": f"Caller {n}", "phone": f"+32 470 00 00 0{n}", "is_company": True, "ref": "CALLS"}
                for n in range(6)
            ]
        )
        cls.customers[0].user_id = cls.agents[1]
        cls.calls = (
            cls.env["crm.call.list"]
            .with_user(cls.marketer)
            .create(
                {
                    "name": "Spring calls",
                    "campaign_id": cls.campaign.id,
                    "domain": "[('ref', '=', 'CALLS')]",
                    "agent_ids": [Command.set([agent.id for agent in cls.agents])],
                }
            )
        )

    def _line(self, customer, agent=None):
        line = self.calls.line_ids.filtered(lambda line: line.partner_id == customer)
        return line.with_user(agent or line.sudo().user_id)

    def _say(self, customer, result, agent=None):
        line = self._line(customer, agent)
        line.with_context(crm_call_result=result).action_result()
        return line

    def test_a_list_is_dealt_to_agents_and_results_update_the_campaign(self):
        """R156: customers are dealt, the own salesperson first; what they say stands on the campaign."""
        self.calls.action_deal()
        self.assertEqual(self.calls.line_ids.partner_id, self.customers)
        self.assertEqual(self._line(self.customers[0]).user_id, self.agents[1])
        self.assertEqual(self._line(self.customers[0]).deal_reason, "own")
        loads = self.calls.line_ids.grouped("user_id")
        self.assertEqual([len(loads[agent]) for agent in self.agents], [3, 3])
        for customer, result in zip(
            self.customers, ("ordered", "interested", "refused", "reached", "no_answer", "call_back"), strict=True
        ):
            self._say(customer, result)
        campaign = self.campaign.with_user(self.marketer)
        self.assertEqual(
            (campaign.call_count, campaign.call_interested, campaign.call_ordered, campaign.call_refused),
            (5, 1, 1, 1),
        )
        self.assertEqual((campaign.call_open, self.calls.open_count, self.calls.reached_count), (2, 2, 5))
        touches = self.env["crm.touch"].search([("campaign_id", "=", self.campaign.id)])
        self.assertEqual(touches.mapped("kind"), ["call"] * 5)
        self.env["crm.touch.feed"]._process_feed(fields.Datetime.now())
        calls = self.env["crm.touch"].search([("partner_id", "in", self.customers.ids), ("kind", "=", "call")])
        self.assertEqual(len(calls), 5, "the contact record is not a second touch")

    def test_interest_becomes_the_agents_opportunity_of_the_campaign(self):
        """R156: interested and ordered customers get an opportunity; the order knows call and campaign."""
        self.calls.action_deal()
        line = self._say(self.customers[1], "interested")
        lead = line.lead_id
        self.assertEqual((lead.campaign_id, lead.user_id), (self.campaign, line.user_id))
        line = self._line(self.customers[0])
        action = line.with_context(crm_call_result="ordered").action_result()
        order = self.env["sale.order"].with_user(line.user_id).with_context(**action["context"]).create({})
        self.assertEqual(
            (order.campaign_id, order.opportunity_id, order.partner_id),
            (self.campaign, line.lead_id, self.customers[0]),
        )
        self.assertEqual(line.order_ids, order)

    def test_no_answer_comes_again_until_the_attempts_are_used(self):
        """R156: who does not answer is called again on another day, and then left alone."""
        self.calls.max_attempts = 2
        self.calls.action_deal()
        line = self._line(self.customers[3])
        now = fields.Datetime.now()
        line._set_result("no_answer", now)
        self.assertEqual((line.state, line.next_date), ("again", now + timedelta(days=1)))
        line._set_result("no_answer", now + timedelta(days=1))
        self.assertEqual((line.state, line.attempts), ("done", 2))
        self.assertFalse(line.log_id, "nobody was spoken to")
        line = self._line(self.customers[4])
        line.next_date = now + timedelta(days=7)
        line._set_result("call_back", now)
        self.assertEqual(line.next_date, now + timedelta(days=7), "the day the customer named")

    def test_who_must_not_be_called_is_left_out_with_the_reason(self):
        """R156: customers without a number, given up, competitors or refusing calls are not on the list."""
        self.customers[0].phone = False
        self.env["phone.blacklist"]._add([self.customers[1].phone_sanitized])
        self.customers[2].relation_type = "competitor"
        self.calls.action_fill()
        self.assertEqual(self.calls.line_ids.partner_id, self.customers[3:])
        self.assertEqual(self.calls.left_out, "1 left out of campaigns, 1 want no calls, 1 without a number")
        self.calls.action_fill()
        self.assertEqual(len(self.calls.line_ids), 3, "filled twice, listed once")

    def test_who_refuses_mail_is_called(self):
        """R156: customers whom the campaign's mail did not reach become calls."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Spring",
                "campaign_id": self.campaign.id,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        for customer, failure in zip(self.customers, ("mail_optout", "mail_bl", False), strict=False):
            self.env["mailing.trace"].create(
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": customer.id,
                    "failure_type": failure,
                    "trace_status": "cancel" if failure else "sent",
                }
            )
        self.calls.audience = "unreached"
        self.calls.action_fill()
        self.assertEqual(self.calls.line_ids.partner_id, self.customers[:2])

    def test_suggestion_is_on_the_call_and_its_use_is_counted(self):
        """R156.1: the agent sees what the analysis suggests to this customer; use and result are counted."""
        better, basic = self.env["product.product"].create(
            [{"name": f"Machine {n}", "list_price": price, "type": "consu"} for n, price in ((2, 300), (1, 100))]
        )
        offer = {"product": better.id, "reason": "Better than Machine 1.", "source": "upsell"}
        engine = self.env.registry["crm.suggestion"]
        self.patch(engine, "_suggest", lambda self, company, partner, *args, **kwargs: [offer])
        self.calls.action_deal()
        agent = self._line(self.customers[0]).user_id
        line = self._line(self.customers[0], agent)
        action = line.action_call()
        self.assertEqual((action["res_id"], line.suggestion_product_id), (line.id, better))
        self.assertEqual(line.suggestion_reason, "Better than Machine 1.")
        line.suggestion_result = "accepted"
        self._line(self.customers[1]).suggestion_result = "declined"
        self.assertEqual((self.calls.suggested_count, self.calls.offered_count, self.calls.accepted_count), (6, 2, 1))
        found = self.env["crm.call.line"].search(
            self.calls.with_context(crm_call_result="accepted").action_open_lines()["domain"]
        )
        self.assertEqual(found, line)
        self.assertNotEqual(basic, better)

    def test_agents_see_and_change_their_own_calls_only(self):
        """R156: a call belongs to its agent; the list is the marketer's."""
        self.calls.action_deal()
        line = self._line(self.customers[0])
        other = next(agent for agent in self.agents if agent != line.user_id)
        self.assertNotIn(line, self.env["crm.call.line"].with_user(other).search([]))
        with self.assertRaises(AccessError):
            line.with_user(other).with_context(crm_call_result="refused").action_result()
        with self.assertRaises(AccessError):
            line.write({"user_id": other.id})
        with self.assertRaises(AccessError):
            line.write({"result": "ordered"})
        with self.assertRaises(AccessError):
            self.calls.with_user(line.user_id).write({"name": "Mine"})
        with self.assertRaises(UserError):
            line.with_context(crm_call_result="bribed").action_result()
        self.calls.action_close()
        with self.assertRaises(UserError):
            line.with_context(crm_call_result="refused").action_result()

    def test_bad_lists_are_refused_in_words(self):
        """R156: no agents, nobody in the filter, a filter that cannot be read."""
        with self.assertRaises(ValidationError):
            self.calls.domain = "[('nothing', '=', 1)]"
        with self.assertRaises(ValidationError):
            self.calls.domain = "__import__('os')"
        self.calls.domain = "[('ref', '=', 'NOBODY-HERE')]"
        with self.assertRaises(UserError):
            self.calls.action_deal()
        self.calls.agent_ids = False
        with self.assertRaises(UserError):
            self.calls.action_deal()

    def test_another_company_sees_no_calls(self):
        """R156: lists and calls stay in their company."""
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "calls_stranger", "mass_mailing.group_mass_mailing_user", company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self.calls.action_fill()
        for model in ("crm.call.list", "crm.call.line"):
            self.assertFalse(self.env[model].with_user(stranger).search([]))

    def test_figures_of_a_hundred_lists_cost_as_many_queries_as_of_ten(self):
        """R156: counts are read set-based."""
        lists = self.env["crm.call.list"].create(
            [{"name": f"L{n}", "campaign_id": self.campaign.id} for n in range(100)]
        )
        counts = []
        for batch in (lists[:10], lists):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            batch.mapped("reached_count")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)
