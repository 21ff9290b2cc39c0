from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_pipeline_gates import PipelineCommon


@tagged("post_install", "-at_install", "is_tour")
class TestPipelineTour(PipelineCommon, HttpCase):
    def test_past_a_gate_and_on_to_a_proposal(self):
        """R025, R031: in the client a salesperson is stopped at the gate, fills the facts, moves on and proposes."""
        (self.fresh + self.qualified + self.offered + self.signed).team_ids = [Command.clear()]
        self.gate(self.qualified, "expected_revenue")
        self.gate(self.offered, "email_from")
        customer = self.env["res.partner"].create({"name": "Ostermere Joinery", "is_company": True})
        deal = self.deal(name="Tour press line", partner_id=customer.id)
        with mute_logger("odoo.http"):
            self.start_tour("/odoo/crm", "crm_custom_pipeline", login=self.seller.login)
        deal.invalidate_recordset()
        self.assertEqual((deal.stage_id, deal.expected_revenue, deal.proposal_count), (self.offered, 5000.0, 1))
