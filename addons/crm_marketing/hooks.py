from odoo.addons.crm_custom.tools.uninstall import keep_activities
from odoo.tools import SQL

from .tools import campaign_mark


def uninstall_hook(env):
    """Take the triggers off Odoo's tables before their own table goes."""
    keep_activities(env, "crm_marketing")
    for name in campaign_mark.functions():
        env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name)))
