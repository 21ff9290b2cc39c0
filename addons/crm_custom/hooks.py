from .tools.uninstall import keep_activities


def uninstall_hook(env):
    keep_activities(env, "crm_custom")
