from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import new_test_user

TODAY = fields.Date.to_date("2026-06-30")


class CustomerCommon(AccountTestInvoicingCommon):
    """Customers with invoices at known days; "today" is 2026-06-30. Users of each role."""

    @classmethod
    def get_default_groups(cls):
        """The user who prepares records keeps books, sells and ships; the checks run as the users below."""
        groups = ("sales_team.group_sale_manager", "stock.group_stock_manager")
        return super().get_default_groups() | cls.quick_ref(groups[0]) | cls.quick_ref(groups[1])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.today = TODAY
        # Whoever has a role in the database the tests run on would be ranked too.
        cls.env["res.partner"].search([("customer_role", "!=", False)]).customer_role = False
        base = "base.group_user,"
        company = {"company_ids": [Command.set(cls.company.ids)], "company_id": cls.company.id}
        cls.salesman = new_test_user(
            cls.env, "crm_salesman", base + "sales_team.group_sale_salesman", name="Sal", **company
        )
        cls.colleague = new_test_user(
            cls.env, "crm_colleague", base + "sales_team.group_sale_salesman", name="Col", **company
        )
        cls.manager = new_test_user(
            cls.env, "crm_manager", base + "sales_team.group_sale_manager", name="Mag", **company
        )
        cls.clerk = new_test_user(cls.env, "crm_clerk", "base.group_user", name="Cle", **company)

    @classmethod
    def make_customer(cls, name, role=False, user=None, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "customer_role": role,
                "user_id": user.id if user else False,
                "property_payment_term_id": False,
                **vals,
            }
        )

    @classmethod
    def bill(cls, partner, amount, days_ago=10, move_type="out_invoice", product=None, company=None, **vals):
        """A posted customer invoice of one untaxed line, dated `days_ago` days before today, due after 30 days."""
        company = company or cls.company
        day = cls.today - relativedelta(days=days_ago)
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "invoice_date": day,
                    "invoice_date_due": day + relativedelta(days=30),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Goods",
                                "product_id": product.id if product else False,
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **vals,
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def pay(cls, invoice, amount=None, days_ago=0):
        """Register a payment of the invoice, `days_ago` days before today."""
        vals = {"payment_date": cls.today - relativedelta(days=days_ago)}
        if amount:
            vals["amount"] = amount
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(vals)
        )
        return wizard._create_payments()

    @classmethod
    def run_cards(cls, date=None, company=None):
        """Run the scorecards; returns them by customer."""
        month = cls.env["crm.scorecard"]._run(company or cls.company, date or cls.today)
        return {card.partner_id: card for card in month.scorecard_ids}

    def part(self, card, code):
        return card.value_ids.filtered(lambda value: value.metric_id.code == code)
