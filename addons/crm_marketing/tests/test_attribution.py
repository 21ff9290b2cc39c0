import random
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..tools import attribution

DAY = datetime(2026, 6, 1, 12)


@tagged("post_install", "-at_install")
class TestAttribution(TransactionCase):
    """Paths of orders whose money is written by hand: the SQL beside the rules of tools/attribution.py."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Attributed"})
        cls.company_2 = cls.env["res.company"].create({"name": "Elsewhere"})
        companies = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.marketer = new_test_user(cls.env, "attributor", "mass_mailing.group_mass_mailing_user", **companies)
        cls.stranger = new_test_user(
            cls.env,
            "elsewhere",
            "mass_mailing.group_mass_mailing_user",
            company_id=cls.company_2.id,
            company_ids=[Command.set(cls.company_2.ids)],
        )
        cls.mediums = cls.env["utm.medium"].create([{"name": f"Channel {letter}"} for letter in "ABCDE"])
        cls.campaign = cls.env["utm.campaign"].create({"title": "Attributed", "company_id": cls.company.id})
        cls.product = cls.env["product.product"].create({"name": "Thing", "type": "service"})

    def _order(self, partner, moment=DAY, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "order_line": [Command.create({"product_id": self.product.id, "price_unit": 100})],
                **vals,
            }
        )
        order.write({"state": "sale", "date_order": moment})
        return order

    def _touch(self, partner, medium, moment, kind="click", **vals):
        self.number = getattr(self, "number", 700000) + 1
        return self.env["crm.touch"].create(
            {
                "date": moment,
                "kind": kind,
                "partner_id": partner.id,
                "medium_id": medium.id,
                "campaign_id": self.campaign.id,
                "res_model": "mailing.trace",
                "res_id": self.number,
                "company_id": self.company.id,
                **vals,
            }
        )

    def _partner(self):
        return self.env["res.partner"].create({"name": "Buyer"})

    def _run(self):
        self.env["crm.attribution"]._process_company(self.company)
        return self.env["crm.attribution"].search([("company_id", "=", self.company.id)], order="deal, position")

    def test_sql_weights_are_those_of_the_rules(self):
        """Issue 5.6: random paths under all eight models, converted and not, beside the pure rules."""
        rng = random.Random(7)
        expected, journeys = {}, []
        for _path in range(40):
            partner = self._partner()
            count = rng.randint(1, 6)
            ages = sorted((rng.randint(0, 80) + rng.random() for _touch in range(count)), reverse=True)
            mediums = [rng.choice(self.mediums) for _touch in range(count)]
            moments = [(DAY - timedelta(days=age)).replace(microsecond=0) for age in ages]
            for medium, moment in zip(mediums, moments, strict=True):
                self._touch(partner, medium, moment)
            names = [medium.name for medium in mediums]
            converted = rng.random() < 0.6
            journeys.append((names, converted))
            if converted:
                order = self._order(partner)
                exact = [(DAY - moment).total_seconds() / 86400 for moment in moments]
                expected[order.id] = {"channels": names, "ages": exact, "lead": None, "deal": count - 1}
        steps = self._run()
        effects = attribution.removal_effects(attribution.transitions(journeys))
        self.assertEqual(set(steps.order_id.ids), set(expected))
        for order_id, path in expected.items():
            rows = steps.filtered(lambda step, order_id=order_id: step.order_id.id == order_id)
            for model in attribution.MODELS:
                weights = attribution.weights(model, path, effects, half_life=7.0)
                for row, weight in zip(rows, weights, strict=True):
                    self.assertAlmostEqual(row[f"weight_{model}"], weight, 9, (model, path))
        channels = self.env["crm.attribution.channel"].search([("company_id", "=", self.company.id)])
        for channel in channels:
            self.assertAlmostEqual(channel.effect, effects[channel.channel], 9)

    def test_milestones_of_the_w_shape(self):
        """Issue 5.6: 30 % each to the first touch, the touch before the lead and the one before the deal."""
        partner = self._partner()
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": partner.id, "type": "opportunity", "company_id": self.company.id}
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_conversion = %s WHERE id = %s",
            [DAY - timedelta(days=20), DAY - timedelta(days=5), lead.id],
        )
        for age in (40, 30, 21, 10, 6, 1):
            self._touch(partner, self.mediums[0], DAY - timedelta(days=age))
        self._order(partner, opportunity_id=lead.id)
        weights = self._run().mapped("weight_w_shaped")
        expected = attribution.w_shaped(6, 2, 4)
        for weight, right in zip(weights, expected, strict=True):
            self.assertAlmostEqual(weight, right, 9)

    def test_what_is_no_part_of_a_path(self):
        """Issue 5.6: machines, unsubscriptions, touches after the order, before the window and of another company."""
        partner = self._partner()
        kept = self._touch(partner, self.mediums[0], DAY - timedelta(days=3))
        self._touch(partner, self.mediums[1], DAY - timedelta(days=3), valid=False, reason="bot")
        self._touch(partner, self.mediums[1], DAY - timedelta(days=2), kind="optout")
        self._touch(partner, self.mediums[1], DAY + timedelta(days=1))
        self._touch(partner, self.mediums[1], DAY - timedelta(days=91))
        self._touch(partner, self.mediums[1], DAY - timedelta(days=3), company_id=self.company_2.id)
        order = self._order(partner)
        steps = self._run()
        self.assertEqual((steps.touch_id, steps.order_id), (kept, order))
        self.assertEqual([steps[f"weight_{model}"] for model in attribution.MODELS], [1] * 8)
        self.assertEqual(self._run().mapped("touches"), [1], "a second run writes the same")
        self.company.crm_attribution_days = 100
        self.assertEqual(len(self._run()), 2)

    def test_who_may_see_paths(self):
        """Issue 5.6: a marketer reads the paths of his company, nobody writes them."""
        self._touch(partner := self._partner(), self.mediums[0], DAY)
        self._order(partner)
        step = self._run()
        self.assertTrue(step.with_user(self.marketer).channel)
        self.assertFalse(self.env["crm.attribution"].with_user(self.stranger).search([("id", "in", step.ids)]))
        with self.assertRaises(AccessError):
            step.with_user(self.marketer).write({"weight_first": 0})
        action = self.env["crm.attribution"].with_user(self.marketer).action_refresh()
        self.assertEqual(action["res_model"], "crm.attribution.credit")

    def test_document_of_a_sale(self):
        """Issue 5.6: a path shows, finds and groups by its order or invoice, and survives the order's deletion."""
        order = self._order(partner := self._partner(), name="S-PATH-1")
        self._touch(partner, self.mediums[0], DAY)
        other = self._order(buyer := self._partner(), name="S-PATH-2")
        self._touch(buyer, self.mediums[0], DAY)
        debtor = self._partner()
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": debtor.id, "invoice_date": DAY.date()}
        )
        self.env.cr.execute(
            "UPDATE account_move SET state = 'posted', company_id = %s, commercial_partner_id = %s WHERE id = %s",
            [self.company.id, debtor.id, invoice.id],
        )
        self._touch(debtor, self.mediums[0], DAY - timedelta(days=1))
        steps = self._run().with_user(self.marketer)
        self.assertEqual((steps.order_id.ids, steps.move_id.ids), (sorted([order.id, other.id]), invoice.ids))
        for domain in ([("order_id", "=", order.id)], [("order_id", "ilike", "path-1")]):
            self.assertEqual(steps.search(domain).sudo().order_id, order)
        self.assertEqual(steps.search([("order_id", "=", False)]).move_id, invoice)
        with self.assertRaises(AccessError):
            steps.search([("order_id.amount_total", ">", 1)])
        groups = steps.formatted_read_group([("id", "in", steps.ids)], ["deal"], ["__count"])
        self.assertEqual({group["deal"] for group in groups}, {"S-PATH-1", "S-PATH-2", invoice.display_name})
        self.assertEqual([steps.search_count(group["__extra_domain"]) for group in groups], [1, 1, 1])
        order.write({"state": "cancel"})
        order.unlink()
        steps.invalidate_recordset()
        self.assertEqual(steps.sudo().order_id, other)
        self.assertEqual(len(self._run()), 2)

    def test_channel_is_shown_in_words(self):
        """Issue 5.6: without a medium the kind of touch is the channel: shown by its label, kept as a code."""
        none = self.env["utm.medium"]
        for _number in range(10):
            partner = self._partner()
            self._touch(partner, none, DAY - timedelta(days=2), kind="visit")
            self._touch(partner, self.mediums[0], DAY - timedelta(days=1))
            self._order(partner)
        steps = self._run().with_user(self.marketer)
        self.assertEqual(set(steps.mapped("channel")), {"visit", "Channel A"})
        steps.invalidate_recordset()
        self.assertEqual(set(steps.mapped("channel_name")), {"Visit or meeting", "Channel A"})
        steps.invalidate_recordset()
        with self.assertQueryCount(1):
            steps.mapped("channel_name")
        groups = steps.formatted_read_group([("id", "in", steps.ids)], ["channel"], ["__count"])
        self.assertEqual(
            {group["channel"]: steps.search_count(group["__extra_domain"]) for group in groups},
            {"Visit or meeting": 10, "Channel A": 10},
        )
        self.assertEqual(set(steps.search([("channel_name", "ilike", "meeting")]).mapped("channel")), {"visit"})
        self.assertEqual(set(steps.search([("channel_name", "ilike", "nel a")]).mapped("channel")), {"Channel A"})
