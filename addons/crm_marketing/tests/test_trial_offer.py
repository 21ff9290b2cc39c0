from datetime import date, datetime

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_trial_experiment import TrialCase

TODAY = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestTrialOffer(TrialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.is_storable = True
        cls.coffee = cls.env["product.product"].create({"name": "Coffee", "list_price": 50, "taxes_id": False})
        cls.colleague = new_test_user(cls.env, "trial_colleague", "mass_mailing.group_mass_mailing_user")
        cls.five = cls.customers[:5]
        cls.segment = cls.env["crm.segment"].create(
            {"name": "Cafés", "company_id": cls.company.id, "domain": repr([("id", "in", cls.five.ids)])}
        )
        cls.offer = (
            cls.env["crm.offer"]
            .with_user(cls.marketer)
            .create(
                {
                    "name": "Spring tea",
                    "date_start": "2026-03-05",
                    "date_end": "2026-03-20",
                    "price_kind": "discount",
                    "discount": 10,
                    "segment_id": cls.segment.id,
                    "product_ids": [Command.set(cls.product.ids)],
                    "quantity": 20,
                }
            )
        )

    @classmethod
    def _stock(cls, quantity):
        location = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(cls.product, location, quantity)
        cls.product.invalidate_recordset()

    @freeze_time(TODAY)
    def test_seen_only_with_the_four_filled_and_checked(self):
        """R155.2: timing, price, customer and product, each asked for by name; unseen by others until checked."""
        self._stock(20)
        full = {name: self.offer[name] for name in ("date_end", "discount")}
        for values, word in (
            ({"date_end": False}, "timing"),
            ({"discount": 0}, "price"),
            ({"segment_id": False}, "customers"),
            ({"product_ids": [Command.clear()]}, "products"),
        ):
            with self.cr.savepoint() as savepoint:
                self.offer.write(values)
                self.assertEqual(self.offer.missing_text, word)
                with self.assertRaisesRegex(UserError, word):
                    self.offer.action_check()
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(full, {name: self.offer[name] for name in full})
        Offers = self.env["crm.offer"].with_user(self.colleague)
        self.assertFalse(Offers.search([("id", "=", self.offer.id)]))
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.offer.state = "ready"
        self.offer.action_check()
        self.assertEqual(Offers.search([("id", "=", self.offer.id)]).target_count, 5)
        self.offer.discount = 15
        self.assertEqual(self.offer.state, "draft", "a changed price asks for a new check")
        self.assertFalse(Offers.search([("id", "=", self.offer.id)]))

    @freeze_time(TODAY)
    def test_checked_against_stock(self):
        """R155.2: 19 of 20 free: refused, with the product named; with 20 it passes."""
        self._stock(19)
        with self.assertRaisesRegex(UserError, "Tea: 19 of 20 free"):
            self.offer.action_check()
        self.assertIn("19 of 20", self.offer.stock_text)
        self._stock(1)
        self.offer.action_check()
        self.assertEqual(self.offer.state, "ready")

    @freeze_time(TODAY)
    def test_checked_against_consent(self):
        """R155.2: who is blacklisted, has no address or is a competitor is left out; with nobody left it is refused."""
        self._stock(20)
        self.env["mail.blacklist"].create({"email": self.five[0].email})
        self.five[1].email = False
        self.five[2].relation_type = "competitor"
        self.offer.action_check()
        self.assertEqual((self.offer.target_count, self.offer.refused_count), (2, 3))
        action = self.offer.action_create_mailing()
        mailing = self.env["mailing.mailing"].browse(action["res_id"])
        self.assertEqual(sorted(mailing._get_recipients()), sorted(self.five[3:].ids))
        self.env["mail.blacklist"].create([{"email": partner.email} for partner in self.five[3:]])
        self.offer.discount = 12
        with self.assertRaisesRegex(UserError, "Nobody"):
            self.offer.action_check()

    def test_how_many_changed_product_channel_and_timing(self):
        """R155.3: of five targeted, one bought the tea anew, one over the portal, one sooner; two as before."""
        with freeze_time(TODAY):
            self._stock(20)
            self.offer.action_check()
        tea, portal, early, same, none = self.five
        self._buy(tea, "2026-02-01", self.coffee)
        self._buy(tea, "2026-03-06", self.product)
        self._buy(portal, "2026-02-01", self.product)
        self._buy(portal, "2026-03-10", self.product, crm_channel="online")
        for day in ("2025-12-01", "2025-12-31", "2026-01-30", "2026-03-06"):
            self._buy(same, day, self.product)
        for day in ("2025-10-22", "2025-12-21", "2026-02-19", "2026-03-05"):
            self._buy(early, day, self.product)
        self.assertFalse(none.sale_order_ids)
        self.env.flush_all()
        self.env.invalidate_all()
        offer = self.offer.with_user(self.colleague)
        counts = (offer.changed_count, offer.changed_product_count, offer.changed_channel_count)
        self.assertEqual((*counts, offer.changed_timing_count), (3, 1, 1, 1))
        rows = self.env["crm.offer.response"].with_user(self.colleague).search(offer.action_open_responses()["domain"])
        self.assertEqual(len(rows), 5)
        self.assertEqual(rows.filtered("changed").partner_id, tea | portal | early)
        self.assertEqual(rows.filtered("timing_changed").partner_id, early)
        with self.assertRaises(AccessError):
            self.env["crm.offer.response"].with_user(self.stranger).browse(rows[0].id).read(["changed"])

    def _buy(self, partner, day, product, **values):
        lines = [Command.create({"product_id": product.id, "product_uom_qty": 1})]
        return self._orders(partner, date=datetime.fromisoformat(day), order_line=lines, **values)
