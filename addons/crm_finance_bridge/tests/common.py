"""Two companies' books, a salesperson, a finance manager and customers, in 2026 money."""

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command
from odoo.tests import new_test_user


class FinanceCommon(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.salesman = cls._user("fin_salesman", "sales_team.group_sale_salesman")
        cls.other_salesman = cls._user("fin_other_salesman", "sales_team.group_sale_salesman")
        cls.finance = cls._user("fin_manager", "account.group_account_manager")
        cls.biller = cls._user("fin_biller", "account.group_account_invoice")
        cls.company.crm_credit_controller_id = cls.finance
        cls.customer = cls._customer("Riverside Tools")
        cls.service = cls.env["product.product"].create(
            {
                "name": "Plain service",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.company_data["default_account_revenue"].id,
            }
        )

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("sales_team.group_sale_manager")

    @classmethod
    def _user(cls, login, groups, **values):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            **values,
        )

    @classmethod
    def _customer(cls, name, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "user_id": cls.salesman.id,
                "property_account_receivable_id": cls.company_data["default_account_receivable"].id,
                **values,
            }
        )

    @classmethod
    def _order(cls, amount, partner=None, **values):
        """A quotation of the salesperson over `amount` without tax."""
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "user_id": cls.salesman.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.service.id,
                            "product_uom_qty": 1.0,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _invoice(cls, amount, date="2026-01-01", due=None, partner=None, post=True, move_type="out_invoice", **values):
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or cls.customer).id,
                "invoice_date": date,
                "invoice_date_due": due or date,
                "invoice_payment_term_id": False,
                "invoice_user_id": cls.salesman.id,
                "invoice_line_ids": [
                    Command.create({"name": "line", "quantity": 1, "price_unit": amount, "tax_ids": [Command.clear()]})
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _pay(cls, invoices, amount, date="2026-02-01"):
        """Register and match a payment."""
        return cls._register_payment(invoices, payment_date=date, amount=amount, payment_difference_handling="open")

    @classmethod
    def _receipt(cls, amount, date="2026-02-01", partner=None):
        """Money received and not matched."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or cls.customer).id,
                "amount": amount,
                "date": date,
                "journal_id": cls.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _limit(cls, partner=None, company=None, amount=None, **values):
        terms = cls.env["crm.credit.limit"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "company_id": (company or cls.company).id,
                "hold_rule": "hold",
                **values,
            }
        )
        if amount is not None:
            terms.amount_limit = amount
        return terms

    def _row(self, partner=None, company=None, today=None):
        partner = partner or self.customer
        return self.env["crm.credit.exposure"]._rows(company or self.company, partner, today)[partner.id]

    def _transaction(self, order, amount, **values):
        """A transaction of the shop over `amount` of the order."""
        provider = self.env["payment.provider"].search([("code", "=", "custom")], limit=1) or self.env[
            "payment.provider"
        ].create({"name": "Test provider", "code": "none", "company_id": self.company.id})
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"test-{order.id}-{len(order.sudo().transaction_ids)}",
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
                **values,
            }
        )
