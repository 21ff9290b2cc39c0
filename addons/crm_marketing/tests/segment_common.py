from odoo import Command
from odoo.tests import TransactionCase, new_test_user


class SegmentCase(TransactionCase):
    """Four customers of classes A, A, B, C with a scorecard, and users of each role."""

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
                {"name": f"Seg {number}", "is_company": True, "ref": "SEG", "email": f"seg{number}@example.com"}
                for number in range(4)
            ]
        )
        month = cls.env["crm.company.scorecard"].search(
            [("company_id", "=", cls.company.id), ("period", "=", "2026-01-01")]
        ) or cls.env["crm.company.scorecard"].create({"company_id": cls.company.id, "period": "2026-01-01"})
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
                for partner, customer_class, revenue in zip(cls.partners, "aabc", (400, 300, 200, 100), strict=True)
            ]
        )

    @classmethod
    def choose(cls, kind, *codes, **vals):
        """Command that creates a condition on a choice."""
        found = cls.env["crm.segment.choice"].search([("kind", "=", kind), ("code", "in", codes)])
        return Command.create({"kind": kind, "choice_ids": [Command.set(found.ids)], **vals})

    @classmethod
    def make(cls, *conditions, user=None, **vals):
        vals = {"name": "Test", "domain": "[('ref', '=', 'SEG')]", "company_id": cls.company.id, **vals}
        vals["condition_ids"] = list(conditions)
        return cls.env["crm.segment"].with_user(user or cls.marketer).create(vals)

    def members(self, segment):
        self.env.invalidate_all()
        return segment.sudo().member_ids.partner_id.sorted("id")
