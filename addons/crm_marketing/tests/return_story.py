from datetime import datetime

from odoo import Command

from .common import CampaignCase


class StoryCase(CampaignCase):
    """From the vendor's bill to money collected and given back: every figure derived by hand.

    Cost      bill 600 + employee's expense 150 - vendor's credit 50                                        = 700
    Mails     4 delivered to Ann, Bob, Cid and Dee (a fifth bounced); Ann and Bob click
    Answers   Ann (clicked, lead, order), Bob (clicked), Eve (came to the stand, ordered)     3 people, 3 / 4 = 75 %
    Reach     Ann, Bob, Cid, Dee by mail                                                                       = 4
    Leads     Ann's, made an opportunity                                                                       = 1
    Ordered   Ann 1,000.00 + Eve 500.00 = 1,500.00; goods 10 x 40 and 5 x 40                                 = 600
    Invoiced  1,500.00; credit note on Ann's order 200.00 (2 of 10)                       net 1,300, goods 13 x 40 = 520
    Money     Ann 300 on 10 April and 700 on 20 April, Eve 400 of 500 on 5 May; 100 paid back to Ann on 12 May
              300 + 700 + 400 - 100                                                                        = 1,300
    Return    (1,300 - 700) / 700 = 0.8571...; output / input 1,300 / 700 = 1.8571...
    Payback   running: 300, 1,000 (covers 700: 20 April), 1,400, 1,300                                    = 20 April
    Left      1,300 - 520 - 700                                                                               = 80
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_response_min = 3
        cls.people = {
            name: cls.env["res.partner"].create({"name": name, "email": f"{name.lower()}@story.example"})
            for name in ("Ann", "Bob", "Cid", "Dee", "Eve", "Fay")
        }
        cls.campaign.crm_aim = "win"
        cls.campaign.budget = 1000
        cls._spend()
        cls._mails()
        cls._sales()
        cls.env["crm.touch.feed"]._process_feed(datetime(2026, 6, 1))
        cls.env["crm.attribution"]._process_company(cls.company)

    @classmethod
    def _spend(cls):
        cls._bill([600], [cls.campaign])
        cls._bill([50], [cls.campaign], move_type="in_refund")
        expense = cls._expense(150, cls.campaign)
        cls._post_expense(expense)

    @classmethod
    def _mails(cls):
        cls.medium = cls.env["utm.medium"].create({"name": "Story mail"})
        cls.stand = cls.env["utm.medium"].create({"name": "Story stand"})
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Spring is here",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "campaign_id": cls.campaign.id,
                "medium_id": cls.medium.id,
            }
        )
        link = cls.env["link.tracker"].create(
            {"url": "https://story.example/spring", "mass_mailing_id": cls.mailing.id, "campaign_id": cls.campaign.id}
        )
        for name in ("Ann", "Bob", "Cid", "Dee", "Fay"):
            partner = cls.people[name]
            trace = cls.env["mailing.trace"].create(
                {
                    "model": "res.partner",
                    "res_id": partner.id,
                    "email": partner.email,
                    "mass_mailing_id": cls.mailing.id,
                    "trace_status": "bounce" if name == "Fay" else "sent",
                    "sent_datetime": datetime(2026, 3, 5, 9),
                }
            )
            if name in ("Ann", "Bob"):
                trace.links_click_datetime = datetime(2026, 3, 6, 10)
                click = cls.env["link.tracker.click"].create({"link_id": link.id, "mailing_trace_id": trace.id})
                cls.env.cr.execute(
                    "UPDATE link_tracker_click SET create_date = '2026-03-06 10:00' WHERE id = %s", [click.id]
                )

    @classmethod
    def _sales(cls):
        cls.goods = cls.env["product.product"].create({"name": "Goods", "type": "service", "standard_price": 40})
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Ann asks",
                "type": "opportunity",
                "partner_id": cls.people["Ann"].id,
                "campaign_id": cls.campaign.id,
                "medium_id": cls.medium.id,
            }
        )
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-03-10', date_conversion = '2026-03-12' WHERE id = %s",
            [cls.lead.id],
        )
        cls.order_ann = cls._order("Ann", 10, "2026-03-20", opportunity_id=cls.lead.id, medium_id=cls.medium.id)
        cls.order_eve = cls._order("Eve", 5, "2026-04-15", medium_id=cls.stand.id)
        cls.invoice_ann = cls._bill_order(cls.order_ann, "2026-04-01")
        cls.invoice_eve = cls._bill_order(cls.order_eve, "2026-04-16")
        cls._pay(cls.invoice_ann, 300, "2026-04-10")
        cls._pay(cls.invoice_ann, 700, "2026-04-20")
        cls._pay(cls.invoice_eve, 400, "2026-05-05")
        cls.credit_note = cls._credit(cls.invoice_ann, 2, "2026-05-10")
        cls.refund = cls._pay(cls.credit_note, 100, "2026-05-12")

    @classmethod
    def _order(cls, name, quantity, day, **vals):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.people[name].id,
                "campaign_id": cls.campaign.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.goods.id,
                            "product_uom_qty": quantity,
                            "price_unit": 100,
                            "purchase_price": 40,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **vals,
            }
        )
        order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        order.order_line.qty_delivered = quantity
        return order

    @classmethod
    def _bill_order(cls, order, day):
        invoice = order._create_invoices()
        invoice.write({"invoice_date": day, "date": day, "invoice_payment_term_id": False})
        invoice.action_post()
        return invoice

    @classmethod
    def _credit(cls, invoice, quantity, day):
        """A credit note for some of the goods of a paid invoice."""
        note = invoice._reverse_moves([{"date": day, "invoice_date": day}])
        note.invoice_line_ids.quantity = quantity
        note.action_post()
        return note
