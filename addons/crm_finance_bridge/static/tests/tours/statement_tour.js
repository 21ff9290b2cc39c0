import {registry} from "@web/core/registry";

/**
 * An accountant prepares the statements of the month, looks at one and sends them.
 */
registry.category("web_tour.tours").add("crm_finance_bridge_statement", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "button[name=action_prepare]:contains('Prepare')",
            run: "click",
        },
        {
            trigger: "button[name=action_view_lines]:contains('1')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Tour Owes') td[name=partner_id]",
            run: "click",
        },
        {
            content: "the statement is shown as the customer gets it",
            trigger: ".o_form_view div[name=statement_table]:contains('INV'):contains('In words')",
        },
        {
            trigger: ".breadcrumb-item:contains('Statements as of')",
            run: "click",
        },
        {
            trigger: "button[name=action_send]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "sent, and over",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains('Done')",
        },
        {
            trigger: "div[name=sent_count]:contains('1')",
        },
    ],
});
