"""The company of the benchmarks' databases; runs inside Odoo (see inside.py)."""

ROLES = {
    "seller": "sales_team.group_sale_salesman",
    "accountant": "account.group_account_invoice",
    "storekeeper": "stock.group_stock_user",
}


def prepare(registry):
    """A chart of accounts, products with stock, customers, and one user for each role."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        company = env.company
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        env["res.users"].with_context(no_reset_password=True).create(
            [
                {"name": f"Bench {role}", "login": f"bench_{role}", "group_ids": [(6, 0, _groups(env, group).ids)]}
                for role, group in ROLES.items()
            ]
        )
        products = env["product.product"].create(
            [
                {"name": f"Bench product {n}", "type": "consu", "is_storable": True, "list_price": 10 + n}
                for n in range(20)
            ]
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        for product in products:
            env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 1_000_000)
        env["res.partner"].create(
            [{"name": f"Bench customer {n}", "is_company": True, "email": f"bench{n}@example.com"} for n in range(20)]
        )
    return {"products": 20, "customers": 20}


def _groups(env, group):
    return env.ref("base.group_user") | env.ref(group)
