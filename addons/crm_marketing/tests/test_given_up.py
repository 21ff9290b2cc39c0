from odoo import Command
from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestGivenUp(CampaignCase):
    def test_given_up_customers_leave_campaigns(self):
        """R053: no mailing of a campaign reaches a customer on the approved list, whatever it is sent to."""
        gone, stays = self.env["res.partner"].create(
            [
                {"name": "Gone", "is_company": True, "email": "gone@example.com"},
                {"name": "Stays", "is_company": True, "email": "stays@example.com"},
            ]
        )
        person = self.env["res.partner"].create({"name": "Ann", "email": "ann@example.com", "parent_id": gone.id})
        line = self.env["crm.give.up"].create({"partner_id": gone.id, "reason": "Costs more than it brings"})
        addresses = [{"name": partner.name, "email": partner.email} for partner in gone + stays + person]
        contacts = self.env["mailing.contact"].create(addresses)
        mails = self.env["mailing.list"].create({"name": "All", "contact_ids": [Command.set(contacts.ids)]})
        leads = self.env["crm.lead"].create([{"name": "L", "partner_id": partner.id} for partner in gone + stays])
        targets = {
            "res.partner": (gone + stays + person, [("id", "in", (gone + stays + person).ids)]),
            "crm.lead": (leads, [("id", "in", leads.ids)]),
        }
        mailings = self.env["mailing.mailing"].with_user(self.marketer)
        mailing = mailings.create(
            {
                "subject": "News",
                "campaign_id": self.campaign.id,
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": [Command.set(mails.ids)],
            }
        )
        self.assertEqual(set(mailing._get_remaining_recipients()), set(contacts.ids))
        line.action_approve()
        self.assertEqual(mailing._get_remaining_recipients(), contacts[1].ids)
        for model, (records, domain) in targets.items():
            mailing = self.env["mailing.mailing"].create(
                {
                    "subject": "News",
                    "campaign_id": self.campaign.id,
                    "mailing_model_id": self.env["ir.model"]._get_id(model),
                    "mailing_domain": repr(domain),
                }
            )
            self.assertEqual(mailing._get_remaining_recipients(), records[1].ids, model)
        line.action_reopen()
        self.assertEqual(len(mailing._get_remaining_recipients()), 2, "back in campaigns")
