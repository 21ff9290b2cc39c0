{
    "name": "Customer Receivables and Credit",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Receivables at any date, credit holds and the money side of every customer",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": ["crm_service", "crm_marketing"],
    "data": [
        # Groups first: access lists and rules name them.
        "security/ir.model.access.csv",
    ],
}
