from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestAcquisition(CampaignCase):
    def test_cost_of_a_campaign_is_shared_by_the_customers_it_won(self):
        """R036: a campaign of 300 that won two customers cost 150 each; a customer without campaign has no cost."""
        partners = self.env["res.partner"].create([{"name": f"P{number}", "is_company": True} for number in range(3)])
        for partner, campaign in zip(partners, (self.campaign, self.campaign, False), strict=True):
            move = self.init_invoice("out_invoice", partner=partner, amounts=[100], taxes=[])
            move.campaign_id = campaign
            move.action_post()
        bill = self.init_invoice("in_invoice", amounts=[300], taxes=[])
        bill.invoice_line_ids.campaign_id = self.campaign
        bill.action_post()
        rows = self.env["crm.acquisition"].search([("partner_id", "in", partners.ids)], order="partner_id")
        self.assertEqual(rows.mapped("cost"), [150, 150, 0])
        self.assertEqual(rows.mapped("cost_band"), ["medium", "medium", "none"])
