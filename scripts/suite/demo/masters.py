"""Company, people, goods, vendors and customers: what stands before the first document."""

import random

from . import PASSWORD, PEOPLE, names, shapes
from .clock import Clock

FOUNDED_DAYS_AGO = 3 * 365 + 40
COUNTED_DAYS_AGO = 122
CUSTOMERS = 150
GROUPS = {
    "sales": ("sales_team.group_sale_salesman",),
    "sales2": ("sales_team.group_sale_salesman",),
    "assistant": ("sales_team.group_sale_salesman_all_leads", "stock.group_stock_user"),
    "buyer": ("purchase.group_purchase_user", "stock.group_stock_user"),
    "service": ("base.group_user", "crm_service.group_service_user"),
    "marketing": ("mass_mailing.group_mass_mailing_user", "mass_mailing.group_mass_mailing_campaign"),
    "finance": (
        "account.group_account_manager",
        "account.group_account_user",
        "hr_expense.group_hr_expense_user",
    ),
    "manager": (
        "sales_team.group_sale_manager",
        "purchase.group_purchase_user",
        "stock.group_stock_user",
        "account.group_account_readonly",
        "mass_mailing.group_mass_mailing_user",
        "mass_mailing.group_mass_mailing_campaign",
        "crm_service.group_service_manager",
        "base.group_allow_export",
    ),
}
# Nothing leaves the demo: no mail, SMS, letter or call home.
CRONS_OFF = (
    "mail.ir_cron_mail_scheduler_action",
    "mail.ir_cron_module_update_notification",
    "digest.ir_cron_digest_scheduler_action",
    "sms.ir_cron_sms_scheduler_action",
    "snailmail.snailmail_print",
    "crm_iap_enrich.ir_cron_lead_enrichment",
    "mass_mailing.ir_cron_mass_mailing_queue",
    "stock_account.ir_cron_stock_account_closing",
)
FEATURES = (
    "product.group_product_pricelist",
    "crm.group_use_lead",
    "sale.group_discount_per_so_line",
    "sale_management.group_sale_order_template",
)
# Share of the customers in each role that people give them.
ROLES = (("agent", 0.04), ("distributor", 0.1), ("franchisee", 0.16), ("direct", 0.7))
PRICELISTS = {"franchisee": ("Franchise", 6), "distributor": ("Distributor", 10), "agent": ("Agent", 12)}


def make(world):
    # The company was founded three years and a bit before its demo.
    with Clock(world.env, world.today, FOUNDED_DAYS_AGO) as clock:
        company(world)
        people(world)
        world.progress(0.2, "goods and vendors")
        vendors = make_vendors(world)
        make_goods(world, vendors)
        world.progress(0.5, "customers")
        make_customers(world)
        clock.move_to(clock.at(COUNTED_DAYS_AGO))
        stock(world)


def company(world):
    env = world.env
    main = env.company
    main.partner_id.write(
        {
            "name": names.COMPANY,
            "street": "14 Foundry Way",
            "city": "Copperbridge",
            "zip": "10013",
            "state_id": env.ref("base.state_us_27").id,
            "country_id": env.ref("base.us").id,
            "phone": "+1 212-555-0100",
            "email": "office@alderwick.example",
            "website": "https://alderwick.example",
        }
    )
    main.account_use_credit_limit = True
    # No text message to customers, and no question about it at each delivery.
    main.write({"stock_text_confirmation": False, "has_received_warning_stock_sms": True})
    for xmlid in CRONS_OFF:
        cron = env.ref(xmlid, raise_if_not_found=False)
        if cron:
            cron.active = False
    internal = env.ref("base.group_user")
    internal.write({"implied_ids": [(4, env.ref(xmlid).id) for xmlid in FEATURES]})
    # Telling new users by an introduction tour gets in the way of looking around.
    env["ir.config_parameter"].set_param("mail_bot.odoobot_state", "disabled")


