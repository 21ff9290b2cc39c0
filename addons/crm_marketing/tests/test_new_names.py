import base64
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

FILE = """Name,Company,Email,Phone,City,Consent
Ann Berry,Berry GmbH,ann@berry.example,,Berlin,yes
Bob New,,bob@new.example,,Bonn,yes
Bob Again,,BOB@new.example,,Bonn,yes
Carl Lead,,carl@lead.example,,Köln,yes
Dora Refuses,,dora@no.example,,Bonn,yes
Emil Silent,,emil@silent.example,,Bonn,
Flora New,Flora KG,,+49 30 99887766,Berlin,x
=cmd(),,gina@new.example,,Berlin,yes
"""


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestNewNames(TransactionCase):
    """Names from research, events and recommendation, as a marketer without sales rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Names"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.marketer = new_test_user(cls.env, "names_marketer", "mass_mailing.group_mass_mailing_user", **company)
        cls.planner = new_test_user(
            cls.env, "names_planner", "mass_mailing.group_mass_mailing_user,event.group_event_user", **company
        )
        cls.source = cls.env["utm.source"].create({"name": "Institute of Bonn"})
        cls.campaign = cls.env["utm.campaign"].create({"title": "Names", "company_id": cls.company.id})

    def order(self, lead, amount, state="sale"):
        partner = self.env["res.partner"].create({"name": "Buyer"})
        product = self.env["product.product"].create({"name": "Lamp", "list_price": amount, "taxes_id": False})
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "opportunity_id": lead.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "price_unit": amount, "tax_ids": [Command.clear()]})
                    ],
                }
            )
        )
        order.state = state
        return order

    # === RESEARCH === #

    def research_list(self, **vals):
        return (
            self.env["crm.research.list"]
            .with_user(self.marketer)
            .create(
                {
                    "name": "Hotels",
                    "source_id": self.source.id,
                    "campaign_id": self.campaign.id,
                    "consent_note": "question 12",
                    "file": base64.b64encode(FILE.encode()),
                    "file_name": "names.csv",
                    **vals,
                }
            )
        )

    def test_a_list_is_imported_with_source_and_consent_without_duplicates(self):
        """R160: new names become leads with source, campaign and a proof of consent; known ones are left out."""
        self.env["res.partner"].create({"name": "Berry", "is_company": True, "email": "ann@berry.example"})
        self.env["crm.lead"].create({"name": "Carl", "email_from": "Carl@lead.example", "company_id": self.company.id})
        self.env["mail.blacklist"].create({"email": "dora@no.example"})
        research = self.research_list()
        research.action_import()
        self.assertEqual((research.line_count, research.new_count, research.excluded_count), (8, 4, 4))
        states = {line.name: line.state for line in research.line_ids}
        self.assertEqual(
            states,
            {
                "Ann Berry": "customer",
                "Bob New": "new",
                "Bob Again": "repeat",
                "Carl Lead": "known_lead",
                "Dora Refuses": "refused",
                "Emil Silent": "new",
                "Flora New": "new",
                "=cmd()": "new",
            },
        )
        ann = research.line_ids.filtered(lambda line: line.name == "Ann Berry")
        self.assertIn("ame email", ann.reason)
        research.action_make_leads()
        leads = research.sudo().line_ids.lead_id
        self.assertEqual(set(leads.mapped("contact_name")), {"Bob New", "Flora New", "=cmd()"}, "Emil did not agree")
        self.assertEqual((leads.source_id, leads.campaign_id), (self.source, self.campaign))
        self.assertEqual((research.lead_count, research.new_count), (3, 1))
        consents = self.env["crm.consent"].search([("proof", "=", "Research list Hotels")])
        self.assertEqual(
            {(row.address, row.channel, row.state) for row in consents},
            {
                ("bob@new.example", "email", "given"),
                ("gina@new.example", "email", "given"),
                ("+493099887766", "call", "given"),
            },
        )
        self.assertEqual(consents.mapped("note"), ["question 12"] * 3)
        with self.assertRaises(UserError):
            research.action_make_leads()
        again = self.research_list(name="Second")
        again.action_import()
        self.assertEqual(again.new_count, 1, "only Emil is not known yet")

    def test_what_cannot_be_read_and_who_may_not(self):
        """R160: a wrong file and a missing proof are told; another company sees nothing of the list."""
        research = self.research_list(file=base64.b64encode(b"Foo,Bar\n1,2\n"))
        with self.assertRaisesRegex(UserError, "No names found"):
            research.action_import()
        research.file = base64.b64encode(b"\xd0\xcf\x11\xe0")
        with self.assertRaisesRegex(UserError, "cannot be read"):
            research.action_import()
        research.write({"file": base64.b64encode(FILE.encode()), "consent_note": False})
        research.action_import()
        with self.assertRaisesRegex(UserError, "proved"):
            research.action_make_leads()
        other = self.env["res.company"].create({"name": "Other names"})
        stranger = new_test_user(
            self.env,
            "names_stranger",
            "mass_mailing.group_mass_mailing_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        lists = self.env["crm.research.list"].with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(lists.search([("id", "=", research.id)]))
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.marketer).search([])

    # === EVENTS === #

    def test_event_with_entries_leads_and_won_orders(self):
        """R160.1: entries of a lottery become leads of its campaign; the result counts leads and won orders."""
        event = (
            self.env["event.event"]
            .with_user(self.planner)
            .create(
                {
                    "name": "Spring Lottery",
                    "company_id": self.company.id,
                    "date_begin": "2026-06-01 08:00:00",
                    "date_end": "2026-06-02 18:00:00",
                    "crm_campaign_id": self.campaign.id,
                    "crm_is_lottery": True,
                }
            )
        )
        entries = self.env["event.registration"].with_user(self.planner)
        for name in ("Ann", "Bob"):
            entries.create({"event_id": event.id, "name": name, "email": f"{name}@entry.example", "state": "open"})
        event.action_crm_make_leads()
        entries.create({"event_id": event.id, "name": "Cid", "email": "cid@entry.example", "state": "open"})
        leads = self.env["crm.lead"].search([("event_id", "=", event.id)])
        self.assertEqual(len(leads), 3, "also who enters later")
        self.assertEqual((leads.campaign_id, leads.company_id), (self.campaign, self.company))
        leads[0].action_set_won()
        self.order(leads[0], 250)
        self.order(leads[1], 99, state="draft")
        self.env.flush_all()
        row = self.env["crm.event.result"].with_user(self.marketer).search([("event_id", "=", event.id)])
        self.assertEqual((row.entries, row.leads, row.won, row.orders, row.ordered), (3, 3, 1, 1, 250))
        event.invalidate_recordset()
        self.assertEqual((event.crm_lead_count, event.crm_won_orders), (3, 1))
        with patch("secrets.randbelow", lambda count: count - 1):
            event.action_crm_draw()
        self.assertEqual(event.crm_winner_id, event.registration_ids[-1])
        with self.assertRaisesRegex(UserError, "has won already"):
            event.action_crm_draw()

    # === RECOMMENDATION === #

    def test_share_of_leads_and_orders_from_recommendation(self):
        """R160.2: leads with a referring customer or of a word-of-mouth source, their orders and both shares."""
        friend = self.env["res.partner"].create({"name": "Friend"})
        mouth = self.env["utm.source"].create({"name": "Told by a neighbour", "crm_word_of_mouth": True})
        values = [{"referrer_id": friend.id}, {"source_id": mouth.id}, {"source_id": self.source.id}, {}]
        leads = self.env["crm.lead"].create(
            [{"name": f"Lead {number}", "company_id": self.company.id, **vals} for number, vals in enumerate(values)]
        )
        self.order(leads[0], 300)
        self.order(leads[2], 900)
        self.env.flush_all()
        report = self.env["crm.word.of.mouth"].with_user(self.marketer)
        [figures] = report._read_group(
            [],
            [],
            [
                *("leads:sum", "recommended:sum", "lead_share:avg", "orders:sum", "recommended_orders:sum"),
                *("ordered:sum", "recommended_ordered:sum", "order_share:avg"),
            ],
        )
        self.assertEqual(figures, (4, 2, 50.0, 2, 1, 1200, 300, 25.0))
        # A lead of no company is that of its salesperson, whichever company reads.
        other = self.env["res.company"].create({"name": "Second Books"})
        leads[3].write({"company_id": False, "team_id": False, "user_id": self.marketer.id})
        report.invalidate_model()
        seen = self.env["crm.word.of.mouth"].with_company(other).search([("lead_id", "=", leads[3].id)])
        self.assertEqual(seen.company_id, self.company)
        by_referrer = dict(report._read_group([("origin", "=", "mouth")], ["referrer_id"], ["leads:sum"]))
        self.assertEqual(by_referrer[friend], 1)
