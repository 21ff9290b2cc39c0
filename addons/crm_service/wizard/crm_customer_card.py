from odoo import api, fields, models
from odoo.exceptions import AccessError

GROUPS = "sales_team.group_sale_salesman,stock.group_stock_user,crm_service.group_service_user"


class CrmCustomerCard(models.TransientModel):
    """One customer on one screen, the same for sales, warehouse and service: who, what he bought, has, asked, said.

    Filled when it is opened (`_open`), in sudo for one customer and one company: every department reads the same
    facts without rights on the records behind them. Money only for whom may see it (`show_amounts`). Amounts are
    those of the orders, in their currency.
    """

    _name = "crm.customer.card"
    _inherit = ["crm.customer.card.parts"]
    _description = "Customer Card"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    contact_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    show_amounts = fields.Boolean(readonly=True)
    email = fields.Char("E-mail", readonly=True)
    phone = fields.Char(readonly=True)
    address = fields.Char(readonly=True)
    salesperson = fields.Char(readonly=True)
    customer_class = fields.Char("Class", readonly=True)
    pricelist = fields.Char("Price List", readonly=True)
    open_ticket_count = fields.Integer("Open Tickets", readonly=True)
    line_ids = fields.One2many("crm.customer.card.line", "card_id", readonly=True)
    order_line_ids = fields.One2many(
        "crm.customer.card.line", "card_id", "Past Orders", domain=[("kind", "=", "order")], readonly=True
    )
    ticket_line_ids = fields.One2many(
        "crm.customer.card.line", "card_id", "Tickets", domain=[("kind", "=", "ticket")], readonly=True
    )
    entitlement_line_ids = fields.One2many(
        "crm.customer.card.line", "card_id", "Agreements", domain=[("kind", "=", "entitlement")], readonly=True
    )
    offer_line_ids = fields.One2many(
        "crm.customer.card.line", "card_id", "Suggested Products", domain=[("kind", "=", "offer")], readonly=True
    )
    told_line_ids = fields.One2many(
        "crm.customer.card.line", "card_id", "Already Told Us", domain=[("kind", "=", "told")], readonly=True
    )

    @api.model
    def _open(self, contact, company=None):
        """Return the action that shows the card of this contact's company."""
        card = self._make(contact, company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer Card: %(name)s", name=card.partner_id.display_name),
            "res_model": self._name,
            "res_id": card.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _make(self, contact, company=None):
        """Fill the card of a contact's company; the user must be in one of the departments and see the contact."""
        if not self.env.su and not self.env.user.has_groups(GROUPS):
            raise AccessError(self.env._("The customer card is for sales, warehouse and service."))
        contact.check_access("read")
        company = company or self.env.company
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in %(company)s.", company=company.sudo().name))
        contact = contact.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
        customer = contact.commercial_partner_id
        lines = contact.env[self._name]._lines(customer, company)
        shown = self._may_see_amounts(customer)
        for values in lines:
            values["amount"] = values.get("amount", 0.0) if shown else 0.0
        return (
            self.sudo()
            .create(
                {
                    **self._basic_values(customer, contact),
                    "company_id": company.id,
                    "show_amounts": shown,
                    "open_ticket_count": sum(values.pop("open", False) for values in lines),
                    "line_ids": [fields.Command.create(values) for values in lines],
                }
            )
            .with_env(self.env)
        )

    @api.model
    def _may_see_amounts(self, customer):
        """Agents read every order; salespeople the money of their customers; the warehouse none."""
        if self.env.user.has_group("crm_service.group_service_user"):
            return True
        return bool(customer.with_env(self.env)._crm_visible_customers())

    @api.model
    def _basic_values(self, customer, contact):
        classes = dict(customer._fields["customer_class"]._description_selection(self.env))
        return {
            "partner_id": customer.id,
            "contact_id": contact.id if contact != customer else False,
            "email": contact.email or customer.email,
            "phone": contact.phone or customer.phone,
            "address": self._address(customer),
            "salesperson": customer.user_id.name,
            "customer_class": classes.get(customer.crm_scorecard_id.customer_class),
            "pricelist": customer.property_product_pricelist.display_name,
        }

    @api.model
    def _address(self, customer):
        lines = customer._display_address(without_company=True).split("\n")
        return ", ".join(" ".join(line.split()) for line in lines if line.strip())

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id._get_records_action()