def people(world):
    env = world.env
    env.ref("base.user_admin").write({"name": "Administrator", "tz": "America/New_York"})
    users = env["res.users"].with_context(no_reset_password=True, mail_create_nolog=True)
    employees = env["hr.employee"]
    for role, login, name in PEOPLE:
        groups = [env.ref(xmlid, raise_if_not_found=False) for xmlid in ("base.group_user", *GROUPS[login])]
        user = users.create(
            {
                "name": name,
                "login": login,
                "password": PASSWORD,
                "email": f"{login}@alderwick.example",
                "tz": "America/New_York",
                "notification_type": "inbox",
                "odoobot_state": "disabled",
                "tour_enabled": False,
                "group_ids": [(6, 0, [group.id for group in groups if group])],
            }
        )
        employees |= employees.create({"name": name, "user_id": user.id, "job_title": role, "work_email": user.email})
    env["res.users"].search([]).write({"tour_enabled": False})
    manager = employees.filtered(lambda employee: employee.user_id.login == "manager")
    (employees - manager).parent_id = manager
    teams(world)


def teams(world):
    env = world.env
    trade = env.ref("sales_team.team_sales_department")
    trade.write({"name": "Trade customers", "user_id": world.user("manager").id, "use_leads": True})
    for xmlid in ("sales_team.salesteam_website_sales", "sales_team.pos_sales_team"):
        env.ref(xmlid).active = False
    partners = env["crm.team"].create(
        {"name": "Partner channel", "user_id": world.user("manager").id, "use_leads": True, "use_opportunities": True}
    )
    for team, login in ((trade, "sales"), (partners, "sales2"), (trade, "assistant")):
        env["crm.team.member"].create({"crm_team_id": team.id, "user_id": world.user(login).id})


def make_vendors(world):
    env = world.env
    country, terms = env.ref("base.us"), env.ref("account.account_payment_term_30days")
    rows = [
        {
            "name": name,
            "is_company": True,
            "supplier_rank": 1,
            "email": f"orders@{names.web_domain(name)}",
            "phone": names.telephone(world.rng, "us"),
            "country_id": country.id,
            "city": world.rng.choice(names.PLACES),
            "property_supplier_payment_term_id": terms.id,
        }
        for name in (*(entry[0] for entry in names.VENDORS), *names.SUPPLIERS_OF_SERVICES)
    ]
    return env["res.partner"].create(rows)


def make_goods(world, vendors):
    """Stocked goods with a reordering rule; every sixth is bought to order for the customer who asks for it."""
    env, rng = world.env, world.rng
    to_order = env.ref("stock.route_warehouse0_mto")
    to_order.active = True
    buy = env.ref("purchase_stock.route_warehouse0_buy")
    parent = env.ref("product.product_category_goods")
    rows = []
    for category_name, (goods, sizes, (low, high), cost_share) in names.GOODS.items():
        category = env["product.category"].create({"name": category_name, "parent_id": parent.id})
        vendor_name, _categories, delay, _late = next(v for v in names.VENDORS if category_name in v[1])
        vendor = vendors.filtered(lambda partner, name=vendor_name: partner.name == name)
        for good in goods:
            for size in sizes:
                price = round(rng.triangular(low, high, low + (high - low) / 3), 1) - 0.05
                cost = round(price * cost_share * rng.uniform(0.93, 1.07), 2)
                rows.append(
                    {
                        "name": f"{good}, {size}",
                        "default_code": f"{category_name[:2].upper()}{len(rows) + 101}",
                        "type": "consu",
                        "is_storable": True,
                        "categ_id": category.id,
                        "list_price": price,
                        "standard_price": cost,
                        "invoice_policy": "delivery",
                        "purchase_ok": True,
                        "route_ids": [(6, 0, (buy | to_order).ids if len(rows) % 6 == 5 else buy.ids)],
                        "seller_ids": [(0, 0, {"partner_id": vendor.id, "price": cost, "delay": delay})],
                    }
                )
    products = env["product.product"].create(rows)
    for name, discount in PRICELISTS.values():
        env["product.pricelist"].create(
            {
                "name": name,
                "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": discount, "base": "list_price"})],
            }
        )
    return products


