from datetime import date, datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

START, STOP = date(2026, 3, 1), date(2026, 4, 1)


@tagged("post_install", "-at_install")
class TestTrialLoyalty(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Club", "crm_loyalty_active_days": 30})
        cls.other = cls.env["res.company"].create({"name": "No club"})
        own = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.ann, cls.bob = (
            new_test_user(cls.env, f"club_{name}", "sales_team.group_sale_salesman", **own) for name in ("ann", "bob")
        )
        cls.manager = new_test_user(cls.env, "club_manager", "sales_team.group_sale_manager", **own)
        cls.marketer = new_test_user(cls.env, "club_marketer", "mass_mailing.group_mass_mailing_user", **own)
        cls.program, cls.foreign = cls.env["loyalty.program"].create(
            [
                {"name": "Tea Club", "program_type": "loyalty", "company_id": company.id}
                for company in (cls.company, cls.other)
            ]
        )
        cls.people = cls.env["res.partner"].create(
            [{"name": f"Member {index}", "email": f"m{index}@club.example"} for index in range(6)]
        )
        cls.people[4].email = "not an address"
        cls.people[5].email = False
        cls.env["mail.blacklist"].create({"email": cls.people[3].email})

    @classmethod
    def _card(cls, partner, since, user, program=None):
        return cls.env["loyalty.card"].create(
            {
                "program_id": (program or cls.program).id,
                "partner_id": partner.id,
                "crm_member_since": since,
                "crm_recruiter_id": user.id,
            }
        )

    def _value(self, code, company=None, start=START, stop=STOP):
        metric = self.env["crm.metric"].search([("code", "=", code)])
        self.env.flush_all()
        rows = self.env.execute_query(metric._source(company or self.company, start, stop))
        return rows[0][1] if rows else None

    def test_new_members_of_the_month_and_who_recruited_them(self):
        """R151, R151.1: three joined in March: two by Ann, one by Bob; a manager sees them by employee."""
        self._card(self.people[0], "2026-02-28", self.ann)
        self._card(self.people[1], "2026-03-01", self.ann)
        self._card(self.people[2], "2026-03-31", self.ann)
        self._card(self.people[3], "2026-03-15", self.bob)
        self._card(self.people[4], "2026-04-01", self.bob)
        self._card(self.people[5], "2026-03-15", self.bob, self.foreign)
        self.assertEqual(self._value("loyalty_new"), 3)
        self.assertEqual(self._value("loyalty_new", self.other), 1)
        members = self.env["crm.loyalty.member"].with_user(self.manager)
        groups = members._read_group(
            [("member_since", ">=", START), ("member_since", "<", STOP)], ["recruiter_id"], ["__count"]
        )
        self.assertEqual({user: count for user, count in groups}, {self.ann: 2, self.bob: 1})
        mine = self.env["crm.loyalty.member"].with_user(self.bob).search([])
        self.assertEqual(mine.partner_id, self.people[3] | self.people[4])
        for record in (mine[0], self.env["crm.loyalty.member"].with_user(self.marketer).search([], limit=1)):
            self.assertIn(record.action_open_card()["res_model"], ("loyalty.card", "res.partner"))
        with self.assertRaises(AccessError):
            self.env["crm.loyalty.member"].with_user(new_test_user(self.env, "club_clerk")).search([])

    def test_front_line_staff_enrol_in_their_own_name(self):
        """R151.1: a salesperson, who may not make cards, enrols a customer and is named; twice is refused."""
        wizard = (
            self.env["crm.loyalty.enrol"]
            .with_user(self.bob)
            .with_context(active_model="res.partner", active_id=self.people[0].id)
            .create({"program_id": self.program.id, "partner_id": self.people[0].id})
        )
        wizard.action_enrol()
        card = self.env["loyalty.card"].search([("partner_id", "=", self.people[0].id)])
        self.assertEqual((card.crm_recruiter_id, card.points), (self.bob, 0))
        self.assertEqual(card.crm_member_since, fields.Date.context_today(card))
        with self.assertRaises(UserError):
            wizard.action_enrol()
        seller = self.env["sale.order"].create(
            {"partner_id": self.people[1].id, "user_id": self.ann.id, "company_id": self.company.id}
        )
        by_order = self.env["loyalty.card"].create(
            {"program_id": self.program.id, "partner_id": self.people[1].id, "order_id": seller.id}
        )
        self.assertEqual(by_order.crm_recruiter_id, self.ann)

    def test_active_members_within_the_days_set(self):
        """R152: of four members two were active in the 30 days before April: one by an order, one by points."""
        cards = [self._card(person, "2026-01-01", self.ann) for person in self.people[:4]]
        product = self.env["product.product"].create({"name": "Tea"})
        for person, day in ((self.people[0], datetime(2026, 3, 10)), (self.people[1], datetime(2026, 2, 10))):
            self.env["sale.order"].create(
                {
                    "partner_id": person.id,
                    "company_id": self.company.id,
                    "date_order": day,
                    "state": "sale",
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
        history = self.env["loyalty.history"].create(
            [{"card_id": card.id, "description": "Points", "issued": 5} for card in cards[2:]]
        )
        self.env.flush_all()
        for line, day in zip(history, (datetime(2026, 3, 31, 23), datetime(2026, 4, 1)), strict=True):
            self.env.cr.execute("UPDATE loyalty_history SET create_date = %s WHERE id = %s", [day, line.id])
        self.assertEqual(self._value("loyalty_active"), 2)
        self.company.crm_loyalty_active_days = 90
        self.assertEqual(self._value("loyalty_active"), 3)
        row = self.env["crm.loyalty.member"].with_user(self.manager).with_company(self.company)
        found = row.search([("partner_id", "=", self.people[0].id)])
        recent = fields.Date.today() - timedelta(days=90) < date(2026, 3, 10) <= fields.Date.today()
        self.assertEqual((found.last_activity, found.is_active), (date(2026, 3, 10), recent))

    def test_members_with_a_valid_address(self):
        """R153: six members, three with an address that is valid and allowed: 3 and 50 %."""
        self.assertIsNone(self._value("loyalty_mail_share"), "no member yet: not enough data")
        for person in self.people:
            self._card(person, "2026-01-01", self.ann)
        self.assertEqual(self._value("loyalty_mail"), 3)
        self.assertAlmostEqual(self._value("loyalty_mail_share"), 50.0)
        members = self.env["crm.loyalty.member"].with_user(self.manager)
        groups = members._read_group([("program_id", "=", self.program.id)], ["mail_state"], ["__count"])
        self.assertEqual(dict(groups), {"valid": 3, "missing": 2, "refused": 1})

    def test_the_company_scorecard_shows_the_three(self):
        """R151, R152, R153: the month's scorecard has the lines of the loyalty program."""
        self._card(self.people[0], "2026-03-02", self.ann)
        card = self.env["crm.company.scorecard"].sudo()._open_month(self.company, date(2026, 3, 31))
        card._measure()
        values = {line.metric_id.code: line.value for line in card.with_user(self.manager).line_ids}
        self.assertEqual((values["loyalty_new"], values["loyalty_mail"], values["loyalty_mail_share"]), (1, 1, 100))
        self.assertEqual(values["loyalty_active"], 0)
