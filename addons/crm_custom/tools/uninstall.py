"""What an addon of the suite leaves behind for its users when it is uninstalled."""


def keep_activities(env, module):
    """Planned activities of the addon's own types become to-dos: the type goes, the user's task stays.

    Odoo refuses to delete a type in use; without this it logs an error and keeps the type of an addon that is gone.
    """
    found = env["ir.model.data"].search([("module", "=", module), ("model", "=", "mail.activity.type")])
    to_do = env.ref("mail.mail_activity_data_todo")
    of_these = [("activity_type_id", "in", found.mapped("res_id"))]
    for model in ("mail.activity", "mail.activity.plan.template"):
        env[model].with_context(active_test=False).search(of_these).activity_type_id = to_do
