{
    "name": "Campaigns: Budget to Money Collected",
    "version": "19.0.1.0.0",
    "category": "Marketing",
    "summary": "Campaign budgets, posted costs and the return on money collected",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": [
        "crm_custom",
        "event_crm",
        "hr_expense",
        "mass_mailing",
        "mass_mailing_crm",
        "mass_mailing_sale",
        "mass_mailing_sms",
        "sale_loyalty",
    ],
    "data": [
        # Access
        "security/ir.model.access.csv",
        "security/crm_marketing_security.xml",
        # Records that screens and jobs name
        "data/crm_campaign_cost_type_data.xml",
        "data/ir_cron_data.xml",
        "data/mail_activity_type_data.xml",
        "data/utm_stage_data.xml",
        # Screens; the campaign's buttons name the actions of the facts
        "views/crm_campaign_cost_views.xml",
        "views/crm_campaign_entry_views.xml",
        "views/crm_campaign_return_views.xml",
        "views/crm_campaign_cost_type_views.xml",
        "views/utm_campaign_views.xml",
        "views/utm_campaign_kanban_views.xml",
        "views/utm_campaign_plan_views.xml",
        "views/crm_customer_event_views.xml",
        "views/account_account_views.xml",
        "views/account_move_views.xml",
        "views/account_move_line_views.xml",
        "views/hr_expense_views.xml",
        "views/product_template_views.xml",
        "views/res_config_settings_views.xml",
        # Menus last: they name the actions
        "views/crm_marketing_menus.xml",
        # Touch log, web forms, call lists, flows
        "security/crm_touch_security.xml",
        # Trial: split tests, loyalty, offers, preference surveys, price rewards
        "security/crm_trial_security.xml",
        "data/crm_trial_cron.xml",
        "views/crm_experiment_views.xml",
        "views/crm_experiment_form_views.xml",
        "views/utm_campaign_trial_views.xml",
        "views/crm_trial_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_marketing/static/src/**/*",
            ("remove", "crm_marketing/static/src/portal/**/*"),
        ],
        "web.assets_frontend": ["crm_marketing/static/src/portal/**/*"],
        "web.assets_tests": ["crm_marketing/static/tests/tours/**/*"],
    },
    "application": True,
}
