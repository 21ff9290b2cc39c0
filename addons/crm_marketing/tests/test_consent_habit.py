from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .consent_common import ConsentCase

NOW = datetime(2026, 6, 30, 12, 0)


@tagged("post_install", "-at_install")
class TestConsentHabit(ConsentCase):
    """Best channel and habits from touches; customers with a consented address."""

    def touches(self, partner, kind, *days, hour=8):
        """One touch of the kind so many days before now, at the hour UTC."""
        number = self.env["crm.touch"].search_count([]) + 1000
        return self.env["crm.touch"].create(
            [
                {
                    "date": (NOW - timedelta(days=day)).replace(hour=hour),
                    "kind": kind,
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "res_model": "res.partner",
                    "res_id": number + index,
                }
                for index, day in enumerate(days)
            ]
        )

    def habit(self, partner):
        return self.env["crm.contact.habit"].with_user(self.marketer).search([("partner_id", "=", partner.id)])

    def test_best_channel_weekday_and_product(self):
        """R141.1, R141.2: the channel answered most, weekday and product, each with its figures; too little says so.

        By hand, company averages: mail 1 of 6, call 3 of 4. Anna's call: (3 + 4 * 0.75) / (4 + 4) = 75 %; her mail
        (1 + 4 / 6) / (5 + 4) = 18.5 %. Ben had one mail: not enough data.
        """
        self.env["crm.touch"].search([]).unlink()
        self.company.partner_id.tz = "UTC"
        self.touches(self.anna, "mail", 100, 80, 60, 40, 20)
        self.touches(self.anna, "click", 79)
        # 2026-06-04 is a Thursday, 2026-06-11 and 2026-06-18 too: calls answered by orders on Thursdays.
        self.touches(self.anna, "call", 27, 20, 13, 5, hour=9)
        self.touches(self.anna, "order", 26, 19, 12, hour=10)
        self.touches(self.ben, "mail", 10)
        product = self.env["product.product"].create({"name": "Tea"})
        self.env["crm.contact.preference"].create(
            {"partner_id": self.anna.id, "kind": "product", "product_id": product.id}
        )
        for _again in range(2):
            self.env["crm.contact.habit"]._learn(self.company, NOW)
        anna = self.habit(self.anna)
        self.assertRecordValues(
            anna,
            [
                {
                    "channel": "call",
                    "rate": 75.0,
                    "contacts": 9,
                    "answers": 4,
                    "weekday": "4",
                    "daypart": "am",
                    "product_id": product.id,
                }
            ],
        )
        self.assertEqual(anna.evidence, "Call: 3 of 4 answered; E-mail: 1 of 5 answered")
        self.assertEqual(len(self.env["crm.touch"].search(anna.action_open_touches()["domain"])), 13)
        ben = self.habit(self.ben)
        self.assertEqual((ben.channel, ben.weekday, ben.product_id.id), ("no_data", False, False))
        self.assertIn("Not enough data: 1 contacts", ben.evidence)
        # A refused channel is not recommended, however well it was answered.
        self.decide(self.anna, "refused", "call")
        self.env["crm.contact.habit"]._learn(self.company, NOW)
        self.assertEqual(self.habit(self.anna).channel, "email")

    def test_consented_addresses_against_the_baseline(self):
        """R149: number and share of customers with a valid consented address, and the multiple of the baseline."""
        everyone = self.env["res.partner"].search([("customer_rank", ">", 0)])
        everyone.customer_rank = 0
        self.people.customer_rank = 1
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET create_date = '2026-01-01' WHERE id = ANY(%s)", [self.people.ids])
        self.company.crm_mail_baseline = 1
        for partner, day in ((self.anna, "2026-03-05"), (self.ben, "2026-04-10"), (self.carl, "2026-04-20")):
            self.decide(partner, "given", date=f"{day} 09:00:00")
        self.decide(self.ben, "withdrawn", date="2026-06-02 09:00:00")
        self.decide(self.dora, "given", date="2026-06-10 09:00:00")
        self.dora.email = False
        self.env.flush_all()
        with freeze_time("2026-06-30 12:00:00"):
            rows = self.env["crm.mail.reach"].with_user(self.marketer).search([("company_id", "=", self.company.id)])
            figures = {
                fields.Date.to_string(row.date)[:7]: (row.customers, row.reachable, row.share, row.multiple, row.state)
                for row in rows
            }
        self.assertEqual(figures["2026-02"], (4, 0, 0.0, 0.0, "measured"))
        self.assertEqual(figures["2026-03"], (4, 1, 25.0, 1.0, "measured"))
        self.assertEqual(figures["2026-05"], (4, 3, 75.0, 3.0, "measured"))
        self.assertEqual(figures["2026-06"], (4, 2, 50.0, 2.0, "measured"))
        agreed = self.ledger.search(rows[0].action_open_customers()["domain"] + [("partner_id", "in", self.people.ids)])
        self.assertEqual(agreed.partner_id, self.anna | self.carl)
        self.company.crm_mail_baseline = 0
        self.env.flush_all()
        self.assertEqual(set(rows.invalidate_recordset() or rows.mapped("state")) - {"no_customer"}, {"no_baseline"})
