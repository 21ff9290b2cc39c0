"""Steps of the install matrix that run inside Odoo (see ../testing/matrix.py)."""

# Screens of Odoo that the suite extends: what is left of them must still build.
MODELS = (
    *("res.partner", "crm.lead", "sale.order", "purchase.order", "stock.picking", "account.move", "account.payment"),
    *("product.template", "utm.campaign", "hr.expense", "res.company", "res.config.settings", "calendar.event"),
)


def uninstall(registry, module):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        # Odoo takes this table's lock without waiting: an autovacuum on it would end the uninstallation.
        # This statement waits for one that runs, and no other starts.
        cr.execute("ALTER TABLE ir_module_module SET (autovacuum_enabled = false)")
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.module.module"].search([("name", "=", module)]).button_immediate_uninstall()


def reload(registry):
    """Build the views of what is left, and read the menus as an administrator does."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        for model in MODELS:
            if model in env:
                env[model].get_views([(False, "form"), (False, "list"), (False, "search")])
        admin = env.ref("base.user_admin")
        env(user=admin.id)["ir.ui.menu"].load_web_menus(False)
        cr.rollback()
