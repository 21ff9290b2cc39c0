from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

NOW = fields.Datetime.to_datetime("2026-03-10 12:00:00")


class TouchCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids -= cls.env.ref("sales_team.group_sale_salesman")
        cls.marketer = new_test_user(cls.env, "touch_marketer", "mass_mailing.group_mass_mailing_user")
        cls.seller = new_test_user(cls.env, "touch_seller", "sales_team.group_sale_salesman", email="seller@our.org")
        cls.campaign = cls.env["utm.campaign"].create({"title": "Touch Spring", "company_id": cls.env.company.id})
        cls.company = cls.env["res.partner"].create({"name": "Hotel", "is_company": True, "email": "info@hotel.org"})
        cls.ann = cls.env["res.partner"].create({"name": "Ann", "email": "ann@hotel.org", "parent_id": cls.company.id})
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Spring offer",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "campaign_id": cls.campaign.id,
            }
        )
        cls.links = cls.env["link.tracker"].create(
            [
                {"url": f"https://x.example/{i}", "title": "x", "mass_mailing_id": cls.mailing.id, "label": str(i)}
                for i in range(4)
            ]
        )
        cls.feed = cls.env["crm.touch.feed"]
        # Nothing is read yet: the tests' clicks lie in the past of a database whose feed has run.
        cls.feed.search([]).unlink()

    @classmethod
    def _trace(cls, record, sent="2026-03-02 10:00:00", **vals):
        return cls.env["mailing.trace"].create(
            {
                "mass_mailing_id": cls.mailing.id,
                "model": record._name,
                "res_id": record.id,
                "email": record.email_normalized,
                "sent_datetime": sent,
                "trace_status": "sent",
                **vals,
            }
        )

    @classmethod
    def _click(cls, trace, when, link=0, ip="192.0.2.1"):
        click = cls.env["link.tracker.click"].create(
            {
                "link_id": cls.links[link].id,
                "mailing_trace_id": trace.id,
                "mass_mailing_id": trace.mass_mailing_id.id,
                "ip": ip,
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE link_tracker_click SET create_date = %s WHERE id = %s", (when, click.id))
        return click

    def _touches(self, *kinds, campaign=None):
        domain = [("campaign_id", "=", (campaign or self.campaign).id)]
        return self.env["crm.touch"].search(domain + ([("kind", "in", kinds)] if kinds else []), order="date, id")


@tagged("post_install", "-at_install")
class TestTouch(TouchCase):
    def test_touches_of_every_source_once_each(self):
        """R145: mails, clicks, answers, calls, visits, events, leads and orders become touches, once however often."""
        trace = self._trace(self.ann, open_datetime="2026-03-02 11:00:00", reply_datetime="2026-03-03 09:00:00")
        self._click(trace, "2026-03-02 11:00:20")
        self._trace(self.ann, is_test_trace=True)
        self._trace(self.ann, trace_status="cancel")
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": self.ann.id, "campaign_id": self.campaign.id, "type": "opportunity"}
        )
        logs = self.env["crm.contact.log"]
        for channel in ("call", "visit", "email"):
            logs._log(self.ann, channel, lead_id=lead.id, date="2026-03-04 10:00:00")
        event = self.env["event.event"].create(
            {"name": "Open day", "date_begin": "2026-04-01 08:00:00", "date_end": "2026-04-01 18:00:00"}
        )
        guest = {"event_id": event.id, "name": "Ann", "email": "Ann@Hotel.org", "utm_campaign_id": self.campaign.id}
        registration = self.env["event.registration"].create(guest)
        order = self.env["sale.order"].create({"partner_id": self.ann.id, "opportunity_id": lead.id})
        order.action_confirm()
        self.env["sale.order"].create({"partner_id": self.ann.id, "campaign_id": self.campaign.id})
        self.feed._process_feed(NOW)
        kinds = sorted(self._touches().mapped("kind"))
        self.assertEqual(kinds, sorted(["mail", "open", "click", "reply", "call", "visit", "event", "lead", "order"]))
        touches = self._touches()
        self.assertEqual(touches.partner_id, self.company, "the commercial entity, also by the address alone")
        self.assertEqual(touches.contact_id, self.ann)
        self.assertTrue(all(touches.mapped("valid")))
        self.assertEqual(self._touches("call", "visit", "lead", "order").opportunity_id, lead)
        self.assertEqual(self.feed._process_feed(NOW), 0, "read twice, written once")
        self.assertEqual(self.feed._process_feed(NOW + timedelta(days=9)), 0)
        registration.action_cancel()
        order._action_cancel()
        self.env.flush_all()
        self.feed._process_feed(fields.Datetime.now())
        self.assertEqual(set(self._touches("event", "order").mapped("reason")), {"cancelled"})

    def test_machines_and_repetitions_do_not_count(self):
        """R145: clicks of scanners, of staff and the same click again are kept with their reason and do not count."""
        person, robot, own = (self._trace(partner) for partner in (self.ann, self.company, self.seller.partner_id))
        self._click(person, "2026-03-02 11:00:00")
        self._click(person, "2026-03-02 11:00:30")
        self._click(own, "2026-03-02 11:30:00")
        for link in range(4):
            self._click(robot, f"2026-03-02 10:01:0{link}", link=link, ip="198.51.100.7")
        self._trace(self.ann, sent="2026-03-05 10:00:00", open_datetime="2026-03-05 10:00:01", trace_status="open")
        back = self._trace(self.company, sent="2026-03-06 10:00:00")
        self.feed._process_feed(NOW)
        clicks = self._touches("click")
        self.assertEqual(clicks.mapped("reason"), ["scanner"] * 4 + [False, "duplicate", "staff"])
        self.assertEqual(self._touches("open").mapped("reason"), ["bot"])
        back.set_bounced()
        self.env.flush_all()
        self.feed._process_feed(fields.Datetime.now())
        mail = self._touches("mail").filtered(lambda touch: touch.res_id == back.id)
        self.assertEqual((mail.valid, mail.reason), (False, "bounce"))

    def test_a_later_click_shows_an_earlier_one_to_be_a_machines(self):
        """R145: the third link within seconds, read in the next run, makes all three a scanner's."""
        trace = self._trace(self.ann)
        self._click(trace, "2026-03-02 11:00:00", link=0)
        self._click(trace, "2026-03-02 11:00:01", link=1)
        self.feed._process_feed(NOW)
        self.assertEqual(self._touches("click").mapped("reason"), [False, False])
        click = self._click(trace, "2026-03-10 11:59:00", link=2)
        self.env.cr.execute(
            "UPDATE link_tracker_click SET create_date = '2026-03-02 11:00:02' WHERE id = %s", [click.id]
        )
        self.feed.search([]).until = fields.Datetime.to_datetime("2026-03-02 12:00:00")
        self.feed._process_feed(NOW)
        self.assertEqual(self._touches("click").mapped("reason"), ["scanner"] * 3)

    def test_a_click_on_a_link_of_another_mailing_is_none(self):
        """R145: who makes up the number of somebody's mail does not make a touch."""
        other = self.mailing.copy({"campaign_id": self.campaign.id})
        self._click(self._trace(self.ann, mass_mailing_id=other.id), "2026-03-02 11:00:00")
        self.feed._process_feed(NOW)
        self.assertFalse(self._touches("click"))

    def test_unsubscribing_counts_for_the_campaign_of_the_last_mail(self):
        """R145: leaving a list and refusing the address are reactions of the campaign mailed last."""
        lists = self.env["mailing.list"].create({"name": "News"})
        guest = self.env["mailing.contact"].create({"name": "Bob", "email": "bob@guest.org", "list_ids": lists.ids})
        self._trace(guest, sent=fields.Datetime.now() - timedelta(days=1))
        self._trace(self.ann, sent=fields.Datetime.now() - timedelta(days=2))
        guest.subscription_ids.opt_out = True
        self.env["mail.blacklist"]._add("ann@hotel.org")
        self.feed._process_feed(NOW)
        self.assertEqual(self._touches("optout").mapped("email"), ["bob@guest.org", "ann@hotel.org"])

    def test_a_person_becomes_a_customer_later(self):
        """R145: touches of an address get their customer as soon as there is one."""
        guest = self.env["mailing.contact"].create({"name": "Bob", "email": "bob@guest.org"})
        self._trace(guest)
        lead = self.env["crm.lead"].create({"name": "Bob asks", "campaign_id": self.campaign.id})
        self.feed._process_feed(NOW)
        self.assertFalse(self._touches().partner_id)
        bob = self.env["res.partner"].create({"name": "Bob", "email": "Bob@guest.org"})
        lead.partner_id = bob
        self.feed._process_feed(NOW)
        self.assertEqual(self._touches("mail", "lead").mapped("partner_id"), bob)
        self.assertEqual(len(self._touches("mail", "lead")), 2)
        self.assertTrue(all(touch.partner_id for touch in self._touches()))

    def test_marketer_sees_reactions_by_day_and_writes_none(self):
        """R145: a marketer sees per day what was delivered, opened, answered, ordered and unsubscribed."""
        for day, opened in (("02", False), ("03", "2026-03-04 09:00:00")):
            self._trace(self.ann, sent=f"2026-03-{day} 10:00:00", open_datetime=opened)
        self._trace(self.company, sent="2026-03-03 10:00:00", reply_datetime="2026-03-04 10:00:00")
        self.env["sale.order"].create({"partner_id": self.ann.id, "campaign_id": self.campaign.id}).action_confirm()
        self.env["sale.order"].search([("campaign_id", "=", self.campaign.id)]).date_order = "2026-03-04 15:00:00"
        self.env["mail.blacklist"]._add("ann@hotel.org")
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_blacklist SET create_date = '2026-03-05 10:00:00'")
        self.feed._process_feed(NOW)
        figures = ["delivered", "opened", "replied", "ordered", "unsubscribed"]
        rows = (
            self.env["crm.reaction"]
            .with_user(self.marketer)
            ._read_group([("campaign_id", "=", self.campaign.id)], ["date:day"], [f"{name}:sum" for name in figures])
        )
        self.assertEqual(
            [(day.day, *values) for day, *values in rows],
            [(2, 1, 0, 0, 0, 0), (3, 2, 0, 0, 0, 0), (4, 0, 1, 1, 1, 0), (5, 0, 0, 0, 0, 1)],
        )
        touch = self._touches("mail")[0].with_user(self.marketer)
        self.assertEqual(touch.action_open_source()["res_model"], "mailing.mailing")
        for user in (self.marketer, self.seller):
            with self.assertRaises(AccessError):
                touch.with_user(user).write({"valid": False})
        with self.assertRaises(AccessError):
            self.env["crm.touch"].with_user(self.seller).search([])

    def test_other_companies_touches_stay_there(self):
        """R145: a touch of another company's campaign is not read."""
        other = self.env["res.company"].create({"name": "Other"})
        self.campaign.company_id = other
        self._trace(self.ann)
        self.feed._process_feed(NOW)
        self.assertEqual(self._touches().company_id, other)
        found = self.env["crm.touch"].with_user(self.marketer).search([("campaign_id", "=", self.campaign.id)])
        self.assertFalse(found)
        self.assertFalse(self.env["crm.reaction"].with_user(self.marketer).search([("id", "in", self._touches().ids)]))

    def test_reading_a_hundred_mails_costs_as_many_queries_as_ten(self):
        """R145: the log is read set-based."""

        def queries(count):
            partners = self.env["res.partner"].create(
                [{"name": f"P{count}-{n}", "email": f"p{count}-{n}@x.org"} for n in range(count)]
            )
            for partner in partners:
                self._click(self._trace(partner), "2026-03-02 12:00:00", ip=str(partner.id))
            start = self.env.cr.sql_log_count
            self.feed._process_feed(NOW)
            return self.env.cr.sql_log_count - start

        queries(1)
        self.assertEqual(queries(10), queries(100))
