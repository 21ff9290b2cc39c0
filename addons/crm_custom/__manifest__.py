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
        # Suggestions, channels, portal shop.
        "security/crm_shop_security.xml",
        "views/crm_product_affinity_views.xml",
        "views/crm_product_sale_views.xml",
        "views/crm_product_buyer_views.xml",
        "views/crm_product_profile_views.xml",
        "wizard/crm_product_affinity_analysis_views.xml",
        "views/res_config_settings_shop_views.xml",
        "views/crm_suggestion_stat_views.xml",
        "views/crm_channel_share_views.xml",
        "views/sale_order_shop_views.xml",
        "views/res_partner_shop_views.xml",
        "views/portal_shop_templates.xml",
        "views/portal_shop_cart_templates.xml",
        "views/crm_shop_menus.xml",
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
