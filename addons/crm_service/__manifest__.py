{
    "name": "Customer Service: Tickets and Returns",
    "version": "19.0.1.0.0",
    "category": "Services",
    "summary": "Tickets with working-time clocks, returns and refunds through Odoo's own wizards",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": ["crm_custom", "portal", "rating", "resource"],
    "data": [
        # Groups first: access lists and rules name them.
        "security/ir.model.access.csv",
    ],
    "application": True,
}
