"""A customer with every kind of profit and cost in January 2026, for the tests of profit."""

from odoo import Command

from .funds_case import FundsExpenseCase


class ProfitCase(FundsExpenseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "crm_cost_contact": 10.0,
                "crm_cost_visit": 80.0,
                "crm_cost_delivery": 15.0,
                "crm_cost_ticket": 25.0,
                "crm_credit_cost_rate": 10.0,
            }
        )
        cls.reader = cls._user("profit_reader", "account.group_account_readonly")
        cls.manager = cls._user("profit_manager", "sales_team.group_sale_manager")
        cls.other = cls._customer("Hillside Works", email="office@hillside.example")
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Drill",
                "type": "consu",
                "standard_price": 60.0,
                "list_price": 125.0,
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.company_data["default_account_revenue"].id,
            }
        )

    @classmethod
    def sell(cls, price=125.0, discount=0.0, date="2026-01-10", partner=None, post=True, product=None, **values):
        line = {
            "product_id": (product or cls.goods).id,
            "quantity": 1,
            "price_unit": price,
            "discount": discount,
            "tax_ids": [Command.clear()],
        }
        values["invoice_line_ids"] = [Command.create(line)]
        return cls._invoice(0, date=date, partner=partner, post=post, **values)

    @classmethod
    def entry(cls, amount, date="2026-01-31", account=None):
        """A posted expense of no customer."""
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": (account or cls.account).id, "balance": amount, "name": "Office"}),
                    Command.create({"account_id": cls.company_data["default_account_payable"].id, "balance": -amount}),
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def campaign_cost(cls, amount, date="2026-01-20"):
        """A vendor bill for the campaign."""
        bill = cls._invoice(amount, date=date, move_type="in_invoice", post=False)
        bill.invoice_line_ids.campaign_id = cls.campaign
        bill.action_post()
        return bill

    @classmethod
    def touch(cls, *partners):
        cls.env["crm.touch"].sudo().create(
            [
                {
                    "date": "2026-01-15 10:00:00",
                    "kind": "mail",
                    "partner_id": partner.id,
                    "campaign_id": cls.campaign.id,
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
                for partner in partners
            ]
        )

    @classmethod
    def contact(cls, channel="call", partner=None, date="2026-01-12 09:00:00"):
        return (
            cls.env["crm.contact.log"]
            .sudo()
            .create(
                {
                    "partner_id": (partner or cls.customer).id,
                    "company_id": cls.company.id,
                    "date": date,
                    "channel": channel,
                    "subject": "How is the drill",
                }
            )
        )

    @classmethod
    def serve(cls, minutes=30, partner=None, date="2026-01-16 09:00:00"):
        """A ticket of the customer with time recorded."""
        ticket = (
            cls.env["crm.ticket"]
            .sudo()
            .create({"name": "Drill is loud", "partner_id": (partner or cls.customer).id, "date_open": date})
        )
        if minutes:
            cls.env["crm.ticket.work"].sudo().create(
                {"ticket_id": ticket.id, "date": date, "minutes": minutes, "content": "Oiled it"}
            )
        return ticket

    def parts(self, partner=None, user=None):
        """{part: amount} of a customer, from the entries."""
        self.env.flush_all()
        groups = (
            self.env["crm.profit.entry"]
            .with_user(user or self.reader)
            ._read_group(
                [("company_id", "=", self.company.id), ("partner_id", "=", (partner or self.customer).id)],
                ["part"],
                ["amount:sum"],
            )
        )
        return {part: round(amount, 2) for part, amount in groups if round(amount, 2)}
