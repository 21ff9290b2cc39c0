from odoo import api, fields, models

# Words in the name of an account by which it is found, per type installed; in the order of preference.
ACCOUNT_WORDS = {
    "crm_expense_type_rent": ("rent", "租金", "房租", "租赁"),
    "crm_expense_type_utilities": ("water", "electric", "utilit", "energy", "水电", "水费", "电费"),
    "crm_expense_type_office": ("office", "stationery", "办公"),
    "crm_expense_type_salary": ("salar", "wage", "payroll", "工资", "薪"),
    "crm_expense_type_commission": ("commission", "bonus", "佣金", "提成", "奖金"),
    "crm_expense_type_selling": ("selling", "sales expense", "marketing", "advertis", "销售费用", "营业费用"),
}
# Expense categories that Odoo installs, and the type that they belong to.
ODOO_CATEGORIES = {
    "hr_expense.expense_product_meal": "crm_expense_type_selling",
    "hr_expense.expense_product_travel_accommodation": "crm_expense_type_selling",
    "hr_expense.expense_product_mileage": "crm_expense_type_selling",
    "hr_expense.expense_product_gift": "crm_expense_type_selling",
    "hr_expense.expense_product_communication": "crm_expense_type_office",
}
MODULE = "crm_finance_bridge"


class CrmExpenseType(models.Model):
    """What money is spent on: rent, salary, ...; each is mapped to an account of each company, items belong to it."""

    _name = "crm.expense.type"
    _description = "Expense Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    account_id = fields.Many2one(
        "account.account",
        company_dependent=True,
        domain="[('internal_group', '=', 'expense')]",
        ondelete="restrict",
        help="Account of its items that have none of their own. A journal item on it without a typed product counts "
        "for this type, unless several types share the account.",
    )
    product_ids = fields.One2many("product.template", "crm_expense_type_id", "Items")
    product_count = fields.Integer("Number of Items", compute="_compute_product_count")

    _name_unique = models.Constraint("unique (name)", "There is an expense type of this name already.")

    @api.depends("product_ids")
    def _compute_product_count(self):
        for kind in self:
            kind.product_count = len(kind.product_ids)

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        # Types of data files have no external id yet, by which their account is found: `_install` maps them.
        if not self.env.context.get("install_mode"):
            kinds._map_accounts(self.env.companies)
        return kinds

    # === ACCOUNTS === #

    @api.model
    def _install(self):
        """Give Odoo's own expense categories their type, and each type an account in every company with a chart."""
        for category, kind in ODOO_CATEGORIES.items():
            product = self.env.ref(category, raise_if_not_found=False)
            kind = self.env.ref(f"{MODULE}.{kind}", raise_if_not_found=False)
            if product and kind and not product.crm_expense_type_id:
                product.product_tmpl_id.crm_expense_type_id = kind
        self.search([])._map_accounts(self.env["res.company"].search([]))

    def _map_accounts(self, companies):
        """Types without an account get one: named like the type, else the company's expense account."""
        words = {self.env.ref(f"{MODULE}.{name}", raise_if_not_found=False): found for name, found in
                 ACCOUNT_WORDS.items()}  # fmt: skip
        for company in companies:
            kinds = self.sudo().with_company(company).filtered(lambda kind: not kind.account_id)
            if not kinds:
                continue
            Account = self.env["account.account"].sudo().with_company(company)
            accounts = Account.search(
                [*Account._check_company_domain(company), ("account_type", "in", ("expense", "expense_other"))],
                order="code, id",
            )
            fallback = company.sudo().expense_account_id or accounts[:1]
            for kind in kinds:
                kind.account_id = self._named_like(accounts, words.get(kind.sudo(False), ())) or fallback

    @api.model
    def _named_like(self, accounts, words):
        """The first account, by code, whose name has the first possible word in English or Chinese."""
        names = [(account, f"{account.with_context(lang='en_US').name} {account.name}".lower()) for account in accounts]
        for word in words:
            for account, name in names:
                # "rent" is no part of "current".
                if any(part.startswith(word) for part in name.split()) or (len(word) > 5 and word in name):
                    return account
                if not word.isascii() and word in name:
                    return account
        return accounts.browse()

    def action_open_items(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("hr_expense.hr_expense_product")
        return action | {
            "name": self.name,
            "domain": [("product_tmpl_id.crm_expense_type_id", "=", self.id)],
            "context": {
                "default_can_be_expensed": 1,
                "default_crm_expense_type_id": self.id,
                "default_type": "service",
            },
        }
