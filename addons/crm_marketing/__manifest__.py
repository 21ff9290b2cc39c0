{
    "name": "Campaigns: Budget to Money Collected",
    "version": "19.0.1.0.0",
    "category": "Marketing",
    "summary": "Campaign budgets, posted costs and the return on money collected",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": ["crm_custom", "mass_mailing", "mass_mailing_crm", "mass_mailing_sale", "hr_expense"],
    "data": [
        # Groups first: access lists and rules name them.
        "security/ir.model.access.csv",
    ],
    "application": True,
}
