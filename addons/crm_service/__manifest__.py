{
    "name": "Customer Service: Tickets and Returns",
    "version": "19.0.1.0.0",
    "category": "Services",
    "summary": "Tickets with working-time clocks, returns and refunds through Odoo's own wizards",
    "author": "Seed f2f1f355 maintainers",
    "license": "LGPL-3",
    "depends": ["crm_custom", "portal", "rating", "resource"],
    "data": [
        # Groups first: access lists and rules name them.
        "security/crm_service_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_ticket_security.xml",
        # Configuration that a first ticket needs.
        "data/ir_sequence_data.xml",
        "data/mail_data.xml",
        "data/crm_ticket_data.xml",
        "data/ir_cron_data.xml",
        # Screens; the menus last, they name the actions.
        "views/crm_ticket_stage_views.xml",
        "views/crm_ticket_category_views.xml",
        "views/crm_sla_policy_views.xml",
        "views/crm_sla_clock_views.xml",
        "views/crm_ticket_report_views.xml",
        "views/crm_ticket_views.xml",
        "views/crm_service_team_views.xml",
        "views/document_views.xml",
        "views/account_move_views.xml",
        "views/portal_templates.xml",
        "wizard/wizard_views.xml",
        "views/crm_service_menus.xml",
    ],
    "application": True,
}
