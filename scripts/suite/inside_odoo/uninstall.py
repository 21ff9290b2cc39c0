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
        addon = env["ir.module.module"].search([("name", "=", module)])
        tasks = plan_tasks(env, addon).ids
        cr.commit()
        addon.button_immediate_uninstall()
    with registry.cursor() as cr:
        cr.execute("SELECT COUNT(*) FROM mail_activity WHERE id = ANY (%s)", [tasks])
        [(left,)] = cr.fetchall()
        if left != len(tasks):
            raise RuntimeError(f"{len(tasks) - left} of {len(tasks)} planned activities went with {module}")


def plan_tasks(env, addon):
    """An activity of each type of the addon, on a record that stays: users' tasks must outlive the addon."""
    modules = (addon | addon.downstream_dependencies()).mapped("name")
    types = env["ir.model.data"].search([("model", "=", "mail.activity.type"), ("module", "in", modules)])
    return env["mail.activity"].create(
        [
            {
                "res_model_id": env["ir.model"]._get_id("res.partner"),
                "res_id": env.user.partner_id.id,
                "activity_type_id": kind.res_id,
            }
            for kind in types
        ]
    )


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
