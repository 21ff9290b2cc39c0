from odoo.fields import Command
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

GROUPS = {
    "employee": "base.group_user",
    "billing": "account.group_account_invoice",
    "auditor": "account.group_account_readonly",
    "warehouse": "stock.group_stock_user",
    "buyer": "purchase.group_purchase_user",
    "salesperson": "sales_team.group_sale_salesman",
}
# Forms that Odoo itself, without the suite, does not open for these users: their lines lead to what they may not read.
NOT_IN_ODOO = {
    ("warehouse", "sale.order"),
    ("warehouse", "purchase.order"),
    ("buyer", "stock.picking"),
    ("salesperson", "stock.picking"),
    ("salesperson", "account.move"),
}


@tagged("post_install", "-at_install")
class TestFormsOfOthers(TransactionCase):
    """The suite adds figures to screens of people who have no sales rights: their screens must still open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(cls.env, login=f"forms_{name}", groups=group, company_id=cls.env.company.id)
            for name, group in GROUPS.items()
        }
        seller = cls.users["salesperson"]
        cls.customer = cls.env["res.partner"].create(
            {"name": "Fichtenhof AG", "is_company": True, "user_id": seller.id}
        )
        cls.product = cls.env["product.product"].create({"name": "Plank", "is_storable": True, "list_price": 10.0})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": seller.id,
                "order_line": [Command.create({"product_id": cls.product.id, "product_uom_qty": 3})],
            }
        )
        cls.order.action_confirm()
        cls.purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [Command.create({"product_id": cls.product.id, "product_qty": 3, "price_unit": 5.0})],
            }
        )
        cls.purchase.button_confirm()
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_user_id": seller.id,
                "invoice_line_ids": [Command.create({"product_id": cls.product.id, "quantity": 1})],
            }
        )
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Planks", "type": "opportunity", "partner_id": cls.customer.id, "user_id": seller.id}
        )

    def records(self):
        return (
            self.customer,
            self.product.product_tmpl_id,
            self.order,
            self.order.picking_ids,
            self.purchase,
            self.purchase.picking_ids,
            self.invoice,
            self.lead,
        )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_form_opens_for_everybody_who_may_read_it(self):
        opened = 0
        for name, user in self.users.items():
            for record in self.records():
                own = record.with_user(user)
                if (name, record._name) in NOT_IN_ODOO or not own.has_access("read"):
                    continue
                with self.subTest(user=name, record=record._name):
                    self.env.invalidate_all()
                    self.assertEqual(Form(own)._record.id, record.id)
                    opened += 1
        self.assertGreater(opened, 15)
