from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaignCompetitor(CampaignCase):
    def test_competitor_is_in_no_campaign(self):
        """R005: a competitor and its people are no recipients, whatever list or filter a campaign takes."""
        partners = self.env["res.partner"]
        rival = partners.create(
            {"name": "Rival", "is_company": True, "email": "rival@example.test", "relation_type": "competitor"}
        )
        spy = partners.create({"name": "Spy", "parent_id": rival.id, "email": "spy@example.test"})
        good = partners.create({"name": "Good", "email": "good@example.test"})
        leads = self.env["crm.lead"].create(
            [{"name": f"Lead {partner.name}", "partner_id": partner.id} for partner in (spy, good)]
            + [{"name": "Lead of nobody", "email_from": "nobody@example.test"}]
        )

        def recipients(model, records):
            mailing = self.env["mailing.mailing"].create(
                {
                    "subject": "Spring",
                    "mailing_model_id": self.env["ir.model"]._get(model).id,
                    "mailing_domain": repr([("id", "in", records.ids)]),
                    "campaign_id": self.campaign.id,
                }
            )
            return self.env[model].browse(mailing._get_recipients())

        self.assertEqual(recipients("res.partner", rival | spy | good), good)
        self.assertEqual(recipients("crm.lead", leads).sorted("id"), leads[1:].sorted("id"))
