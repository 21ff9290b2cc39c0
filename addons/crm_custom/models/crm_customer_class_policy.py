from odoo import api, fields, models

from .crm_scorecard import CLASSES

# What a new company starts from; 0 or empty decides nothing.
VISITS = {"a": (12, 24, 1), "b": (6, 12, 2), "c": (2, 4, 3)}


class CrmCustomerClassPolicy(models.Model):
    """What customers of one class receive in one company: prices, terms, visits, service, place in the queue.

    Read by whoever makes the document: quotation (price list, payment term), visit plan, ticket, scarce stock.
    What a customer has been promised itself (own price list, own payment term) stands above the class.
    """

    _name = "crm.customer.class.policy"
    _inherit = ["mail.thread"]
    _description = "Customer Class Policy"
    _order = "company_id, customer_class"
    _rec_name = "customer_class"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    customer_class = fields.Selection(CLASSES, string="Class", required=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        tracking=True,
        help="On new quotations, for customers without a price list of their own.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        check_company=True,
        tracking=True,
        help="On new quotations, for customers without a payment term of their own.",
    )
    max_discount = fields.Float(
        string="Largest Discount %",
        digits=(5, 2),
        tracking=True,
        help="Discount in percent that a salesperson may give without approval.",
    )
    visits_per_year = fields.Integer(tracking=True, help="Visits that the visit plan gives each customer.")
    contacts_per_year = fields.Integer(tracking=True, help="Contacts of any channel, visits included.")
    service_level = fields.Char(tracking=True, translate=True, help="Name of the promise, shown to sales and service.")
    stock_priority = fields.Integer(
        default=10, tracking=True, help="Who is served first when stock is scarce: the smaller number."
    )
    customer_count = fields.Integer(string="Customers", compute="_compute_customer_count")

    _company_class_unique = models.UniqueIndex(
        "(company_id, customer_class)", "This company has a policy for this class already."
    )
    _check_max_discount = models.Constraint(
        "CHECK (max_discount BETWEEN 0 AND 100)", "The largest discount lies between 0 and 100 %."
    )
    _check_frequency = models.Constraint(
        "CHECK (visits_per_year >= 0 AND contacts_per_year >= 0)",
        "Visits and contacts per year cannot be negative.",
    )

    @api.depends("company_id", "customer_class")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = dict(self._fields["customer_class"]._description_selection(self.env))
        for policy in self:
            policy.display_name = self.env._("Class %(name)s", name=names.get(policy.customer_class, ""))

    @api.depends("company_id", "customer_class")
    def _compute_customer_count(self):
        """Customers of the class in the newest month, over the whole company."""
        groups = (
            self.env["crm.scorecard"]
            .sudo()
            ._read_group(
                [("company_id", "in", self.company_id.ids), ("is_latest", "=", True)],
                ["company_id", "customer_class"],
                ["__count"],
            )
        )
        counts = {(company, customer_class): count for company, customer_class, count in groups}
        for policy in self:
            policy.customer_count = counts.get((policy.company_id, policy.customer_class), 0)

    # === FOR THE DOCUMENTS === #

    @api.model
    def _for_partners(self, partners, company):
        """{partner id: policy} for all `partners`, by the newest class of their commercial partner in `company`.

        Empty policy: no class yet, or no policy for the class. Two queries, whatever the number; in sudo, because
        the class steers also what a portal user orders.
        """
        found = self.sudo().search_fetch([("company_id", "=", company.id)], ["customer_class"])
        policies = {policy.customer_class: policy for policy in found}
        classes = {}
        if policies and partners:
            cards = (
                self.env["crm.scorecard"]
                .sudo()
                .search_fetch(
                    [
                        ("company_id", "=", company.id),
                        ("is_latest", "=", True),
                        ("partner_id", "in", partners.commercial_partner_id.ids),
                    ],
                    ["partner_id", "customer_class"],
                )
            )
            classes = {card.partner_id.id: card.customer_class for card in cards}
        nothing = self.sudo().browse()
        return {
            partner.id: policies.get(classes.get(partner.commercial_partner_id.id), nothing) for partner in partners
        }

    @api.model
    def _ensure(self, companies):
        """The three policies of each company, made where they are missing."""
        known = {(policy.company_id, policy.customer_class) for policy in self.search([])}
        self.create(
            [
                {
                    "company_id": company.id,
                    "customer_class": name,
                    "visits_per_year": visits,
                    "contacts_per_year": contacts,
                    "stock_priority": priority,
                }
                for company in companies
                for name, (visits, contacts, priority) in VISITS.items()
                if (company, name) not in known
            ]
        )

    def _sentence(self):
        """What the class receives, in one line: 'Price list Gold; 60 days; 12 visits a year'."""
        self.ensure_one()
        parts = []
        if self.pricelist_id:
            parts.append(self.env._("price list %(name)s", name=self.pricelist_id.name))
        if self.payment_term_id:
            parts.append(self.payment_term_id.name)
        if self.max_discount:
            parts.append(self.env._("discount up to %(number).0f %%", number=self.max_discount))
        if self.visits_per_year:
            parts.append(self.env._("%(number)s visits a year", number=self.visits_per_year))
        if self.service_level:
            parts.append(self.env._("service %(name)s", name=self.service_level))
        return f"{self.display_name}: {'; '.join(parts)}" if parts else False

    # === ACTIONS === #

    @api.model
    def action_open_policies(self):
        """The list, with a line for every class of the selected companies."""
        if self.has_access("create"):
            self._ensure(self.env.companies)
        return self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_customer_class_policy_action")

    def action_customers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_scorecard_action")
        return action | {
            "name": self.display_name,
            "domain": [("company_id", "=", self.company_id.id), ("customer_class", "=", self.customer_class)],
        }
