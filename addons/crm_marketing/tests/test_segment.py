from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSegment(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.marketer = new_test_user(cls.env, "segment_marketer", "mass_mailing.group_mass_mailing_user")
        cls.manager = new_test_user(
            cls.env, "segment_manager", "mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager"
        )
        cls.seller = new_test_user(cls.env, "segment_seller", "sales_team.group_sale_salesman")
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": f"Seg {number}", "is_company": True, "ref": "SEG", "city": "Oslo" if number < 2 else "Bonn",
                 "email": f"seg{number}@example.com"}
                for number in range(4)
            ]
        )  # fmt: skip
        month = cls.env["crm.company.scorecard"].search([("company_id", "=", cls.company.id)], limit=1) or cls.env[
            "crm.company.scorecard"
        ].create({"company_id": cls.company.id, "period": "2026-01-01"})
        cls.cards = cls.env["crm.scorecard"].create(
            [
                {
                    "month_id": month.id,
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "period": "2026-01-01",
                    "date": "2026-01-31",
                    "is_latest": True,
                    "customer_class": customer_class,
                    "lifecycle": "existing",
                    "revenue": revenue,
                }
                for partner, customer_class, revenue in zip(
                    cls.partners, ("a", "a", "b", "c"), (400, 300, 200, 100), strict=True
                )
            ]
        )

    @classmethod
    def choice(cls, kind, *codes):
        return cls.env["crm.segment.choice"].search([("kind", "=", kind), ("code", "in", codes)])

    def make(self, **vals):
        vals = {"name": "Test", "domain": "[('ref', '=', 'SEG')]", "company_id": self.company.id, **vals}
        return self.env["crm.segment"].with_user(self.marketer).create(vals)

    def test_refresh_logs_who_and_why(self):
        """R142, R142.3: members follow the rule; the log and the member say why, with the value of that day."""
        segment = self.make(
            condition_ids=[
                Command.create({"kind": "class", "choice_ids": [Command.set(self.choice("class", "a", "b").ids)]})
            ]
        )
        self.assertEqual(segment.size_now, 3)
        self.assertEqual(segment._refresh()[segment.id], (3, 0))
        self.assertEqual(segment.member_ids.partner_id, self.partners[:3])
        self.assertEqual(segment._refresh()[segment.id], (0, 0), "a second run changes nothing")
        self.cards[0].customer_class = "c"
        self.assertEqual(segment._refresh()[segment.id], (0, 1))
        log = self.env["crm.segment.log"].search([("segment_id", "=", segment.id), ("kind", "=", "left")])
        self.assertEqual(log.partner_id, self.partners[0])
        self.assertEqual(log.reason, "no longer: Customer class: A, B (now C)")
        member = segment.member_ids.filtered(lambda row: row.partner_id == self.partners[2])
        self.assertEqual(member.reason, "Customer class: A, B (now B)")

    def test_freeze(self):
        """R130: the marketer sees who is left out and why; the frozen version stays when the members change."""
        segment = self.make()
        self.partners[1].relation_type = "competitor"
        self.partners[2].email = False
        version = segment._freeze("Spring", "mail")
        self.assertEqual((version.total, version.excluded, version.size), (4, 2, 2))
        reasons = {line.partner_id: line.excluded_reason for line in version.line_ids}
        self.assertEqual([reasons[partner] for partner in self.partners], [False, "no_campaign", "no_address", False])
        self.partners[0].ref = False
        segment._refresh()
        self.assertEqual((segment.member_count, version.size, len(version.line_ids)), (3, 2, 4))

    def test_campaign_keeps_segment(self):
        """R144.2: a campaign made from a segment keeps the segment, the version and the size."""
        segment = self.make()
        action = segment.action_create_campaign()
        campaign = self.env["utm.campaign"].browse(action["res_id"])
        self.assertEqual((campaign.segment_id, campaign.audience_size), (segment, 4))
        self.partners[0].ref = False
        segment._refresh()
        self.assertEqual((campaign.audience_size, segment.member_count), (4, 3))
