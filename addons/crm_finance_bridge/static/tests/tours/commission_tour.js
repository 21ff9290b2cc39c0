import {registry} from "@web/core/registry";

// A salesperson looks at the own commission, objects to it, and looks at own pay and performance.
registry.category("web_tour.tours").add("crm_commission_tour", {
    steps: () => [
        {
            content: "The statement of the month, sent to check",
            trigger: ".o_form_view .o_field_widget[name=amount_total]:contains('50.00')",
        },
        {
            content: "A line says why",
            trigger: ".o_field_widget[name=line_ids] td[name=why]:contains('Bonus for May')",
        },
        {content: "Object", trigger: "button[name=action_open_objection]", run: "click"},
        {trigger: ".modal .o_field_widget[name=reason] textarea", run: "edit The order of May is missing"},
        {trigger: ".modal button[name=action_object]", run: "click"},
        {trigger: ".o_form_view .alert-warning:contains('The order of May is missing')"},
        {
            content: "It is with accounting now",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains('Objection')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_commission_pay_tour", {
    steps: () => [
        {
            content: "Own wage and commission of the month, and nobody else's",
            trigger: ".o_list_view:not(:contains('1,800.00')) .o_data_row td[name=wage]:contains('2,000.00')",
        },
        {trigger: ".o_data_row button[name=action_open_commission]", run: "click"},
        {trigger: ".o_data_row td[name=amount]:contains('50.00')"},
    ],
});
