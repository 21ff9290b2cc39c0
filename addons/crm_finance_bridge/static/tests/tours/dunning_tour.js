import {registry} from "@web/core/registry";

/**
 * An accountant makes a run, looks at the letters, leaves one out and sends the other.
 */
registry.category("web_tour.tours").add("crm_finance_bridge_dunning", {
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
            content: "two customers would get a letter",
            trigger: "button[name=action_view_letters]:contains('2')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Tour Late') td[name=partner_id]",
            run: "click",
        },
        {
            content: "all overdue invoices are in it",
            trigger: ".o_form_view div[name=line_ids] .o_data_row:contains('INV')",
        },
        {
            trigger: "button[name=action_cancel]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains('Cancelled')",
        },
        {
            trigger: ".breadcrumb-item:contains('Reminders of')",
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
        {
            trigger: "button[name=action_view_status]",
            run: "click",
        },
        {
            content: "the one left out waits for the next run",
            trigger: ".o_list_view .o_group_header:contains('Letter due')",
        },
    ],
});
