from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
class TestMarketSurvey(CustomerCommon):
    def test_rating(self):
        """R002.1: the manager rates conduct and management with a dated note; earlier ratings stay as they were."""
        dealer = self.make_customer("Dealer", user=self.salesman)
        ratings = self.env["crm.partner.rating"].with_user(self.manager)
        marks = {"partner_id": dealer.id, "conduct": "4", "management": "2", "note": "Accounts are late."}
        first = ratings.create({**marks, "date": "2026-01-05"})
        ratings.create({**marks, "management": "4", "note": "New bookkeeper.", "date": "2026-06-05"})
        dealer.invalidate_recordset()
        seen = dealer.with_user(self.salesman).crm_rating_ids
        self.assertEqual(seen.mapped("management"), ["4", "2"], "the newest first")
        self.assertEqual(seen.user_id, self.manager)
        with self.assertRaises(UserError):
            first.note = "Never mind."
        with self.assertRaises(UserError):
            first.sudo().note = "Never mind."
        with self.assertRaises(AccessError):
            first.unlink()
        with self.assertRaises(AccessError):
            self.env["crm.partner.rating"].with_user(self.salesman).create(marks)
        with self.assertRaises(UserError):
            ratings.create({**marks, "date": "2999-01-01"})

    def test_survey(self):
        """R005.1: the survey of a region shows competing brands and the ranking of channels next to its dealers."""
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        lines = [("brand", "Acme", 20), ("brand", "Bolt", 35), ("channel", "Markets", 30), ("channel", "Shops", 60)]
        surveys = self.env["crm.market.survey"].with_user(self.manager)
        values = {
            "name": "Flanders",
            "country_id": belgium.id,
            "consumption": "growing",
            "company_id": self.company.id,
        }
        for kind in ("brand", "channel"):
            values[f"{kind}_ids"] = [
                Command.create({"kind": kind, "name": name, "share": share})
                for own, name, share in lines
                if own == kind
            ]
        region = surveys.create(values)
        city = surveys.create({**values, "name": "Ghent", "city": "gent", "brand_ids": [], "channel_ids": []})
        dealer = self.make_customer("Dealer", country_id=belgium.id, user=self.salesman).with_user(self.salesman)
        self.assertEqual(dealer.crm_survey_id, region)
        self.assertEqual(
            (dealer.crm_survey_brands, dealer.crm_survey_channels), ("Bolt 35 %, Acme 20 %", "Shops 60 %, Markets 30 %")
        )
        self.assertEqual(dealer.crm_survey_consumption, "growing")
        dealer.sudo().city = "Gent"
        self.assertEqual(dealer.crm_survey_id, city, "the narrowest place")
        abroad = self.make_customer("Abroad", country_id=france.id)
        self.assertFalse(abroad.with_user(self.salesman).crm_survey_id)
        with self.assertRaises(ValidationError):
            region.state_id = self.env["res.country.state"].search(
                [("country_id", "=", self.env.ref("base.us").id)], limit=1
            )
        with self.assertRaises(AccessError):
            region.with_user(self.salesman).name = "Other"
