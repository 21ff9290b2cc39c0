from odoo.tests import HttpCase, tagged

from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
class TestSegmentTour(SegmentCase, HttpCase):
    def test_marketer_builds_a_segment(self):
        """R130, R144.2: in the web client: condition, size while editing, members with reasons, campaign, left out."""
        self.partners[1].relation_type = "competitor"
        self.start_tour("/odoo/segments", "crm_marketing_segment_tour", login=self.marketer.login)
        campaign = self.env["utm.campaign"].search([("segment_id.name", "=", "Tour segment")])
        self.assertEqual((campaign.audience_size, campaign.audience_excluded), (1, 1))
