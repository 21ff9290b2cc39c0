{
    "name": "Customer Receivables and Credit",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Receivables at any date, credit holds and the money side of every customer",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": ["crm_service", "crm_marketing"],
    "data": [
        "security/ir.model.access.csv",
        "security/crm_credit_security.xml",
        "data/mail_activity_type_data.xml",
        "wizard/crm_credit_release_views.xml",
        "views/crm_aging_views.xml",
        "views/crm_credit_exposure_views.xml",
        "views/crm_credit_limit_views.xml",
        "views/crm_credit_decision_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_partner_views.xml",
        "views/sale_order_views.xml",
        # Menus last: they name actions.
        "views/crm_finance_bridge_menus.xml",
        # Reminders to overdue customers.
        "security/crm_dunning_security.xml",
        "report/crm_dunning_report.xml",
        "data/crm_dunning_data.xml",
        "views/crm_dunning_strategy_views.xml",
        "views/crm_dunning_letter_views.xml",
        "views/crm_dunning_run_views.xml",
        "views/crm_dunning_status_views.xml",
        "views/res_config_settings_dunning_views.xml",
        "views/crm_dunning_button_views.xml",
        "views/crm_dunning_menus.xml",
        # Promises, disputes and the worklist of collectors.
        "security/crm_collect_security.xml",
        "data/crm_collect_data.xml",
        # Credit: settings, requests, proposals.
        "views/res_config_settings_credit_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_finance_bridge/static/src/**/*"],
        "web.assets_tests": ["crm_finance_bridge/static/tests/tours/**/*.js"],
    },
}
