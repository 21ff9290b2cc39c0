from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
class TestSegment(SegmentCase):
    def test_refresh_logs_who_and_why(self):
        """R142, R142.3: a segment by value is recomputed by the nightly job; log and member say why."""
        segment = self.make(self.choose("class", "a", "b"), basis="value")
        self.assertEqual(segment.size_now, 3)
        now = fields.Datetime.now()
        self.env["crm.segment"]._process_refresh(now)
        self.assertEqual(self.members(segment), self.partners[:3])
        self.assertEqual(segment._refresh()[segment.id], (0, 0), "a second run changes nothing")
        self.cards[0].customer_class = "c"
        self.assertNotIn(segment, self.env["crm.segment"]._process_refresh(now), "once a night")
        self.assertIn(segment, self.env["crm.segment"]._process_refresh(fields.Datetime.add(now, days=1)))
        self.assertEqual(self.members(segment), self.partners[1:3])
        log = self.env["crm.segment.log"].search([("segment_id", "=", segment.id), ("kind", "=", "left")])
        self.assertEqual(log.partner_id, self.partners[0])
        self.assertEqual(log.reason, "no longer: Customer class: A, B (now C)")
        view = self.partners[2].with_user(self.seller)
        self.assertEqual(view.crm_segment_member_ids.segment_id.name, "Test")
        self.assertEqual(view.crm_segment_member_ids.reason, "Customer class: A, B (now B)")

    def test_segment_by_need(self):
        """R142: a segment by need follows the customers' open needs."""
        paint = self.env["product.category"].create({"name": "Paint"})
        segment = self.make(Command.create({"kind": "need", "categ_ids": [Command.set(paint.ids)]}), basis="need")
        segment._refresh()
        self.assertFalse(self.members(segment))
        need = self.env["crm.customer.need"].create(
            {"name": "Red paint", "partner_id": self.partners[1].id, "categ_id": paint.id}
        )
        segment._refresh()
        self.assertEqual(self.members(segment), self.partners[1])
        need.unlink()
        self.assertEqual(segment._refresh()[segment.id], (0, 1))

    def test_conditions_combine(self):
        """R130: filter, all or any of the conditions, and their negation; the size follows on the form, unsaved."""
        segment = self.make(self.choose("class", "a"), Command.create({"kind": "sales", "amount": 350}))
        self.assertEqual(segment.size_now, 1)
        segment.match = "any"
        self.assertEqual(segment.size_now, 2)
        segment.condition_ids[0].negate = True
        self.assertEqual(segment.size_now, 3, "not class A, or sales of 350 and more")
        segment.match = "all"
        self.assertEqual(segment.size_now, 0)
        with Form(self.env["crm.segment"].with_user(self.marketer)) as form:
            form.name = "Unsaved"
            form.domain = "[('ref', '=', 'SEG')]"
            self.assertEqual(form.size_now, 4)
            form.domain = "[('ref', '=', 'SEG'), ('name', '=', 'Seg 1')]"
            self.assertEqual(form.size_now, 1)

    def test_every_kind_reads(self):
        """R130: every kind of behaviour can be asked for, also those of other addons."""
        other = self.make(name="Other")
        other._refresh()
        metric = self.env["crm.metric"].search([("subject", "=", "customer")], limit=1)
        given = {
            "metric": {"metric_id": metric.id, "amount": 1},
            "cell": {"cells": "555, 5**"},
            "segment": {"other_segment_id": other.id},
            "bought": {"categ_ids": [Command.set(self.env["product.category"].search([], limit=1).ids)], "months": 12},
        }
        choices = self.env["crm.segment.choice"].search([])
        expected = {"class": 2, "lifecycle": 4, "payer": 4, "sales": 4, "segment": 4}
        asked = {"class": "a", "lifecycle": "existing", "payer": "none", "rfm": "champion", "pattern": "regular"}
        for kind, _label in self.env["crm.segment.condition"]._selection_kind():
            vals = {"kind": kind, "amount": 1, **given.get(kind, {})}
            if kind in asked:
                found = choices.filtered(lambda choice, k=kind: choice.kind == k and choice.code == asked[k])
                vals["choice_ids"] = [Command.set(found.ids)]
            segment = self.make(Command.create(vals))
            segment._refresh()
            self.assertEqual(len(self.members(segment)), expected.get(kind, 0), kind)

    def test_fact_of_another_addon(self):
        """R130: a fact that another addon gives through the customer is a condition like the others."""
        one = self.partners[3].id
        facts = {"visits": ("Visits", SQL("SELECT %s AS partner_id, 4 AS value", one))}
        with patch.object(self.env.registry["res.partner"], "_crm_live_facts", lambda _partners, _company: facts):
            segment = self.make(Command.create({"kind": "fact_visits", "amount": 3}))
            segment._refresh()
            self.assertEqual(self.members(segment), self.partners[3])
            self.assertEqual(segment.sudo().member_ids.reason, "Visits: at least 3 (now 4)")

    def test_filter_is_the_authors(self):
        """R130: nobody counts by a field that is closed to him; a filter that cannot be read is refused."""
        with self.assertRaises(ValidationError):
            self.make(domain="[('nothing', '=', 1)]")
        with self.assertRaises(ValidationError):
            self.make(domain="oops")
        field = self.env["res.partner"]._fields["ref"]
        with (
            patch.object(field, "groups", "base.group_system"),
            mute_logger("odoo.orm.models"),
            self.assertRaises(UserError),
        ):
            self.make()

    def test_who_may(self):
        """R130, R142.3: salespeople read segments and their own customers in them; they change nothing."""
        self.partners[0].user_id = self.manager
        segment = self.make(self.choose("class", "a"))
        segment._refresh()
        with (
            self.assertRaises(AccessError),
            mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"),
        ):
            segment.with_user(self.seller).name = "Mine"
        seen = self.env["crm.segment.member"].with_user(self.seller).search([("segment_id", "=", segment.id)])
        self.assertEqual(seen.partner_id, self.partners[1], "not a colleague's customer")
        other = self.env["res.company"].create({"name": "Segments elsewhere"})
        self.marketer.company_ids |= other
        elsewhere = segment.sudo().copy({"company_id": other.id})
        elsewhere._refresh()
        self.assertFalse(self.members(elsewhere), "class A in this company only")
        self.assertFalse(self.env["crm.segment"].with_user(self.seller).search([("id", "=", elsewhere.id)]))

    def test_circle_refused(self):
        """R142: a segment cannot ask for its own members by way of another."""
        first = self.make(name="First")
        second = self.make(Command.create({"kind": "segment", "other_segment_id": first.id}), name="Second")
        with self.assertRaises(ValidationError):
            first.condition_ids = [Command.create({"kind": "segment", "other_segment_id": second.id})]
