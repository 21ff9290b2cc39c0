from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
class TestSegmentUse(SegmentCase):
    def test_freeze(self):
        """R130: the marketer sees how many are left out and why; the version used stays when the members change."""
        segment = self.make()
        self.partners[1].relation_type = "competitor"
        self.partners[2].email = False
        self.env["mail.blacklist"]._add("seg3@example.com")
        twin = self.partners[0].copy({"name": "Twin", "ref": "SEG", "email": "seg0@example.com"})
        version = segment._freeze("Spring", "email")
        self.assertEqual((version.total, version.excluded, version.size), (5, 4, 1))
        reasons = {line.partner_id: line.excluded_reason for line in version.line_ids}
        expected = [False, "no_campaign", "no_address", "refused", "same_address"]
        self.assertEqual([reasons[partner] for partner in self.partners + twin], expected)
        self.assertIn("No address or number: 1", version.excluded_text)
        mailing = (
            self.env["mailing.mailing"].with_user(self.marketer).with_context(**version.action_new_mailing()["context"])
        )
        mailing = mailing.create({"subject": "News"})
        self.assertEqual(mailing._get_recipients(), self.partners[0].ids)
        self.partners[0].ref = False
        segment._refresh()
        self.assertEqual((segment.member_count, version.size, len(version.line_ids)), (4, 1, 5))

    def test_campaign_keeps_segment(self):
        """R144.2: a campaign made from a segment keeps the segment, the version and the size."""
        segment = self.make()
        action = segment.action_create_campaign()
        campaign = self.env["utm.campaign"].with_user(self.marketer).browse(action["res_id"])
        self.assertEqual((campaign.segment_id, campaign.audience_size), (segment, 4))
        self.partners[0].ref = False
        segment._refresh()
        self.env.invalidate_all()
        self.assertEqual((campaign.audience_size, segment.member_count), (4, 3))
        with self.assertRaises(UserError):
            campaign.segment_version_id.unlink()
        campaign.action_freeze_audience()
        self.assertEqual(campaign.audience_size, 3)
        campaign.segment_id = self.make(name="Other")
        self.assertFalse(campaign.segment_version_id, "an audience of the segment before does not stay")

    def test_policy_lets_in_and_out(self):
        """R140: an approved policy admits who meets its entry conditions; who fails them leaves, dated, with reason."""
        segment = self.make()
        policy = self.env["crm.policy"].with_user(self.marketer).create({"name": "Club", "segment_id": segment.id})
        policy.entry_condition_ids = [self.choose("class", "a", phase="entry")]
        segment._refresh()
        self.assertFalse(self.members(segment), "nobody by a policy that waits for approval")
        with self.assertRaises(UserError):
            policy.action_approve()
        policy.with_user(self.manager).action_approve()
        self.assertEqual(self.members(segment), self.partners[:2])
        with self.assertRaises(UserError):
            policy.entry_domain = "[('ref', '!=', 'SEG')]"
        self.cards[0].customer_class = "b"
        self.env["crm.segment"]._process_refresh(self.env.cr.now().replace(year=self.env.cr.now().year + 1))
        self.assertEqual(self.members(segment), self.partners[1])
        log = self.env["crm.segment.log"].search([("segment_id", "=", segment.id), ("kind", "=", "left")])
        self.assertEqual(log.reason, "Policy Club: no longer: Customer class: A (now B)")
        self.assertTrue(log.date)

    def test_policy_with_exit_conditions(self):
        """R140: with exit conditions a member stays between the limits and leaves by the lower one."""
        segment = self.make()
        policy = self.env["crm.policy"].create({"name": "Club", "segment_id": segment.id})
        policy.entry_condition_ids = [Command.create({"kind": "sales", "amount": 300, "phase": "entry"})]
        policy.exit_condition_ids = [
            Command.create({"kind": "sales", "operator": "at_most", "amount": 150, "phase": "exit"})
        ]
        policy.with_user(self.manager).action_approve()
        self.assertEqual(self.members(segment), self.partners[:2])
        self.cards[0].revenue = 200
        segment._refresh()
        self.assertEqual(self.members(segment), self.partners[:2], "between the limits: stays")
        self.cards[0].revenue = 150
        segment._refresh()
        self.assertEqual(self.members(segment), self.partners[1])
        log = self.env["crm.segment.log"].search([("segment_id", "=", segment.id), ("kind", "=", "left")])
        self.assertEqual(log.reason, "Policy Club: Sales of twelve months: at most 150 (now 150)")
        self.cards[0].revenue = 200
        segment._refresh()
        self.assertEqual(self.members(segment), self.partners[1], "between the limits: does not come back")

    def test_instruction_at_each_touchpoint(self):
        """R144: the segment's instruction stands on the order and on the visit of a member, for the salesperson."""
        segment = self.make(self.choose("class", "a"), instruction="Call back within the hour")
        segment._refresh()
        person = self.env["res.partner"].create({"name": "Ann", "parent_id": self.partners[0].id})
        orders = self.env["sale.order"].with_user(self.seller)
        order = orders.create({"partner_id": person.id})
        self.assertEqual(order.crm_instructions, "Test: Call back within the hour")
        self.assertFalse(orders.create({"partner_id": self.partners[2].id}).crm_instructions)
        visit = self.env["crm.visit"].with_user(self.seller).create({"partner_id": self.partners[0].id})
        self.assertEqual(visit.crm_instructions, "Test: Call back within the hour")
        segment.active = False
        self.env.invalidate_all()
        self.assertFalse(order.crm_instructions)

    def test_instructions_are_batched(self):
        """R144: instructions of ten orders cost as many queries as those of a hundred."""
        segment = self.make(instruction="Be quick")
        segment._refresh()
        orders = self.env["sale.order"].create([{"partner_id": self.partners[n % 4].id} for n in range(100)])
        counts = []
        for some in (orders[:10], orders):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some.mapped("crm_instructions")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])

    def test_who_lacks_care(self):
        """R144.1: measure, marketing form and degree of care per segment; customers without any of them show up."""
        segment = self.make(self.choose("class", "a"), measure="Bonus", marketing_form="visit", care_degree="high")
        self.make(self.choose("class", "b"), measure="Newsletter")._refresh()
        segment._refresh()
        view = self.env.ref("crm_marketing.res_partner_view_search_segment")
        action = self.env.ref("crm_marketing.res_partner_action_lacking_care")
        partners = self.env["res.partner"].with_user(self.marketer)
        lacking = {}
        for name in ("measure", "marketing_form", "care_degree"):
            condition = [("segment_id.active", "=", True), (f"segment_id.{name}", "!=", False)]
            self.assertIn(repr(condition), view.arch)
            domain = [("ref", "=", "SEG"), ("crm_segment_member_ids", "not any", condition)]
            lacking[name] = partners.search(domain, order="id")
        self.assertEqual(lacking["measure"], self.partners[3])
        self.assertEqual(lacking["care_degree"], self.partners[2:])
        self.assertEqual(lacking["marketing_form"], self.partners[2:])
        self.assertEqual(action.res_model, "res.partner")
        self.assertEqual(partners.browse(self.partners[0].id).crm_measures, "Bonus")
        self.assertEqual(partners.browse(self.partners[0].id).crm_care_degree, "Intensive")

    def test_picked_by_hand(self):
        """R142.1: customers put in by hand stay whatever the conditions say, and can be taken out again."""
        segment = self.make(self.choose("class", "a"))
        segment._refresh()
        wizard = self.env["crm.segment.pick"].with_user(self.marketer)
        wizard = wizard.with_context(active_model="res.partner", active_ids=self.partners[3].ids)
        wizard.create({"segment_id": segment.id, "reason": "Met at the fair"}).action_pick()
        segment._refresh()
        self.assertEqual(self.members(segment), self.partners[0] + self.partners[1] + self.partners[3])
        picked = segment.member_ids.filtered("is_manual")
        self.assertEqual(picked.reason, "Met at the fair")
        with self.assertRaises(UserError):
            (segment.member_ids - picked).action_remove()
        picked.action_remove()
        self.assertEqual(self.members(segment), self.partners[:2])
