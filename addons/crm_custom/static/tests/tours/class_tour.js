import {registry} from "@web/core/registry";

/** A salesperson looks at a customer: class, reason, value, history, and the class's price list on a new quotation. */
registry.category("web_tour.tours").add("crm_custom_class_tour", {
    steps: () => [
        {
            content: "the class and why",
            trigger: ".o_field_widget[name=class_reason]:contains('every agent is class A')",
        },
        {
            content: "what the class receives",
            trigger: ".o_field_widget[name=class_policy_text]:contains('price list Gold')",
        },
        {
            content: "the value of the customer",
            trigger: "[name=crm_lifetime] .o_field_widget[name=crm_lifetime_realised]:contains('100')",
        },
        {
            content: "the history",
            trigger: "button[name=action_crm_trajectory]",
            run: "click",
        },
        {
            content: "from C to A, with the reason of that day",
            trigger: ".o_list_view .o_data_row:contains('every agent is class A')",
        },
        {
            content: "back to the customer",
            trigger: ".o_back_button, .breadcrumb-item:first a",
            run: "click",
        },
        {
            content: "the sales of the customer",
            trigger: ".oe_stat_button:has(.fa-usd)",
            run: "click",
        },
        {
            content: "a new quotation",
            trigger: ".o_list_button_add, .o-kanban-button-new",
            run: "click",
        },
        {
            content: "takes the policy of the class",
            trigger: ".o_form_view .o_field_widget[name=class_policy_id]:contains('Class A')",
        },
        {
            content: "and its price list",
            trigger: ".o_field_widget[name=pricelist_id] input",
            run() {
                if (!this.anchor.value.startsWith("Gold")) {
                    throw new Error(`price list ${this.anchor.value} instead of Gold`);
                }
            },
        },
        {
            content: "nothing is saved",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            content: "the list again",
            trigger: ".o_list_view, .o_view_nocontent, .o_form_saved",
        },
    ],
});
