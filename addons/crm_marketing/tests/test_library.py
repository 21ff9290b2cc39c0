from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestLibrary(TransactionCase):
    """Material with its stock, and the encyclopedia, as a marketer and a salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "library_marketer", "mass_mailing.group_mass_mailing_user")
        cls.seller = new_test_user(cls.env, "library_seller", "sales_team.group_sale_salesman")
        cls.company = cls.env.company
        cls.campaign = cls.env["utm.campaign"].create({"title": "Fair", "company_id": cls.company.id})
        cls.material = cls.env["crm.marketing.material"].with_user(cls.marketer).create({"name": "Catalogue"})
        cls.old, cls.new = (
            cls.env["crm.marketing.material.version"]
            .with_user(cls.marketer)
            .create(
                [
                    {"material_id": cls.material.id, "name": "2025", "date": "2025-01-01", "unit_cost": 2.0},
                    {"material_id": cls.material.id, "name": "2026", "date": "2026-01-01", "unit_cost": 2.5},
                ]
            )
        )

    def _move(self, version, quantity, kind="used", user=None, **values):
        return (
            self.env["crm.marketing.material.move"]
            .with_user(user or self.marketer)
            .create({"version_id": version.id, "quantity": quantity, "kind": kind, **values})
        )

    def test_stock_and_consumption_of_a_brochure(self):
        """R132: versions with stock and unit cost; a campaign shows what it used at the cost of that time."""
        self._move(self.old, 100, "received")
        self._move(self.new, 50, "received")
        self._move(self.old, 30, campaign_id=self.campaign.id)
        self._move(self.new, -10, campaign_id=self.campaign.id, user=self.seller)
        self._move(self.new, 4, "returned", campaign_id=self.campaign.id)
        self.new.unit_cost = 9.0  # a later price does not change what was used
        self.assertRecordValues(self.old + self.new, [{"quantity": 70}, {"quantity": 44}])
        self.assertRecordValues(
            self.material, [{"quantity": 114, "consumed": 40, "version_id": self.new.id, "unit_cost": 9.0}]
        )
        campaign = self.campaign.with_user(self.marketer)
        self.assertEqual((campaign.material_cost, campaign.material_count), (30 * 2.0 + 10 * 2.5 - 4 * 2.5, 3))
        moves = self.env["crm.marketing.material.move"].search(campaign.action_open_material()["domain"])
        self.assertEqual(sum(moves.mapped("cost")), campaign.material_cost)
        self.assertEqual(moves.sorted("id").mapped("used_up"), [30, 10, -4], "units used up are positive")
        self.assertEqual(sum(self.old.move_ids.mapped("used_up")), 30, "what was received is not used up")
        self.old.state = "obsolete"
        self.assertEqual(self.material.quantity, 44)
        with self.assertRaisesRegex(UserError, "obsolete"):
            self._move(self.old, 1)

    def test_stock_is_not_typed_and_not_negative(self):
        """R132: no more than there is; movements are neither changed nor deleted; short stock is found."""
        self._move(self.new, 10, "received")
        with self.assertRaises(UserError) as caught:  # assertRaises rolls the savepoint back
            self._move(self.new, 11)
        self.assertIn("1 more than there is", str(caught.exception))
        move = self._move(self.new, 8)
        with self.assertRaisesRegex(UserError, "not changed"):
            move.quantity = -1
        with self.assertRaisesRegex(UserError, "not deleted"):
            move.sudo().unlink()
        with self.assertRaisesRegex(UserError, "obsolete instead of deleting"):
            self.new.unlink()
        self.material.minimum = 2
        self.assertTrue(self.material.is_short)
        self.assertIn(self.material, self.material.search([("is_short", "=", True)]))
        self.assertNotIn(self.material, self.material.search([("is_short", "=", False)]))
        with self.assertRaises(AccessError):
            self.material.with_user(self.seller).name = "Mine"

    def test_material_of_another_company(self):
        """R132: another company's material is not seen, and its campaigns do not take ours."""
        other = self.env["res.company"].create({"name": "Library B"})
        stranger = new_test_user(
            self.env,
            "library_stranger",
            "mass_mailing.group_mass_mailing_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["crm.marketing.material"].with_user(stranger).search([]))
        self._move(self.new, 10, "received")
        foreign = self.env["utm.campaign"].create({"title": "Theirs", "company_id": other.id})
        with self.assertRaises(ValidationError):
            self._move(self.new, 1, campaign_id=foreign.id, user=self.env.user)

    def test_encyclopedia_from_the_quotation(self):
        """R133: a salesperson on a quotation finds what is known of its products, by category and by search."""
        goblet, jug = self.env["product.template"].create([{"name": "Goblet"}, {"name": "Jug"}])
        goblet.categ_id = self.env["product.category"].create(
            {"name": "Crystal", "parent_id": self.env["product.category"].create({"name": "Glassware"}).id}
        )
        rival = self.env["res.partner"].create({"name": "Acme", "relation_type": "competitor"})
        today = fields.Date.context_today(self.env.user)
        entries = self.env["crm.knowledge.entry"].with_user(self.marketer)
        on_product, on_category, on_rival, price, old = entries.create(
            [
                {"name": "Goblet facts", "product_ids": goblet.ids},
                {"name": "Glass", "categ_ids": goblet.categ_id.parent_id.ids},
                {"name": "Answer", "kind": "competitor", "competitor_id": rival.id, "body": "<p>They break</p>"},
                {"name": "Jug price", "kind": "price", "product_ids": jug.ids, "keywords": "ewer"},
                {"name": "Goblet 2019", "product_ids": goblet.ids, "valid_until": today - timedelta(days=1)},
            ]
        )
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                    "order_line": [Command.create({"product_id": goblet.product_variant_id.id})],
                }
            )
        )
        action = order.action_crm_knowledge()
        self.assertEqual(action["context"]["search_default_about_order"], 1)
        mine = entries.with_user(self.seller).with_context(**action["context"])
        about = mine.search([("about_order", "=", True)])
        self.assertEqual(about, on_product + on_category + old)
        self.assertEqual(about.filtered("is_valid"), on_product + on_category)
        self.assertEqual(
            mine.search([("about_order", "=", False), ("id", "in", (on_rival + price).ids)]).ids,
            (on_rival + price).sorted(lambda entry: (entry.kind, entry.name)).ids,
        )
        self.assertEqual(on_product.with_context(**action["context"]).about_order, True)
        self.assertEqual(self._found("break"), on_rival)
        self.assertEqual(self._found("ewer"), price)
        self.assertEqual(self._found("Acme"), on_rival)
        with self.assertRaises(AccessError):
            on_product.with_user(self.seller).body = "Mine"

    def _found(self, words):
        """What the search box of the encyclopedia finds, by the domain that its view holds."""
        view = self.env["crm.knowledge.entry"].get_view(
            self.env.ref("crm_marketing.crm_knowledge_entry_view_search").id, "search"
        )
        text = view["arch"].split('filter_domain="', 1)[1].split('"', 1)[0]
        domain = eval(text, {"self": words})  # noqa: S307  # pylint: disable=eval-used
        return self.env["crm.knowledge.entry"].with_user(self.seller).search(domain)


