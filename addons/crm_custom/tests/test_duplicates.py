from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.addons.crm_custom.models import crm_duplicate_run
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import CustomerCommon


class DuplicateCommon(CustomerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        address = {"street": "Hafenstraße 12", "zip": "20457", "city": "Hamburg"}
        cls.first = cls.make_customer(
            "Brightwater Foods GmbH", user=cls.colleague, phone="+49 40 123456789", vat="DE136695976", **address
        )
        cls.second = cls.make_customer(
            "BRIGHTWATER Food", user=cls.salesman, phone="040 123456789", ref="B2", **address
        )
        cls.other = cls.make_customer("Tannenhof Werkzeugbau AG", street="Hafenstraße 12", zip="20457", city="Hamburg")

    def scan(self):
        run = self.env["crm.duplicate.run"].with_user(self.manager).create({})
        run._run_all()
        return run

    def pair(self, one=None, other=None):
        one, other = one or self.first, other or self.second
        return self.env["crm.duplicate.pair"].search([("partner_a_id", "=", one.id), ("partner_b_id", "=", other.id)])


@tagged("post_install", "-at_install")
class TestDuplicateScan(DuplicateCommon):
    """The full scan by blocking keys."""

    def test_scan_lists_pairs_with_certainty_and_reason(self):
        """R012: the scan finds the pair, says how sure it is and why; neighbours and contacts are no pair."""
        contact = self.env["res.partner"].create(
            {"name": "Brightwater Foods", "parent_id": self.first.id, "phone": "+49 40 123456789"}
        )
        run = self.scan()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.progress, 100)
        pair = self.pair()
        self.assertEqual((pair.certainty, pair.state, pair.run_id), ("sure", "open", run))
        self.assertEqual(pair.reason, "Nearly the same name, same phone number, same street, same postcode, same city")
        self.assertFalse(self.pair(self.first, contact))
        self.assertNotIn("sure", (self.pair(self.first, self.other).certainty,))
        self.assertFalse(self.env["crm.duplicate.block"].search_count([]))

    def test_pairs_called_different_stay_away_and_solved_ones_go(self):
        """R012: 'two customers' holds over later scans; a pair that is no longer alike is dropped."""
        third = self.make_customer("Brightwater Foods", phone="040 123456789")
        self.scan()
        self.pair().with_user(self.manager).action_different()
        third.write({"name": "Ahornblatt Druck", "phone": False})
        run = self.scan()
        self.assertEqual(self.pair().state, "different")
        self.assertNotEqual(self.pair().run_id, run)
        self.assertFalse(self.pair(self.first, third))

    def test_scan_goes_on_where_it_stopped(self):
        """R012: steps of a few partners find the same pairs as one step; nothing is compared twice."""
        self.make_customer("Silbersee Optik KG", email="info@silbersee.test")
        self.make_customer("Silbersee Optik", email="info@silbersee.test")
        whole = self.scan()
        found = {(pair.partner_a_id, pair.partner_b_id) for pair in whole.pair_ids}
        self.patch(crm_duplicate_run, "PAIR_BITE", 1)
        run = self.env["crm.duplicate.run"].create({"state": "running"})
        steps = 0
        while run.state == "running":
            run._step()
            run.invalidate_recordset()
            steps += 1
        self.assertGreater(steps, 4)
        self.assertEqual(run.candidate_count, whole.candidate_count)
        self.assertEqual({(pair.partner_a_id, pair.partner_b_id) for pair in run.pair_ids}, found)

    def test_partners_of_two_companies_are_no_pair(self):
        other = self.env["res.company"].create({"name": "Sister"})
        self.first.company_id = self.company
        self.second.company_id = other
        self.scan()
        self.assertFalse(self.pair())

    def test_cron_and_rights(self):
        """R012: the cron finishes a started scan; a salesperson neither scans nor merges."""
        run = self.env["crm.duplicate.run"].with_user(self.manager).create({})
        run.action_start()
        with self.enter_registry_test_mode():
            self.assertIs(self.env.ref("crm_custom.crm_duplicate_run_cron").method_direct_trigger(), True)
        run.invalidate_recordset()
        self.assertEqual(run.state, "done")
        self.assertTrue(self.pair())
        with self.assertRaises(AccessError):
            self.env["crm.duplicate.run"].with_user(self.salesman).create({})
        with self.assertRaises(AccessError):
            self.pair().with_user(self.salesman).read(["score"])
        with self.assertRaises(AccessError):
            self.env["crm.merge.log"].with_user(self.salesman)._merge(self.first, self.second, {})

    def test_list_costs_the_same_for_ten_and_a_hundred(self):
        partners = self.make_many(40)
        self.env["crm.duplicate.run"].create({"state": "running"})._run_all()
        pairs = self.env["crm.duplicate.pair"].search([("partner_a_id", "in", partners.ids)], limit=100)
        self.assertEqual(len(pairs), 100)
        counts = []
        for size in (10, 10, 100):  # the first warms the caches
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pairs[:size].with_user(self.manager).web_read(
                {"partner_a_id": {"fields": {"display_name": {}}}, "reason": {}, "owner_a_id": {}, "certainty": {}}
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def make_many(self, count):
        return self.env["res.partner"].create(
            [{"name": "Reihenhaus Verwaltung", "phone": "040 555666777"} for _number in range(count)]
        )


@tagged("post_install", "-at_install")
class TestMerge(DuplicateCommon):
    """Side by side, merged, logged, undone."""

    def setUp(self):
        super().setUp()
        self.scan()

    def documents(self):
        child = self.env["res.partner"].create({"name": "Wiebke Krause", "parent_id": self.second.id})
        order = self.env["sale.order"].create({"partner_id": self.second.id, "user_id": self.salesman.id})
        invoice = self.bill(self.second, 100)
        lead = self.env["crm.lead"].create({"name": "Shelves", "partner_id": self.second.id})
        message = self.second.message_post(body="They want blue")
        activity = self.second.activity_schedule("mail.mail_activity_data_call", user_id=self.manager.id)
        tag = self.env["res.partner.category"].create({"name": "Fair"})
        both = self.env["res.partner.category"].create({"name": "Both"})
        self.second.category_id = tag | both
        self.first.category_id = both
        return child, order, invoice, lead, message, activity, tag, both

    def merge(self, **choices):
        action = self.pair().with_user(self.manager).action_merge()
        wizard = self.env["crm.duplicate.merge"].with_user(self.manager).browse(action["res_id"])
        for line in wizard.line_ids:
            line.choice = choices.get(line.field_name, line.choice)
        return self.env["crm.merge.log"].browse(wizard.action_merge()["res_id"])

    def test_side_by_side_shows_what_differs(self):
        """R012: only fields that differ, the record with more documents stays, an empty value does not win."""
        self.documents()
        action = self.pair().with_user(self.manager).action_merge()
        wizard = self.env["crm.duplicate.merge"].with_user(self.manager).browse(action["res_id"])
        self.assertEqual(wizard.keep, "b")
        lines = {line.field_name: (line.value_a, line.value_b, line.choice) for line in wizard.line_ids}
        self.assertEqual(lines["name"], ("Brightwater Foods GmbH", "BRIGHTWATER Food", "b"))
        self.assertEqual(lines["user_id"], ("Col", "Sal", "b"))
        self.assertEqual(lines["ref"], ("", "B2", "b"))
        self.assertEqual(lines["vat"][1:], ("", "a"))
        self.assertNotIn("city", lines)
        wizard.action_swap()
        self.assertEqual({line.field_name: line.choice for line in wizard.line_ids}["name"], "a")

    def test_merge_moves_everything_and_logs_it(self):
        """R012: after the merge one record has all documents; the log says who, when, which values, which records."""
        child, order, invoice, lead, message, activity, tag, both = self.documents()
        log = self.merge(name="a", user_id="a")
        kept = self.second
        self.assertFalse(self.first.exists())
        self.assertEqual((kept.name, kept.vat, kept.ref), ("Brightwater Foods GmbH", "DE136695976", "B2"))
        self.assertEqual(kept.user_id, self.colleague)
        self.assertEqual(order.partner_id | invoice.partner_id | lead.partner_id | child.parent_id, kept)
        self.assertEqual((log.action, log.user_id, log.partner_id), ("merge", self.manager, kept))
        self.assertEqual(log.source_name, "Brightwater Foods GmbH")
        self.assertIn("Brightwater Foods GmbH", log.won_values)
        self.assertIn("same phone number", log.reason)
        self.assertFalse(self.env["crm.duplicate.pair"].search([("partner_b_id", "=", kept.id), ("score", ">", 12)]))
        self.assertTrue(message.exists() and activity.exists() and tag and both)

    def test_undo_restores_the_record_and_moves_its_records_back(self):
        """R012: undo brings the merged record back under its id with its documents, tags, messages and values."""
        child, order, invoice, lead, message, activity, tag, both = self.documents()
        follower = self.env["mail.followers"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.second.id)]
        )
        self.pair().with_user(self.manager)
        action = self.pair().with_user(self.manager).action_merge()
        wizard = self.env["crm.duplicate.merge"].with_user(self.manager).browse(action["res_id"])
        wizard.action_swap()
        source_id = self.second.id
        before = self.second.read(["name", "phone", "ref", "street", "user_id", "customer_rank"])[0]
        kept_before = self.first.read(["name", "phone", "ref", "vat", "user_id", "customer_rank"])[0]
        log = self.env["crm.merge.log"].browse(wizard.action_merge()["res_id"])
        self.assertFalse(self.second.exists())
        self.assertEqual(order.partner_id, self.first)
        self.assertEqual(message.res_id, self.first.id)
        self.assertIn(tag, self.first.category_id)
        self.assertEqual(self.first.ref, "B2")
        self.assertGreater(log.record_count, 5)
        self.assertIn(("sale.order", 1), [(line.model, line.count) for line in log.line_ids])
        self.first.phone = "+49 40 987654321"
        log.with_user(self.manager).action_undo()
        second = self.env["res.partner"].browse(source_id)
        self.assertEqual(second.read(list(before))[0], before)
        for name, value in kept_before.items():
            if name != "phone":
                self.assertEqual(self.first.read([name])[0][name], value, name)
        self.assertEqual(self.first.phone, "+49 40 987654321", "what somebody changed since stays")
        self.assertEqual(order.partner_id | invoice.partner_id | lead.partner_id | child.parent_id, second)
        self.assertEqual(invoice.line_ids.partner_id, second)
        self.assertEqual((message.res_id, activity.res_id), (source_id, source_id))
        self.assertEqual((second.category_id, self.first.category_id), (tag | both, both))
        self.assertEqual(child.commercial_partner_id, second)
        self.assertEqual(follower.exists().mapped("res_id"), [source_id] * len(follower))
        self.assertEqual((log.state, log.undone_by_id), ("undone", self.manager))
        with self.assertRaises(UserError):
            log.with_user(self.manager).action_undo()
        self.scan()
        self.assertTrue(self.pair())

    def test_later_merges_are_undone_first(self):
        """R012: a record that was merged on into a third comes back only after the later merge is undone."""
        third = self.make_customer("Brightwater Foods Nord", phone="040 123456789")
        logs = self.env["crm.merge.log"].with_user(self.manager)
        one = logs._merge(self.second, self.first, {})
        two = logs._merge(third, self.second, {})
        with self.assertRaisesRegex(UserError, "later merge"):
            one.action_undo()
        two.action_undo()
        one.action_undo()
        self.assertTrue(self.first.exists() and self.second.exists() and third.exists())

    def test_rows_that_the_merge_deletes_come_back(self):
        """R012: scorecards of both customers: the merge may keep one a month, the undo has both."""
        self.bill(self.first, 50, 40)
        self.bill(self.second, 80, 40)
        self.run_cards(date="2026-05-31")
        self.run_cards()
        cards = self.env["crm.scorecard"].search([("partner_id", "in", (self.first | self.second).ids)])
        self.env.cr.execute(
            "DELETE FROM crm_scorecard WHERE partner_id = %s AND period = '2026-05-01'", [self.first.id]
        )
        cards.invalidate_recordset()
        cards = cards.exists()
        self.assertEqual(len(cards), 3)
        values = cards.filtered(lambda card: card.partner_id == self.second).value_ids
        log = self.env["crm.merge.log"].with_user(self.manager)._merge(self.first, self.second, {})
        self.assertEqual(len(cards.exists()), 2, "the month that only the merged one had is kept")
        log.action_undo()
        self.assertEqual(cards.exists(), cards)
        self.assertEqual(cards.mapped("partner_id"), self.first | self.second)
        self.assertEqual(values.exists(), values)
        self.assertEqual(values.mapped("partner_id"), self.second)

    def test_odoos_own_merge_keeps_the_keys_true(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.first | self.second).ids, self.first, extra_checks=False)
        self.env["crm.partner.key"]._flush_marked()
        self.assertEqual(self.env["crm.partner.key"]._refresh_stale(), 0)
        self.assertFalse(self.pair())


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestDataCheck(DuplicateCommon):
    """The steward's list."""

    def issues(self, partner):
        self.env.flush_all()
        self.env.cr.precommit.run()
        rows = self.env["crm.data.issue"].with_user(self.manager).search([("partner_id", "=", partner.id)])
        return {row.issue: row for row in rows}

    def age(self, partner, months):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - relativedelta(months=months), partner.id],
        )

    def test_check_lists_each_fault(self):
        """R012: invalid phone, invalid email, duplicate and no activity, each with what is wrong."""
        bad = self.make_customer("Kaputt und Söhne", phone="12", email="nobody at home")
        good = self.make_customer("Ahornblatt Druck", phone="+49 40 22222222", email="info@ahornblatt.test")
        self.scan()
        self.assertEqual(self.issues(good), {})
        found = self.issues(bad)
        self.assertEqual({code: row.detail for code, row in found.items()}, {"phone": "12", "email": "nobody at home"})
        duplicate = self.issues(self.first)["duplicate"]
        self.assertEqual((duplicate.detail, duplicate.pair_id), ("BRIGHTWATER Food", self.pair()))
        self.assertEqual(duplicate.action_merge()["res_model"], "crm.duplicate.merge")
        self.age(good, 23)
        self.assertNotIn("idle", self.issues(good))
        self.age(good, 25)
        self.assertIn("idle", self.issues(good))
        self.bill(good, 10, 30)
        self.assertNotIn("idle", self.issues(good))
        self.company.crm_idle_months = 12
        self.age(bad, 13)
        self.assertIn("idle", self.issues(bad))
        with self.assertRaises(AccessError):
            self.env["crm.data.issue"].with_user(self.salesman).search([])

    def test_archive_with_audit_trail_and_back(self):
        """R012: archiving from the list leaves a log of who, when and why, and can be taken back."""
        bad = self.make_customer("Kaputt und Söhne", phone="12")
        action = self.issues(bad)["phone"].action_archive_partners()
        log = self.env["crm.merge.log"].search(action["domain"])
        self.assertFalse(bad.active)
        self.assertEqual((log.action, log.user_id, log.reason), ("archive", self.manager, "Invalid phone"))
        self.assertEqual((log.partner_id, log.source_name), (bad, "Kaputt und Söhne"))
        self.assertEqual(self.issues(bad), {})
        log.with_user(self.manager).action_undo()
        self.assertTrue(bad.active)
        self.assertIn("phone", self.issues(bad))

    def test_valid_customers_by_kind_of_need(self):
        """R012.1: counts of valid customers per kind of need; a record with any fault is in none of them."""
        kinds = self.env["product.category"].create([{"name": "Optics"}, {"name": "Paper"}])
        goods = self.env["product.product"].create(
            [{"name": kind.name, "categ_id": kind.id, "list_price": 10} for kind in kinds]
        )
        names = ("Ahornblatt Druck", "Silbersee Optik", "Kirschbaum Papier", "Quittengarten Feinkost")
        valid = [
            self.make_customer(name, user=self.salesman, email=f"x{number}@x.test") for number, name in enumerate(names)
        ]
        invalid = self.make_customer("Kaputt und Söhne", user=self.salesman, phone="12")
        for partner, quantities in ((valid[0], (5, 1)), (valid[1], (1, 5)), (valid[2], (0, 1)), (invalid, (9, 0))):
            self.env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": quantity})
                        for product, quantity in zip(goods, quantities, strict=True)
                        if quantity
                    ],
                }
            ).action_confirm()
        if "crm.customer.need" in self.env:
            self.env["crm.customer.need"].create({"name": "Lenses", "partner_id": valid[2].id, "categ_id": kinds[0].id})
        self.scan()
        self.env.flush_all()
        report = self.env["crm.need.group"].with_user(self.salesman)
        mine = [("partner_id", "in", [partner.id for partner in (*valid, invalid)])]
        counts = {
            kind.name: count for kind, count in report._read_group(mine, ["categ_id"], ["customers:count_distinct"])
        }
        if "crm.customer.need" in self.env:
            self.assertEqual(counts, {"Optics": 2, "Paper": 1, False: 1})
        else:
            self.assertEqual(counts, {"Optics": 1, "Paper": 2, False: 1})
        self.assertFalse(report.search([("partner_id", "=", invalid.id)]))
        duplicates = (
            self.env["crm.need.group"]
            .with_user(self.manager)
            .search([("partner_id", "in", (self.first | self.second).ids)])
        )
        self.assertFalse(duplicates)

    def test_share_of_identified_customers_per_touchpoint(self):
        """R058: share of orders and contacts linked to an identified customer, per touchpoint, for a salesperson."""
        nameless = self.make_customer("Walk-in", user=self.salesman)
        for partner in (self.second, self.second, nameless):
            self.env["sale.order"].create({"partner_id": partner.id, "user_id": self.salesman.id})
        self.env["crm.lead"].create(
            [
                {"name": "Known", "partner_id": self.second.id, "user_id": self.salesman.id},
                {"name": "Unknown", "user_id": self.salesman.id, "contact_name": "Somebody"},
            ]
        )
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2026-06-20 09:00:00",
                "stop": "2026-06-20 10:00:00",
                "user_id": self.salesman.id,
                "partner_ids": [Command.set((self.second | self.salesman.partner_id).ids)],
            }
        )
        self.env.flush_all()
        report = self.env["crm.identification"].with_user(self.salesman)
        shares = dict(report._read_group([("user_id", "=", self.salesman.id)], ["touchpoint"], ["share:avg"]))
        self.assertAlmostEqual(shares["order"], 200 / 3, 4)
        self.assertEqual((shares["lead"], shares["meeting"]), (50, 100))
        [row] = report.search([("touchpoint", "=", "order"), ("state", "=", "unknown")])
        self.assertEqual(row.action_open()["res_model"], "sale.order")
        self.assertFalse(report.with_user(self.colleague).search([("touchpoint", "=", "order")]))

    def test_settings_reach_the_company(self):
        settings = self.env["res.config.settings"].create({})
        settings.write({"crm_idle_months": 18, "crm_collision_policy": "block"})
        self.assertEqual((self.company.crm_idle_months, self.company.crm_collision_policy), (18, "block"))
