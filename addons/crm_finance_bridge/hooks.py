from odoo.addons.crm_custom.tools.uninstall import keep_activities


def uninstall_hook(env):
    keep_activities(env, "crm_finance_bridge")
