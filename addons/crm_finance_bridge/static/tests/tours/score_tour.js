import {registry} from "@web/core/registry";

/**
 * An accountant who may only read opens the score of a customer: class, reasons and inputs on one screen.
 */
registry.category("web_tour.tours").add("crm_finance_payment_score", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains('Slow Steel') td[name=partner_id]",
            run: "click",
        },
        {
            content: "the reasons",
            trigger: ".o_form_view div[name=reasons]:contains('days late on average')",
        },
        {
            content: "the inputs",
            trigger: ".o_form_view div[name=settled_count]:contains('3')",
        },
        {
            content: "the customer's page shows the class, too",
            trigger: "button[name=action_open_customer]",
            run: "click",
        },
        {
            trigger: ".o_form_view a[name=crm_credit]",
            run: "click",
        },
        {
            trigger: ".tab-pane.active div[name=crm_payment_reasons]:contains('days late on average')",
        },
    ],
});
