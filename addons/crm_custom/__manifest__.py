{
    "name": "Customer Relations: Lead to Cash",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Customers, classes, scorecard and the order-to-cash chain on Odoo's own records",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": [
        "crm",
        "sale_crm",
        "sale_management",
        "sale_margin",
        "sale_stock",
        "purchase_stock",
        "account",
        "calendar",
        "contacts",
    ],
    "data": [
        # Groups first: access lists and rules name them.
        "security/ir.model.access.csv",
        "security/crm_facts_security.xml",
    ],
}