def stock(world):
    """The stock-taking before the live months, and a reordering rule for each stocked good."""
    env, rng = world.env, world.rng
    to_order = env.ref("stock.route_warehouse0_mto")
    products = env["product.product"].search([("is_storable", "=", True)], order="default_code")
    products = products.filtered(lambda product: to_order not in product.route_ids)
    location = env.ref("stock.warehouse0").lot_stock_id
    quants = env["stock.quant"].with_context(inventory_mode=True)
    counts = {product: rng.randrange(20, 240, 5) for product in products}
    quants.create(
        [
            {"product_id": product.id, "location_id": location.id, "inventory_quantity": count}
            for product, count in counts.items()
        ]
    ).action_apply_inventory()
    env["stock.warehouse.orderpoint"].create(
        [
            {
                "product_id": product.id,
                "location_id": location.id,
                "product_min_qty": min(40, count // 3),
                "product_max_qty": min(40, count // 3) + 120,
                "trigger": "auto",
            }
            for product, count in counts.items()
        ]
    )


def draw_role(rng):
    place = rng.random()
    for role, share in ROLES:
        if place < share:
            return role
        place -= share
    return "direct"


def make_customers(world):
    env, rng = world.env, world.rng
    countries = {code: env.ref(f"base.{code}") for code, _weight, _prefix in names.COUNTRIES}
    states = env["res.country.state"].search([("country_id", "=", countries["us"].id)], order="code", limit=12)
    terms = {
        "net": env.ref("account.account_payment_term_30days"),
        "short": env.ref("account.account_payment_term_15days"),
        "split": env.ref("account.account_payment_term_advance_60days"),
    }
    logins = ("sales", "sales", "sales2")
    codes = [code for code, weight, _prefix in names.COUNTRIES for _time in range(weight)]
    rows, roles = [], []
    for number, name in enumerate(names.company_names(rng, world.count(CUSTOMERS))):
        code = rng.choice(codes)
        domain = names.web_domain(name)
        roles.append(draw_role(rng))
        rows.append(
            {
                "name": name,
                "ref": f"C{1001 + number}",
                "is_company": True,
                "customer_rank": 1,
                "street": f"{rng.randrange(1, 180)} {rng.choice(names.STREETS)}",
                "city": name.split()[0],
                "zip": f"{rng.randrange(10000, 99999)}",
                "country_id": countries[code].id,
                "state_id": rng.choice(states).id if code == "us" else False,
                "email": f"purchasing@{domain}",
                "website": f"https://{domain}",
                "phone": names.telephone(rng, code),
                "user_id": world.user(rng.choice(logins)).id,
                "property_payment_term_id": terms[rng.choices(("net", "short", "split"), (80, 15, 5))[0]].id,
            }
        )
    customers = env["res.partner"].create(rows)
    contacts = []
    for customer in customers:
        for function in rng.sample(("Purchasing", "Owner", "Accounts", "Warehouse"), rng.randrange(1, 3)):
            name = names.person(rng)
            contacts.append(
                {
                    "name": name,
                    "parent_id": customer.id,
                    "function": function,
                    "email": f"{name.split()[0].lower()}@{customer.email.split('@')[1]}",
                }
            )
    env["res.partner"].create(contacts)
    give_roles(world, customers, roles)


def give_roles(world, customers, roles):
    """Partner roles and their price lists; the role's field lands with crm_custom's customer page."""
    pricelists = {
        role: world.env["product.pricelist"].search([("name", "=", name)], limit=1)
        for role, (name, _discount) in PRICELISTS.items()
    }
    for role, _share in ROLES:
        group = customers.browse([one.id for one, given in zip(customers, roles, strict=True) if given == role])
        if "customer_role" in customers._fields:
            group.customer_role = role
        if role in pricelists:
            group.property_product_pricelist = pricelists[role]


def customers(world):
    return world.env["res.partner"].search([("ref", "=like", "C1%"), ("parent_id", "=", False)], order="ref")


def habit(world, customer):
    """The mean lateness in days of one customer, the same in history and in live documents."""
    return shapes.draw(random.Random(f"habit {customer.ref}"), shapes.CUSTOMER_DAYS_LATE)
