"""Territories: who gets a new customer or lead, what a realignment moves, and what history keeps."""

import random

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..tools import territory as rules
from .common import TODAY, CustomerCommon


class TerritoryCommon(CustomerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.territory"].search([]).active = False
        cls.germany, cls.france = cls.quick_ref("base.de"), cls.quick_ref("base.fr")
        cls.team = cls.env["crm.team"].create({"name": "Field", "member_ids": [(6, 0, [cls.salesman.id])]})
        cls.land = cls.territory("Germany", cls.salesman, country_id=cls.germany.id)
        cls.city = cls.territory(
            "Berlin", cls.colleague, parent=cls.land, country_id=cls.germany.id, zip_from="10", zip_to="14"
        )

    @classmethod
    def territory(cls, name, user=None, parent=None, team=None, **rule):
        return cls.env["crm.territory"].create(
            {
                "name": name,
                "user_id": user and user.id,
                "team_id": team and team.id,
                "parent_id": parent and parent.id,
                "rule_ids": [(0, 0, rule)] if rule else [],
            }
        )

    @classmethod
    def customer(cls, zip_code=False, country=None, **vals):
        country = cls.germany if country is None else country
        return cls.env["res.partner"].create(
            {"name": "New", "is_company": True, "zip": zip_code, "country_id": country.id, **vals}
        )


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTerritory(TerritoryCommon):
    def test_new_customer_goes_to_the_owner_of_its_territory(self):
        """R033: country and postcode decide, the more specific wins, salesperson and membership are set at once."""
        country, city = self.customer("80331"), self.customer("10 115")
        self.assertEqual((country.territory_id, country.user_id), (self.land, self.salesman))
        self.assertEqual((city.territory_id, city.user_id), (self.city, self.colleague))
        member = city.territory_member_ids
        self.assertEqual((member.territory_id, member.date_from, member.origin), (self.city, TODAY, "rule"))
        self.assertEqual(member.rule_id, self.city.rule_ids)
        own = self.customer("80331", user_id=self.manager.id)
        self.assertEqual((own.territory_id, own.user_id), (self.land, self.manager))

    def test_state_beats_country_and_dates_end_rules(self):
        """R033: a state is more specific than its country; an ended territory takes nobody."""
        state = self.quick_ref("base.state_us_1")
        usa = self.territory("USA", country_id=state.country_id.id)
        east = self.territory("East", self.colleague, parent=usa, state_id=state.id)
        customer = self.customer(country=state.country_id, state_id=state.id)
        self.assertEqual((customer.territory_id, customer.user_id), (east, self.colleague))
        east.date_to = "2026-06-29"
        self.assertEqual(self.customer(country=state.country_id, state_id=state.id).territory_id, usa)

    def test_tie_and_gap_are_states(self):
        self.territory("Berlin too", self.manager, parent=self.land, zip_from="101", zip_to="109")
        both, gap = self.customer("10500"), self.customer(country=self.france)
        # Country and postcode say more than a postcode alone.
        self.assertEqual((both.territory_state, both.territory_id), ("assigned", self.city))
        other = self.territory(
            "Berlin three", self.manager, parent=self.land, country_id=self.germany.id, zip_from="12", zip_to="13"
        )
        conflict = self.customer("12500")
        self.assertEqual((conflict.territory_state, conflict.territory_id.id), ("conflict", False))
        self.assertFalse(conflict.user_id)
        self.assertEqual(gap.territory_state, "outside")
        self.assertEqual(other.rule_ids.conflict_rule_ids, self.city.rule_ids)
        self.assertEqual((self.city.conflict_count, self.land.conflict_count), (1, 0))
        listed = self.env["res.partner"].search([("territory_state", "in", ("conflict", "outside"))])
        self.assertLessEqual(conflict | gap, listed)
        conflict.zip = "10115"
        self.assertEqual((conflict.territory_id, conflict.user_id), (self.city, self.colleague))

    def test_lead_from_mail_form_and_import(self):
        """R033: leads that nobody took get salesperson and team; who types a lead keeps it."""
        lead = self.env["crm.lead"]
        self.land.team_id = self.team
        web = lead.sudo().create({"name": "Form", "user_id": False, "country_id": self.germany.id, "zip": "80331"})
        self.assertEqual((web.territory_id, web.user_id, web.team_id), (self.land, self.salesman, self.team))
        customer = self.customer("10115", email="buyer@berlin.example")
        mail = lead.message_new(
            {"subject": "Hello", "from": "buyer@berlin.example", "author_id": customer.id, "body": ""}
        )
        self.assertEqual((mail.territory_id, mail.user_id), (self.city, self.colleague))
        result = (
            lead.with_user(self.manager)
            .with_context(import_file=True)
            .load(["name", "country_id/.id", "zip"], [["Row", str(self.germany.id), "10115"]])
        )
        self.assertEqual(lead.browse(result["ids"]).user_id, self.colleague)
        mine = lead.with_user(self.manager).create({"name": "Mine", "country_id": self.germany.id})
        self.assertEqual((mine.territory_id, mine.user_id), (self.land, self.manager))
        free = lead.with_user(self.salesman).create(
            {"name": "Free", "user_id": False, "country_id": self.germany.id, "zip": "10115"}
        )
        self.assertEqual(
            (free.territory_id, free.user_id.id), (self.city, False), "nobody loses a lead while saving it"
        )
        late = lead.create({"name": "Late", "user_id": False})
        self.assertFalse(late.territory_id)
        late.write({"country_id": self.germany.id, "zip": "10115"})
        self.assertEqual((late.territory_id, late.user_id), (self.city, self.colleague))

    def test_lead_costs_at_most_a_tenth_more_queries(self):
        values = {"name": "Form", "user_id": self.salesman.id, "country_id": self.germany.id, "zip": "10115"}

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.lead"].create([dict(values) for _number in range(10)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries()
        with_rules = queries()
        self.env["crm.territory"].search([]).active = False
        queries()
        self.assertLessEqual(with_rules, 1.10 * queries())

    def test_assigning_all_customers_agrees_with_the_rule(self):
        """R033: the one statement for all customers and the rule for one agree on every customer."""
        rng = random.Random(4)
        industries = self.env["res.partner.industry"].search([], limit=3)
        for number in range(25):
            low = rng.randrange(10, 90)
            self.territory(
                f"T{number}",
                rng.choice([self.salesman, None]),
                parent=rng.choice([self.land, None]),
                country_id=rng.choice([self.germany.id, self.france.id, False]),
                zip_from=rng.choice([str(low), f"{low}-0", False]),
                zip_to=rng.choice([str(low + 5), False]),
                industry_id=rng.choice([False, False, industries[0].id]),
                size_min=rng.choice([0, 0, 20]),
                size_max=rng.choice([0, 0, 200]),
            )
        empty = self.env["res.partner"].with_context(res_partner_search_mode="supplier")
        partners = empty.create(
            [
                {
                    "name": f"P{number}",
                    "is_company": True,
                    "country_id": rng.choice([self.germany.id, self.france.id, False]),
                    "zip": rng.choice([str(rng.randrange(10000, 99999)), False, "SW1A 2AA"]),
                    "industry_id": rng.choice([industries[0].id, industries[1].id, False]),
                    "crm_employees": rng.choice([0, 10, 20, 150, 900]),
                }
                for number in range(200)
            ]
        )
        self.env["crm.territory"]._assign()
        states = set()
        for partner in partners:
            vals = {"country_id": partner.country_id.id, "zip": partner.zip, "crm_employees": partner.crm_employees}
            expected = self.env["crm.territory"]._decide({**vals, "industry_id": partner.industry_id.id}, TODAY)
            self.assertEqual((partner.territory_state, partner.territory_id.id or None), expected[:2], partner.name)
            states.add(partner.territory_state)
        self.assertEqual(states, {rules.ASSIGNED, rules.CONFLICT, rules.OUTSIDE})
        members = self.env["crm.territory.member"].search([("partner_id", "in", partners.ids)])
        self.assertEqual(len(members), len(partners.filtered("territory_id")))
        self.env["crm.territory"]._assign(only_new=False)
        self.assertEqual(
            self.env["crm.territory.member"].search_count([("partner_id", "in", partners.ids)]), len(members)
        )

    def test_bad_rules_are_refused(self):
        with self.assertRaises(ValidationError):
            self.territory("Turned", zip_from="20", zip_to="10")
        with self.assertRaises(UserError):
            self.land.parent_id = self.city
        with self.assertRaises(AccessError):
            self.land.with_user(self.salesman).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.env["crm.territory.realign"].with_user(self.salesman).create({})


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTerritoryRealign(TerritoryCommon):
    def test_preview_then_move_in_one_go_with_history(self):
        """R033: the preview names the money that moves; applied, results stay with the territory of their date."""
        mover, stays = self.customer("20095"), self.customer("80331")
        (mover | stays).territory_member_ids.sudo().date_from = "2026-01-01"
        self.bill(mover, 1000.0, days_ago=40)
        self.pay(self.bill(mover, 500.0, days_ago=400), days_ago=300)
        self.bill(stays, 70.0)
        lead = self.env["crm.lead"].create(
            {"name": "Open", "partner_id": mover.id, "user_id": self.salesman.id, "type": "opportunity"}
        )
        north = self.territory(
            "North", self.colleague, parent=self.land, country_id=self.germany.id, zip_from="20", zip_to="29"
        )
        self.assertEqual(mover.territory_id, self.land)
        realign = self.env["crm.territory.realign"].with_user(self.manager).create({"move_leads": True})
        realign.action_preview()
        line = realign.line_ids.filtered(lambda line: line.partner_id in mover | stays)
        self.assertEqual(line.partner_id, mover)
        self.assertEqual((line.from_territory_id, line.to_territory_id), (self.land, north))
        self.assertEqual((line.revenue, line.receivable), (1000.0, 1000.0))
        self.assertEqual((line.from_user_id, line.to_user_id), (self.salesman, self.colleague))
        open_items = self.env["crm.open.item"]._read_group(
            [("partner_id", "=", mover.id), ("company_id", "=", self.company.id)], [], ["residual:sum"]
        )
        self.assertEqual(line.receivable, open_items[0][0])
        self.assertEqual(mover.territory_id, self.land, "a preview moves nothing")
        realign.action_apply()
        self.assertEqual((mover.territory_id, mover.user_id, lead.user_id), (north, self.colleague, self.colleague))
        self.assertEqual(lead.territory_id, north)
        history = mover.territory_member_ids.sorted("date_from")
        self.assertEqual(history.territory_id.ids, [self.land.id, north.id])
        self.assertEqual(history.mapped(lambda member: (str(member.date_from), str(member.date_to or ""))), [
            ("2026-01-01", "2026-06-29"), ("2026-06-30", "")])  # fmt: skip
        self.assertEqual(stays.territory_id, self.land)
        with self.assertRaises(UserError):
            realign.action_apply()
        with self.assertRaises(UserError):
            realign.unlink()

    def test_not_before_its_day(self):
        realign = self.env["crm.territory.realign"].create({"date": "2026-07-01"})
        realign.action_preview()
        with self.assertRaisesRegex(UserError, "comes into force"):
            realign.action_apply()

    def test_by_hand_keeps_history(self):
        customer = self.customer("80331")
        customer.with_user(self.manager).territory_id = self.city
        self.assertEqual(customer.territory_state, "manual")
        self.env["crm.territory"]._assign(only_new=False)
        self.assertEqual(customer.territory_id, self.city, "what a person set stays")
        self.assertEqual(customer.territory_member_ids.territory_id, self.city)
        with self.assertRaisesRegex(AccessError, "Only a sales manager"):
            customer.with_user(self.salesman).territory_id = self.land
