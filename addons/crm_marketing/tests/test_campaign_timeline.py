from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCampaignTimeline(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "timeline_seller", "sales_team.group_sale_salesman")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Hotel", "email": "hotel@x.org", "is_company": True, "user_id": cls.seller.id}
        )
        cls.person = cls.env["res.partner"].create(
            {"name": "Ann", "email": "ann@x.org", "parent_id": cls.customer.id, "user_id": cls.seller.id}
        )
        cls.contact = cls.env["mailing.contact"].create({"name": "Ann", "email": "Ann@X.org"})
        cls.mailing = cls.env["mailing.mailing"].create(
            {"subject": "Spring offer", "mailing_model_id": cls.env["ir.model"]._get_id("res.partner")}
        )

    def _trace(self, record, **vals):
        return self.env["mailing.trace"].create(
            {"mass_mailing_id": self.mailing.id, "model": record._name, "res_id": record.id, **vals}
        )

    def test_mails_of_campaigns_are_in_the_customers_timeline(self):
        """R145: sent, clicked and answered mails stand in the timeline of the company, tests do not."""
        lead = self.env["crm.lead"].create({"name": "Deal", "partner_id": self.person.id})
        self._trace(self.customer, sent_datetime="2026-03-01 10:00:00")
        self._trace(self.person, sent_datetime="2026-03-01 10:00:00", links_click_datetime="2026-03-02 08:00:00")
        self._trace(lead, sent_datetime="2026-03-03 10:00:00", reply_datetime="2026-03-03 11:00:00")
        self._trace(self.contact, sent_datetime="2026-03-04 10:00:00")
        self._trace(self.customer, sent_datetime="2026-03-05 10:00:00", is_test_trace=True)
        self._trace(self.customer, trace_status="cancel")
        self.env.flush_all()
        events = (
            self.env["crm.customer.event"]
            .with_user(self.seller)
            .search([("partner_id", "=", self.customer.id), ("kind", "in", ("mailing", "mail_click", "mail_reply"))])
        )
        self.assertEqual(
            sorted(events.mapped("kind")), ["mail_click", "mail_reply", "mailing", "mailing", "mailing", "mailing"]
        )
        self.assertEqual(set(events.mapped("name")), {"Spring offer"})
        self.assertEqual(len(set(events.ids)), 6)
