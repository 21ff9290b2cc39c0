from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .care_common import CareCommon


@tagged("post_install", "-at_install")
class TestRecovery(CareCommon):
    """What an agent may offer, by the customer's class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.recovery.option"].search([]).active = False
        currency = cls.company.currency_id
        cls.apology, cls.voucher, cls.gift = cls.env["crm.recovery.option"].create(
            [
                {"name": "Say sorry", "kind": "apology"},
                {
                    "name": "Voucher",
                    "kind": "compensation",
                    "limit_ids": [
                        Command.create({"customer_class": "a", "amount": 100, "currency_id": currency.id}),
                        Command.create({"amount": 20, "currency_id": currency.id}),
                    ],
                },
                {
                    "name": "Basket",
                    "kind": "service",
                    "limit_ids": [Command.create({"customer_class": "a", "amount": 0, "currency_id": currency.id})],
                },
            ]
        )
        cls.team.user_id = cls.supervisor

    def _use(self, ticket, option, amount=0):
        use = self.env["crm.recovery.use"].with_user(self.agent)
        return use.create({"ticket_id": ticket.id, "option_id": option.id, "amount": amount})

    def test_options_of_the_class_are_on_the_ticket(self):
        """R113: the agent sees what the customer's class allows, with the limit."""
        prime = self._ticket(partner_id=self.vip.id).with_user(self.agent)
        common = self._ticket(partner_id=self.contact.id).with_user(self.agent)
        self.assertEqual((prime.customer_class, common.customer_class), ("a", "c"))
        self.assertEqual(prime.recovery_option_ids, self.apology | self.voucher | self.gift)
        self.assertEqual(common.recovery_option_ids, self.apology | self.voucher)
        self.assertIn("100.00", prime.recovery_text)
        self.assertIn("20.00", common.recovery_text)
        self.assertIn("Basket, with approval", prime.recovery_text)
        with self.assertRaises(UserError):
            self._use(common, self.gift).action_give()

    def test_limit_and_approval(self):
        """R113: up to the limit at once, above it a manager decides; the cost is kept."""
        ticket = self._ticket(partner_id=self.contact.id)
        within, above = self._use(ticket, self.voucher, 20), self._use(ticket, self.voucher, 20.01)
        (within | above).action_give()
        self.assertRecordValues(
            within | above,
            [
                {"state": "given", "customer_class": "c", "limit_amount": 20, "amount_company": 20},
                {"state": "approval", "customer_class": "c", "limit_amount": 20, "amount_company": 20.01},
            ],
        )
        self.assertEqual(ticket.activity_ids.user_id, self.supervisor)
        for act in (
            lambda: above.action_approve(),
            lambda: above.write({"state": "given"}),
        ):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(UserError):
            within.amount = 5
        above.with_user(self.supervisor).action_approve()
        self.assertRecordValues(above, [{"state": "given", "approver_id": self.supervisor.id}])
        cost = self.env["crm.recovery.use"]._read_group(
            [("ticket_id", "=", ticket.id), ("state", "=", "given")], [], ["amount_company:sum"]
        )
        self.assertAlmostEqual(cost[0][0], 40.01)
        self.assertIn("Voucher", " ".join(ticket.message_ids.mapped("body")))

    def test_no_step_by_a_default_of_the_call(self):
        """R113: what is given and who approved it is not what the agent's call says by default."""
        forged = {"default_state": "given", "default_approver_id": self.supervisor.id, "default_limit_amount": 900}
        agent = self.env["crm.recovery.use"].with_user(self.agent).with_context(**forged)
        use = agent.create({"ticket_id": self._ticket().id, "option_id": self.voucher.id, "amount": 500})
        self.assertEqual((use.state, use.approver_id.ids, use.limit_amount), ("draft", [], 0))
        back = self.env["crm.return"].with_user(self.agent)
        back = back.with_context(default_state="approved", default_outcome="refund")
        self.assertEqual(back.default_get(["state", "outcome", "wanted"]), {"state": "draft", "wanted": "refund"})

    def test_limit_in_another_currency(self):
        """R113: a limit counts in the ticket's currency: its own line first, else converted."""
        other = self.env["res.currency"].create(
            {"name": "TKN", "symbol": "T", "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})]}
        )
        today = fields.Date.today()
        allowed = self.voucher._allowed("a", self.company, other, today)
        base = self.company.currency_id._convert(100, other, self.company, today)
        self.assertAlmostEqual(allowed[self.voucher], base)
        self.voucher.limit_ids = [Command.create({"customer_class": "a", "amount": 7, "currency_id": other.id})]
        self.assertEqual(self.voucher._allowed("a", self.company, other, today)[self.voucher], 7)

    def test_classes_of_many_tickets_in_few_queries(self):
        """R113: the class on a list costs the same for 10 and for 100 tickets."""
        tickets = self.env["crm.ticket"].browse(self._ticket(partner_id=self.vip.id).id)
        tickets |= self.env["crm.ticket"].create(
            [{"name": f"T{n}", "team_id": self.team.id, "partner_id": self.vip.id} for n in range(99)]
        )
        counts = []
        for part in (tickets[:10], tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            part.mapped("customer_class")
            part.mapped("recovery_text")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
