from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import CustomerCommon


class CollisionCommon(CustomerCommon):
    """Two salespeople of one team with a leader; a customer of each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_ids": [Command.set(cls.company.ids)], "company_id": cls.company.id}
        groups = "base.group_user,sales_team.group_sale_salesman"
        cls.leader = new_test_user(cls.env, "crm_leader", groups, name="Lea", **company)
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Collision",
                "user_id": cls.leader.id,
                "company_id": False,
                "member_ids": [Command.set((cls.salesman | cls.colleague).ids)],
            }
        )
        cls.owned = cls.make_customer(
            "Brightwater Foods GmbH",
            user=cls.colleague,
            city="Hamburg",
            phone="+49 40 123456789",
            email="office@brightwater.test",
        )
        cls.person = cls.env["res.partner"].create(
            {"name": "Wiebke Krause", "parent_id": cls.owned.id, "email": "wiebke@brightwater.test"}
        )
        cls.mine = cls.make_customer("Tannenhof Werkzeugbau AG", user=cls.salesman)
        cls.free = cls.make_customer("Silbersee Optik KG")

    def near(self, user=None, exclude=False, **values):
        return self.env["res.partner"].with_user(user or self.salesman).crm_near_matches(values, exclude_id=exclude)

    def request(self, partner=None, user=None, reason="I met them at the fair"):
        partner = (partner or self.owned).with_user(user or self.salesman)
        return self.env["crm.collision"].with_user(user or self.salesman)._request(partner, reason)


@tagged("post_install", "-at_install")
class TestNearMatches(CollisionCommon):
    """Whoever types a customer that exists sees it first."""

    def test_near_identical_name_shows_owner_and_last_contact(self):
        """R010: typing a near-identical name shows the customer with owner and last contact, before saving."""
        if "crm.contact.log" in self.env:
            self.env["crm.contact.log"].with_user(self.colleague)._log(
                self.owned, "call", date="2026-03-04 10:00:00", subject="Price list"
            )
        for typed in ("Brightwater Food", "BRIGHTWATER FOODS", "Foods, Brightwater Ltd."):
            [match] = self.near(name=typed)
            self.assertEqual(match["id"], self.owned.id, typed)
            self.assertEqual(match["owner"], "Col")
            self.assertIn("name", match["why"])
            self.assertIn(match["certainty"], ("likely", "possible"))
            if "crm.contact.log" in self.env:
                self.assertEqual(match["last_contact"], "2026-03-04 10:00:00")
        self.assertFalse(self.near(name="Zanzibar Cotton"))

    def test_phone_mail_and_tax_number(self):
        """R010: a phone without country code, a mail of a contact and a tax number find the customer too."""
        self.owned.vat = "DE136695976"
        self.assertEqual(self.near(phone="040 123456789")[0]["id"], self.owned.id)
        self.assertEqual(self.near(email="Wiebke@Brightwater.test")[0]["id"], self.person.id)
        self.assertEqual(self.near(email="Wiebke@Brightwater.test")[0]["owner"], "Col")
        self.assertEqual(self.near(vat="DE 136 695 976")[0]["id"], self.owned.id)
        self.assertEqual(self.near(name="Brightwater Foods", phone="040 123456789")[0]["certainty"], "sure")

    def test_further_numbers(self):
        """R010: a further number of a customer finds it at once."""
        number = self.env["crm.partner.phone"].create({"partner_id": self.free.id, "number": "+49 40 77777777"})
        self.assertEqual(self.near(phone="040 77777777")[0]["id"], self.free.id)
        number.unlink()
        self.assertFalse(self.near(phone="040 77777777"))

    def test_legal_forms_and_chinese_names(self):
        """R010: legal forms, accents and Chinese names without spaces."""
        chinese = self.make_customer("深圳市大疆创新科技有限公司", user=self.colleague)
        self.assertEqual(self.near(name="深圳大疆创新科技")[0]["id"], chinese.id)
        self.assertEqual(self.near(name="深圳市大疆创新科技股份有限公司")[0]["id"], chinese.id)
        umlaut = self.make_customer("Müller & Söhne GmbH")
        self.assertEqual(self.near(name="Mueller Soehne")[0]["id"], umlaut.id)

    def test_renamed_archived_and_fresh_records(self):
        """R010: a customer is found under the new name at once, not under the old one, and not when archived."""
        fresh = self.make_customer("Kirschbaum Papier")
        self.assertEqual(self.near(name="Kirschbaum Papier")[0]["id"], fresh.id)
        fresh.name = "Lindenholz Papier"
        self.assertFalse(self.near(name="Kirschbaum"))
        self.assertEqual(self.near(name="Lindenholz Papier")[0]["id"], fresh.id)
        self.assertFalse(self.near(name="Lindenholz Papier", exclude=fresh.id))
        fresh.action_archive()
        self.assertFalse(self.near(name="Lindenholz Papier"))

    def test_keys_of_partners_written_by_sql_are_caught_up(self):
        self.env.cr.flush()
        self.env.cr.execute("UPDATE res_partner SET name = 'Quittengarten' WHERE id = %s", [self.free.id])
        self.free.invalidate_recordset()
        self.env["crm.partner.key"]._refresh_stale()
        self.assertEqual(self.near(name="Quittengarten")[0]["id"], self.free.id)
        self.assertEqual(self.env["crm.partner.key"]._refresh_stale(), 0)

    def test_what_may_not_be_read_is_not_shown(self):
        """R010: of a customer the user may not read only existence and whom to ask; of a foreign company nothing."""
        other = self.env["res.company"].create({"name": "Sister"})
        secret = self.make_customer("Verborgene Schatzkammer", user=self.manager, company_id=other.id)
        both = new_test_user(
            self.env,
            "crm_both",
            "base.group_user,sales_team.group_sale_salesman",
            company_ids=[Command.set((self.company | other).ids)],
            company_id=self.company.id,
        )
        self.assertFalse(self.near(name="Verborgene Schatzkammer"))
        partners = self.env["res.partner"].with_user(both).with_context(allowed_company_ids=self.company.ids)
        [match] = partners.crm_near_matches({"name": "Verborgene Schatzkammer"})
        self.assertTrue(match["hidden"])
        self.assertEqual(match["owner"], "Mag")
        self.assertNotIn("Schatzkammer", str(match))
        self.assertFalse(match["id"] or match["customer_id"] or match["last_contact"])
        self.assertFalse(partners.crm_near_matches({"name": "Verborgene"}))
        self.assertTrue(
            partners.with_context(allowed_company_ids=(self.company | other).ids).crm_near_matches(
                {"name": "Verborgene Schatzkammer"}
            )[0]["id"]
            == secret.id
        )

    def test_portal_users_learn_nothing(self):
        portal = new_test_user(self.env, "crm_portal", "base.group_portal")
        self.assertEqual(self.near(portal, name="Brightwater Foods GmbH"), [])

    def test_picking_a_customer_offers_near_matches(self):
        """R058.1: in each field in which a customer is picked (call, visit, order, ticket) the near one is offered."""
        partners = self.env["res.partner"].with_user(self.salesman)
        found = partners.web_name_search("Brigthwater Foods", {"display_name": {}})
        self.assertIn(self.owned.id, [row["id"] for row in found])
        found = partners.web_name_search("040 123456789", {"display_name": {}}, domain=[("is_company", "=", True)])
        self.assertEqual([row["id"] for row in found], self.owned.ids)
        found = partners.web_name_search("Brigthwater Foods", {"display_name": {}}, domain=[("is_company", "=", False)])
        self.assertFalse(found)

    def test_quick_creation_stops_at_a_likely_customer(self):
        """R058.1: a quick creation of a customer that exists is refused, so that the form with the matches opens."""
        partners = self.env["res.partner"].with_user(self.salesman)
        with self.assertRaisesRegex(ValidationError, "Brightwater Foods GmbH.*Col"):
            partners.name_create("Brightwater Foods")
        partner_id, _name = partners.name_create("Zanzibar Cotton")
        self.assertTrue(partner_id)
        self.assertTrue(partners.with_context(import_file=True).name_create("Brightwater Foods")[0])
        self.assertTrue(partners.sudo().name_create("Brightwater Foods")[0])

    def test_unrelated_writes_cost_nothing(self):
        """R010: writing fields that do not identify a customer asks the database for nothing more."""
        self.env.cr.flush()
        self.assertNotIn("crm_partner_key", self.env.cr.precommit.data)
        self.owned.write({"comment": "x", "website": "https://example.org"})
        self.assertNotIn("crm_partner_key", self.env.cr.precommit.data)

    def test_many_partners_cost_one_read_and_one_upsert(self):
        for count in (10, 100):
            partners = self.env["res.partner"].create([{"name": f"Reihe {count} {number}"} for number in range(count)])
            keys = self.env["crm.partner.key"]
            with self.assertQueryCount(2):
                keys._mark(partners.ids)
                keys._flush_marked()


@tagged("post_install", "-at_install")
class TestCollision(CollisionCommon):
    """A colleague's customer is asked for."""

    def lead(self, user=None, **vals):
        user = user or self.salesman
        return self.env["crm.lead"].with_user(user).create({"name": "Shelves", "user_id": user.id, **vals})

    def test_lead_for_a_colleagues_customer_is_stopped(self):
        """R011: who opens a lead for an owned customer is stopped and offered the hand-over request."""
        for partner in (self.owned, self.person):
            with self.assertRaisesRegex(RedirectWarning, "customer of Col") as caught:
                self.lead(partner_id=partner.id)
            self.assertEqual(caught.exception.args[1], self.env.ref("crm_custom.crm_collision_request_action").id)
            self.assertEqual(caught.exception.args[3]["default_partner_id"], self.owned.id)
        self.assertTrue(self.lead(partner_id=self.mine.id))
        self.assertTrue(self.lead(partner_id=self.free.id))
        self.assertTrue(self.lead(partner_id=self.owned.id, user_id=False), "a tip, for the owner to take")
        self.assertTrue(self.lead(self.manager, partner_id=self.owned.id))

    def test_no_other_door_leads_around_it(self):
        """R011: not by linking, taking or converting a lead, nor by typing the customer's mail or name and phone."""
        lead = self.lead()
        with self.assertRaises(RedirectWarning):
            lead.partner_id = self.owned
        foreign = self.lead(self.colleague, partner_id=self.owned.id)
        with self.assertRaises(AccessError):
            foreign.with_user(self.salesman).write({"user_id": self.salesman.id})
        tip = self.lead(partner_id=self.owned.id, user_id=False)
        with self.assertRaises(RedirectWarning):
            tip.user_id = self.salesman
        with self.assertRaises(RedirectWarning):
            self.lead(email_from="WIEBKE@brightwater.test", contact_name="W. Krause")
        with self.assertRaises(RedirectWarning):
            self.lead(partner_name="Brightwater Food", phone="040 / 123 456 789")
        self.assertTrue(self.lead(partner_name="Brightwater Food"), "a name alone proves nothing")
        with self.assertRaises(RedirectWarning):
            self.owned.with_user(self.salesman).user_id = self.salesman

    def test_policy_block_and_off(self):
        """R011: the company may block without a request, or only show."""
        self.company.crm_collision_policy = "block"
        with self.assertRaises(UserError) as caught:
            self.lead(partner_id=self.owned.id)
        self.assertNotIsInstance(caught.exception, RedirectWarning)
        self.company.crm_collision_policy = "off"
        self.assertTrue(self.lead(partner_id=self.owned.id))

    def test_an_owner_who_left_still_owns(self):
        """R011: after the owner was archived a colleague still has to ask; the managers decide."""
        self.colleague.action_archive()
        with self.assertRaises(RedirectWarning):
            self.lead(partner_id=self.owned.id)
        self.team.user_id = False
        request = self.request()
        self.assertIn(self.manager, request.activity_ids.user_id)
        self.assertNotIn(self.colleague, request.activity_ids.user_id)

    def test_owner_and_manager_see_the_request(self):
        """R011: owner and team leader get an activity and see the request; another salesperson does not."""
        wizard = Form(
            self.env["crm.collision.request"].with_user(self.salesman).with_context(default_partner_id=self.person.id)
        )
        self.assertEqual(wizard.owner_id, self.colleague)
        wizard.reason = "I met them at the fair"
        wizard.save().action_request()
        request = self.env["crm.collision"].search([("requester_id", "=", self.salesman.id)])
        self.assertEqual(request.partner_id, self.owned)
        self.assertEqual(request.activity_ids.user_id, self.colleague | self.leader)
        marked = self.request(partner=self.make_customer("Marked", user=self.colleague), reason="<b>Mine</b>")
        self.assertIn("&lt;b&gt;Mine", marked.sudo().activity_ids[:1].note)
        for user in (self.salesman, self.colleague, self.leader, self.manager):
            self.assertTrue(self.env["crm.collision"].with_user(user).search([("id", "=", request.id)]), user.name)
        stranger = new_test_user(self.env, "crm_stranger", "base.group_user,sales_team.group_sale_salesman")
        self.assertFalse(self.env["crm.collision"].with_user(stranger).search([("id", "=", request.id)]))
        self.assertEqual(self.request().id, request.id, "asking twice is asking once")
        self.assertTrue(self.near(name="Brightwater Foods")[0]["requested"])

    def test_accepting_hands_over_customer_and_open_work(self):
        """R011: the owner accepts: customer, contacts, open leads, quotations and activities move, history stays."""
        opened = self.lead(self.colleague, partner_id=self.person.id)
        won = self.lead(self.colleague, partner_id=self.owned.id, type="opportunity")
        won.action_set_won()
        order = self.env["sale.order"].create({"partner_id": self.owned.id, "user_id": self.colleague.id})
        activity = self.owned.activity_schedule("mail.mail_activity_data_call", user_id=self.colleague.id)
        message = self.owned.with_user(self.colleague).message_post(body="They want blue")
        request = self.request()
        with self.assertRaises(UserError):
            request.action_accept()
        request.with_user(self.colleague).action_accept()
        self.assertEqual(request.state, "accepted")
        self.assertEqual((self.owned.user_id, self.person.user_id), (self.salesman, self.salesman))
        self.assertEqual((opened.user_id, order.user_id, activity.user_id), (self.salesman,) * 3)
        self.assertEqual(won.user_id, self.colleague)
        self.assertEqual(message.author_id, self.colleague.partner_id)
        self.assertFalse(request.activity_ids)
        lines = request.reassignment_id.line_ids
        self.assertEqual(
            {(line.model, line.res_id) for line in lines},
            {
                ("res.partner", self.owned.id),
                ("res.partner", self.person.id),
                ("crm.lead", opened.id),
                ("sale.order", order.id),
                ("mail.activity", activity.id),
            },
        )
        self.assertTrue(self.lead(partner_id=self.owned.id))

    def test_declining_and_withdrawing_change_nothing(self):
        """R011: the manager declines with a reason that the requester reads."""
        request = self.request()
        request.with_user(self.manager).answer = "We agreed on regions"
        request.with_user(self.leader).action_decline()
        self.assertEqual((request.state, self.owned.user_id), ("declined", self.colleague))
        self.assertIn("regions", str(request.message_ids.mapped("body")))
        with self.assertRaises(UserError):
            request.with_user(self.manager).action_accept()
        again = self.request()
        self.assertNotEqual(again, request)
        again.action_withdraw()
        self.assertEqual(again.state, "withdrawn")

    def test_the_first_to_be_accepted_wins(self):
        """R011: two requests for one customer: accepting the one closes the other, whatever is clicked later."""
        third = new_test_user(self.env, "crm_third", "base.group_user,sales_team.group_sale_salesman", name="Thi")
        one, two = self.request(), self.request(user=third)
        one.with_user(self.leader).action_accept()
        self.assertEqual((one.state, two.state), ("accepted", "overtaken"))
        self.assertEqual(self.owned.user_id, self.salesman)
        with self.assertRaises(UserError):
            two.with_user(self.manager).action_accept()

    def test_a_customer_that_went_elsewhere_is_not_handed_over(self):
        request = self.request()
        self.owned.user_id = self.manager
        request.with_user(self.manager).action_accept()
        self.assertEqual((request.state, self.owned.user_id), ("overtaken", self.manager))


