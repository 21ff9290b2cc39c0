{
    "name": "Customer Relations: Lead to Cash",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Customers, classes, scorecard and the order-to-cash chain on Odoo's own records",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": [
        "crm",
        "sale_crm",
        "sale_management",
        "sale_margin",
        "sale_stock",
        "purchase_stock",
        "account",
        "calendar",
        "contacts",
        "phone_validation",
    ],
    "data": [
        # Groups first: access lists and rules name them.
        "security/ir.model.access.csv",
        "security/crm_facts_security.xml",
        "security/crm_scorecard_security.xml",
        # Folders of the menu: each topic hangs its entries beneath.
        "views/crm_custom_root_menus.xml",
        # Metrics and the nightly run.
        "data/crm_metric_data.xml",
        "data/crm_metric_company_data.xml",
        "data/ir_cron_data.xml",
        # Facts; the wizard first: the list names its action.
        "wizard/crm_open_item_as_of_views.xml",
        "views/crm_open_item_views.xml",
        "views/crm_collection_views.xml",
        "views/crm_order_flow_views.xml",
        "views/res_config_settings_aging_views.xml",
        # Scorecard.
        "views/crm_metric_views.xml",
        "views/crm_scorecard_views.xml",
        "views/crm_scorecard_search_views.xml",
        "views/crm_company_scorecard_views.xml",
        # Customer page and order to cash.
        "views/crm_customer_event_views.xml",
        "views/res_partner_button_views.xml",
        "views/res_partner_views.xml",
        "views/res_partner_list_views.xml",
        "views/sale_order_views.xml",
        "views/crm_lead_views.xml",
        "views/res_config_settings_scorecard_views.xml",
        # History import.
        "security/crm_import_history_security.xml",
        "data/crm_import_history_cron.xml",
        "views/crm_import_rejection_views.xml",
        "views/crm_import_history_views.xml",
        "views/crm_import_history_action.xml",
        # Classes, policies and customer value.
        "security/crm_class_security.xml",
        "views/crm_customer_class_policy_views.xml",
        "views/crm_class_menus.xml",
        # Supply chain of the deal: status, reminders, scarce stock, receipts.
        "security/crm_supply_security.xml",
        "data/crm_supply_cron.xml",
        "views/sale_order_supply_views.xml",
        "views/crm_order_flow_delivery_views.xml",
        "views/crm_stock_waiting_views.xml",
        "views/stock_picking_supply_views.xml",
        "views/res_config_settings_supply_views.xml",
        "security/crm_price_security.xml",
        "data/crm_price_data.xml",
        "views/crm_price_approval_views.xml",
        "views/sale_order_price_views.xml",
        "views/crm_demand_views.xml",
        "views/crm_quotation_history_views.xml",
        "views/sale_order_entry_views.xml",
        "views/crm_supply_buttons.xml",
        "report/supply_reports.xml",
        "views/crm_supply_menus.xml",
        # Menus last: they name the actions.
        "views/crm_custom_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_custom/static/src/**/*",
        ],
        "web.assets_tests": [
            "crm_custom/static/tests/tours/*.js",
        ],
    },
}