@tagged("post_install", "-at_install")
class TestLibraryParallel(ParallelCase):
    def test_the_last_pieces_are_given_once(self):
        """R132: two users take six of ten brochures at once: one gets them, the other hears of 2 missing."""

        def make(env):
            material = env["crm.marketing.material"].create({"name": "Parallel brochure"})
            version = env["crm.marketing.material.version"].create({"material_id": material.id, "name": "1"})
            env["crm.marketing.material.move"].create({"version_id": version.id, "quantity": 10, "kind": "received"})
            return material.id, version.id

        material_id, version_id = self._commit(make)

        def remove(env):
            env.cr.execute("DELETE FROM crm_marketing_material_move WHERE version_id = %s", [version_id])
            env["crm.marketing.material"].browse(material_id).unlink()

        self.addCleanup(self._commit, remove)
        take = {"version_id": version_id, "quantity": 6, "kind": "used"}
        outcome = self._at_once([lambda env: env["crm.marketing.material.move"].create(dict(take))] * 2)
        self.assertEqual(sorted(act.state for act in outcome), ["done", "refused"], outcome)
        self.assertIn("2 more than there is", "".join(act.message for act in outcome))


@tagged("post_install", "-at_install")
class TestNotices(HttpCase):
    """A market manager tells the distributors; they read and accept on their portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "notice_marketer", "mass_mailing.group_mass_mailing_user")
        cls.dealer, cls.second, cls.direct = cls.env["res.partner"].create(
            [
                {"name": "Dealer", "is_company": True, "customer_role": "distributor", "email": "d@notice.test"},
                {"name": "Second", "is_company": True, "customer_role": "distributor"},
                {"name": "Direct", "is_company": True, "customer_role": "direct", "email": "x@notice.test"},
            ]
        )
        contact = cls.env["res.partner"].create({"name": "Buyer of Dealer", "parent_id": cls.dealer.id})
        other = cls.env["res.partner"].create({"name": "Buyer of Second", "parent_id": cls.second.id})
        cls.portal = new_test_user(cls.env, "notice_portal", "base.group_portal", partner_id=contact.id)
        cls.stranger = new_test_user(cls.env, "notice_stranger", "base.group_portal", partner_id=other.id)
        cls.notice = (
            cls.env["crm.customer.notice"]
            .with_user(cls.marketer)
            .create(
                {
                    "name": "New rebates",
                    "body": "<p>Three percent</p><script>alert(1)</script>",
                    "customer_role": "distributor",
                    "needs_acceptance": True,
                }
            )
        )

    def _receipt(self, partner):
        return self.notice.sudo().receipt_ids.filtered(lambda receipt: receipt.partner_id == partner)

    def _token(self, page):
        return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    def test_published_read_and_accepted(self):
        """R139: distributors get the policy; who has read and who has accepted is seen by name, the rest as open."""
        self.assertGreaterEqual(self.notice.audience_count, 2)
        self.notice.action_publish()
        self.notice.action_publish()  # pressed twice: nobody is told twice
        receipts = self.notice.receipt_ids
        self.assertLessEqual(self.dealer + self.second, receipts.partner_id)
        self.assertNotIn(self.direct, receipts.partner_id)
        self.assertEqual(len(receipts), len(receipts.partner_id))
        mails = self.env["mail.mail"].search(
            [("subject", "=", "New rebates"), ("recipient_ids", "in", self.dealer.ids)]
        )
        self.assertEqual(len(mails), 1)
        self.assertIn(f"/my/notices/{self._receipt(self.dealer).id}", mails.body_html)
        self.authenticate("notice_portal", "notice_portal")
        self.assertIn("New rebates", self.url_open("/my/notices").text)
        self.assertFalse(self.notice.read_count)
        address = f"/my/notices/{self._receipt(self.dealer).id}"
        page = self.url_open(address).text
        self.assertIn("Three percent", page)
        self.assertNotIn("alert(1)", page)
        done = self.url_open(f"{address}/accept", data={"csrf_token": self._token(page)})
        self.assertIn("Accepted by", done.text)
        self.notice.invalidate_recordset()
        self.assertEqual((self.notice.read_count, self.notice.accepted_count), (1, 1))
        self.assertRecordValues(
            self._receipt(self.dealer),
            [
                {
                    "state": "accepted",
                    "accepted_by_id": self.portal.partner_id.id,
                    "read_by_id": self.portal.partner_id.id,
                }
            ],
        )
        self.assertEqual(self._receipt(self.second).state, "told")
        opened = self.notice.with_context(crm_notice_filter="accepted").action_open_receipts()
        self.assertEqual(opened["context"], {"search_default_accepted": 1})

    def test_foreign_and_late_are_refused(self):
        """R139: another dealer's receipt is not found, GET accepts nothing, a day that is over is told."""
        self.notice.deadline = fields.Date.context_today(self.notice) + timedelta(days=1)
        self.notice.action_publish()
        own, foreign = self._receipt(self.dealer), self._receipt(self.second)
        self.authenticate("notice_portal", "notice_portal")
        page = self.url_open(f"/my/notices/{own.id}").text
        token = self._token(page)
        self.assertEqual(self.url_open(f"/my/notices/{foreign.id}").status_code, 404)
        self.assertEqual(self.url_open(f"/my/notices/{foreign.id}/accept", data={"csrf_token": token}).status_code, 404)
        self.assertNotEqual(self.url_open(f"/my/notices/{own.id}/accept").status_code, 200)
        late = date(2099, 1, 1)
        with patch.object(type(fields.Date()), "context_today", staticmethod(lambda *_args: late)):
            refused = self.url_open(f"/my/notices/{own.id}/accept", data={"csrf_token": token})
        self.assertIn("is over", refused.text)
        self.assertFalse(own.accepted_date)
        self.notice.action_withdraw()
        self.assertEqual(self.url_open(f"/my/notices/{own.id}").status_code, 404)
        with self.assertRaisesRegex(UserError, "stays as customers read it"):
            self.notice.body = "Other"
        with self.assertRaises(AccessError):
            own.with_user(self.portal).check_access("read")

    def test_class_of_the_scorecard(self):
        """R139: a notice for class A reaches the customers whose newest scorecard is A, and those alone."""
        month = self.env["crm.company.scorecard"].search([("company_id", "=", self.env.company.id)], limit=1)
        month = month or self.env["crm.company.scorecard"].create(
            {"company_id": self.env.company.id, "period": "2026-01-01"}
        )
        self.env["crm.scorecard"].search([("company_id", "=", self.env.company.id)]).is_latest = False
        self.env["crm.scorecard"].create(
            [
                {
                    "month_id": month.id,
                    "company_id": self.env.company.id,
                    "partner_id": partner.id,
                    "period": "2026-01-01",
                    "date": "2026-01-31",
                    "is_latest": True,
                    "customer_class": letter,
                }
                for partner, letter in ((self.dealer, "a"), (self.second, "b"), (self.direct, "a"))
            ]
        )
        with Form(self.notice) as form:
            form.customer_class = "a"
            self.assertEqual(form.audience_count, 1)
        self.notice.action_publish()
        self.assertEqual(self.notice.receipt_ids.partner_id, self.dealer)

    def test_tour_of_a_salesperson(self):
        """R133: from a quotation to the entry on the competitor, in the browser."""
        seller = new_test_user(self.env, "library_tourist", "sales_team.group_sale_salesman")
        product = self.env["product.template"].create({"name": "Tour goblet"})
        rival = self.env["res.partner"].create({"name": "Acme", "relation_type": "competitor"})
        self.env["crm.knowledge.entry"].create(
            [
                {"name": "Tour goblet: why it is dear", "product_ids": product.ids},
                {
                    "name": "Tour answer to Acme",
                    "kind": "competitor",
                    "competitor_id": rival.id,
                    "body": "<p>What tourrival says is not so</p>",
                },
            ]
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Tour buyer"}).id,
                "user_id": seller.id,
                "order_line": [Command.create({"product_id": product.product_variant_id.id})],
            }
        )
        self.start_tour(f"/odoo/sales/{order.id}", "crm_marketing_library", login="library_tourist")