@tagged("post_install", "-at_install")
class TestStaffDeparture(CollisionCommon):
    """A colleague leaves."""

    def test_all_accounts_are_reassigned_with_history_intact(self):
        """R011: on departure customers, open leads, quotations and activities go to successors, in turn."""
        second = self.make_customer("Ahornblatt Druck", user=self.colleague)
        leads = self.env["crm.lead"].create(
            [
                {"name": f"Lead {partner.name}", "partner_id": partner.id, "user_id": self.colleague.id}
                for partner in (self.owned, second)
            ]
        )
        lost = self.env["crm.lead"].create({"name": "Lost", "user_id": self.colleague.id, "type": "opportunity"})
        lost.action_set_lost()
        quotation = self.env["sale.order"].create({"partner_id": second.id, "user_id": self.colleague.id})
        activity = leads[0].activity_schedule("mail.mail_activity_data_call", user_id=self.colleague.id)
        with self.assertRaises(AccessError):
            self.env["crm.staff.departure"].with_user(self.salesman).create({"user_id": self.colleague.id})
        successors = self.salesman | self.leader
        wizard = (
            self.env["crm.staff.departure"]
            .with_context(tracking_disable=False, mail_notrack=False)
            .with_user(self.manager)
            .create({"user_id": self.colleague.id, "successor_ids": [Command.set(successors.ids)]})
        )
        self.assertEqual((wizard.lead_count, wizard.order_count, wizard.activity_count), (2, 1, 1))
        action = wizard.action_reassign()
        move = self.env["crm.reassignment"].browse(action["res_id"])
        self.assertEqual({self.owned.user_id, second.user_id}, set(successors))
        for lead, partner in zip(leads, self.owned | second, strict=True):
            self.assertEqual(lead.user_id, partner.user_id)
        self.assertEqual(quotation.user_id, second.user_id)
        self.assertEqual(activity.user_id, self.owned.user_id)
        self.assertEqual(lost.user_id, self.colleague)
        self.assertEqual((move.from_user_id, move.user_id, move.reason), (self.colleague, self.manager, "departure"))
        self.assertEqual(move.line_count, len(move.line_ids))
        self.assertFalse(self.env["res.partner"].search([("user_id", "=", self.colleague.id)]))
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = self.owned.message_ids.tracking_value_ids.filtered(lambda value: value.field_id.name == "user_id")
        self.assertIn("Col", tracked.mapped("old_value_char"))

    def test_successor_must_work_in_the_company(self):
        other = self.env["res.company"].create({"name": "Sister"})
        stranger = new_test_user(
            self.env,
            "crm_abroad",
            "base.group_user,sales_team.group_sale_salesman",
            company_ids=[Command.set(other.ids)],
            company_id=other.id,
        )
        self.env["sale.order"].create({"partner_id": self.owned.id, "user_id": self.colleague.id})
        wizard = (
            self.env["crm.staff.departure"]
            .with_user(self.manager)
            .create({"user_id": self.colleague.id, "successor_ids": [Command.set(stranger.ids)]})
        )
        with self.assertRaises(UserError):
            wizard.action_reassign()


@tagged("post_install", "-at_install")
class TestCollisionTour(HttpCase):
    def test_tour(self):
        """R010, R011: a salesperson types a near-identical name, sees the customer and requests the hand-over."""
        groups = "base.group_user,sales_team.group_sale_salesman"
        owner = new_test_user(self.env, "crm_tour_owner", groups, name="Olga Owner")
        seller = new_test_user(self.env, "crm_tour_seller", groups, name="Sam Seller")
        customer = self.env["res.partner"].create(
            {"name": "Brightwater Foods GmbH", "is_company": True, "user_id": owner.id}
        )
        self.start_tour("/odoo/contacts/new", "crm_custom_collision", login="crm_tour_seller")
        request = self.env["crm.collision"].search([("partner_id", "=", customer.id)])
        self.assertEqual((request.requester_id, request.owner_id, request.state), (seller, owner, "requested"))
        self.assertEqual(request.reason, "We met at the fair")
        self.assertEqual(customer.user_id, owner)
