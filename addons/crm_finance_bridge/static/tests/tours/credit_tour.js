import {registry} from "@web/core/registry";

/**
 * A salesperson meets a credit hold on a quotation, reads why, asks for release, and asks for a higher limit.
 */
registry.category("web_tour.tours").add("crm_credit_hold", {
    steps: () => [
        {
            content: "the quotation says what is passed and who may release it",
            trigger: ".alert-danger:contains('Credit hold'):contains('over the limit'):contains('fin_manager')",
        },
        {trigger: "button[name=action_credit_ask]", run: "click"},
        {trigger: ".alert-danger .badge:contains('Release asked')"},
        {trigger: ".o_menu_sections button:contains('Orders')", run: "click"},
        {trigger: ".o-dropdown--menu .dropdown-item:contains('Credit Limit Requests')", run: "click"},
        {
            content: "the present limit is the first version",
            trigger: ".o_data_row:contains('Riverside Tools'):contains('Set in the credit terms')",
        },
        {trigger: ".o_list_button_add", run: "click"},
        {trigger: "div[name=partner_id] input", run: "edit Riverside Tools"},
        {trigger: ".o-autocomplete--dropdown-item:contains('Riverside Tools')", run: "click"},
        {trigger: "div[name=amount] input", run: "edit 200"},
        {trigger: "div[name=reason] textarea", run: "edit Larger orders this spring"},
        {trigger: "button[name=action_ask]", run: "click"},
        {trigger: ".o_statusbar_status .o_arrow_button_current:contains('Asked')"},
        {
            content: "the seller cannot approve",
            trigger: ".o_form_statusbar:not(:has(button[name=action_approve]))",
        },
    ],
});
