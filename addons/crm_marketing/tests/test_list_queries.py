from datetime import datetime, timedelta

from lxml import etree
from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

COUNT = 101
RELATIONS = ("many2one", "many2many", "one2many")


@tagged("post_install", "-at_install")
class TestListQueries(TransactionCase):
    """A hundred rows of each list that marketing opens most; every row with figures of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env["res.company"].create({"name": "Long lists"})
        cls.marketer = new_test_user(
            cls.env,
            "list_marketer",
            "mass_mailing.group_mass_mailing_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        own = {"company_id": cls.company.id}
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Row {n}", "phone": f"+32 470 00 {n:04}", "is_company": True, **own} for n in range(COUNT)]
        )
        cls.segments = cls._segments(own)
        cls.campaigns = cls.env["utm.campaign"].create(
            [
                {
                    "title": f"Campaign {number}",
                    "date_start": "2026-03-01",
                    "user_id": cls.marketer.id,
                    "segment_id": segment.id,
                    "budget_line_ids": [Command.create({"amount": 100 + number, **own})],
                    **own,
                }
                for number, segment in enumerate(cls.segments)
            ]
        )
        cls._touches(own)
        cls._calls(own)
        cls._experiments(own)
        cls._materials(own)
        cls.env.flush_all()

    @classmethod
    def _segments(cls, own):
        segments = cls.env["crm.segment"].create([{"name": f"Segment {n}", **own} for n in range(COUNT)])
        cls.env["crm.segment.member"].create(
            [
                {"segment_id": segment.id, "partner_id": partner.id, **own}
                for segment, partner in zip(segments, cls.partners, strict=True)
            ]
        )
        return segments

    @classmethod
    def _touches(cls, own):
        cls.env["crm.touch"].create(
            [
                {
                    "date": datetime(2026, 3, 2) + timedelta(hours=number),
                    "kind": "call",
                    "partner_id": partner.id,
                    "campaign_id": campaign.id,
                    "res_model": "crm.contact.log",
                    "res_id": 800000 + number,
                    **own,
                }
                for number, (partner, campaign) in enumerate(zip(cls.partners, cls.campaigns, strict=True))
            ]
        )

    @classmethod
    def _calls(cls, own):
        calls = cls.env["crm.call.list"].create(
            {"name": "Calls", "campaign_id": cls.campaigns[0].id, "agent_ids": cls.marketer.ids, **own}
        )
        cls.env["crm.call.line"].create(
            [{"list_id": calls.id, "partner_id": partner.id, "user_id": cls.marketer.id} for partner in cls.partners]
        )

    @classmethod
    def _experiments(cls, own):
        cells = [Command.create({"name": name, "share": 40}) for name in "AB"]
        cls.env["crm.experiment"].create(
            [
                {"name": f"Test {campaign.id}", "campaign_id": campaign.id, "arm_ids": cells, **own}
                for campaign in cls.campaigns
            ]
        )

    @classmethod
    def _materials(cls, own):
        materials = cls.env["crm.marketing.material"].create([{"name": f"Leaflet {n}", **own} for n in range(COUNT)])
        versions = cls.env["crm.marketing.material.version"].create(
            [{"material_id": material.id, "name": "2026", "unit_cost": 1} for material in materials]
        )
        cls.env["crm.marketing.material.move"].create(
            [
                {"version_id": version.id, "kind": kind, "quantity": quantity, "campaign_id": campaign.id}
                for version, campaign in zip(versions, cls.campaigns, strict=True)
                for kind, quantity in (("received", 20), ("used", 5))
            ]
        )

    def _same_queries(self, model):
        """The list's own fields of 10 rows and of 100, in the same number of queries."""
        records = self.env[model].with_user(self.marketer).with_company(self.company)
        arch = etree.fromstring(records.get_views([(False, "list")])["views"]["list"]["arch"])
        names = {node.get("name") for node in arch.iter("field")}
        specification = {
            name: {"fields": {"display_name": {}}} if records._fields[name].type in RELATIONS else {} for name in names
        }
        domain = [("company_id", "=", self.company.id)]

        def queries(limit):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = records.web_search_read(domain, specification, limit=limit)
            self.assertEqual((len(found["records"]), found["length"]), (limit, COUNT))
            return self.env.cr.sql_log_count - before

        queries(10)  # what is kept for the whole registry
        few = queries(10)
        self.assertEqual(queries(100), few, model)
        with self.assertQueryCount(few):
            queries(100)

    def test_campaigns(self):
        self._same_queries("utm.campaign")

    def test_segments(self):
        self._same_queries("crm.segment")

    def test_touches(self):
        self._same_queries("crm.touch")

    def test_call_lines(self):
        self._same_queries("crm.call.line")

    def test_experiments(self):
        self._same_queries("crm.experiment")

    def test_materials(self):
        self._same_queries("crm.marketing.material")
