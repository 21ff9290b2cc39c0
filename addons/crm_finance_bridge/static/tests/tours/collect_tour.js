import {registry} from "@web/core/registry";

/** A salesperson sees the own overdue invoice, logs what the customer promises on it, and finds the promise. */
registry.category("web_tour.tours").add("crm_finance_bridge_own_receivables", {
    steps: () => [
        {
            content: "own customers alone",
            trigger: ".o_list_view:has(.o_data_row:contains('Riverside Tools')):not(:contains('Other Tools'))",
        },
        {trigger: ".o_data_row:contains('200.00') button[name=action_crm_promise]", run: "click"},
        {
            content: "filled in: the whole invoice, a week from now",
            trigger: ".modal div[name=amount] input:value(200.00)",
        },
        {trigger: ".modal div[name=note] textarea", run: "edit Pays when the owner is back"},
        {trigger: ".modal .o_form_button_save", run: "click"},
        {trigger: "body:not(:has(.modal)) .o_list_view .o_data_row"},
        {trigger: "[data-menu-xmlid='sale.sale_order_menu']", run: "click"},
        {trigger: "[data-menu-xmlid='crm_finance_bridge.crm_payment_promise_menu_sale']", run: "click"},
        {trigger: ".o_data_row:contains('Riverside Tools') td[name=state]:contains('Open')", run: "click"},
        {
            content: "the promise names the invoice",
            trigger: "div[name=line_ids] .o_data_row:contains('200.00')",
        },
        {trigger: "div[name=note] textarea:value(Pays when the owner is back)"},
    ],
});

/** An accountant works through the list: one customer does not answer, the other disputes the invoice. */
registry.category("web_tour.tours").add("crm_finance_bridge_worklist", {
    steps: () => [
        {
            content: "why to call",
            trigger: ".o_data_row:contains('Other Tools') td[name=why]:contains('never called')",
        },
        {trigger: ".o_data_row:contains('Riverside Tools') button[name=action_no_answer]", run: "click"},
        {trigger: ".o_list_view:not(:has(.o_data_row:contains('Riverside Tools')))"},
        {trigger: ".o_data_row:contains('Other Tools') button[name=action_dispute]", run: "click"},
        {trigger: ".modal div[name=cause_id] input", run: "edit damaged"},
        {trigger: ".o-autocomplete--dropdown-item:contains('Goods damaged')", run: "click"},
        {trigger: ".modal div[name=line_ids] .o_data_row:contains('1,000.00')"},
        {trigger: ".modal .o_form_button_save", run: "click"},
        {trigger: "body:not(:has(.modal)) .o_list_view"},
    ],
});
