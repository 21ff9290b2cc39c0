import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_custom_suggestion", {
    steps: () => [
        {content: "the best suggestion first", trigger: ".o_crm_offer:first:contains(Cake stand)"},
        {trigger: ".o_crm_offer:contains(Cake stand) .o_crm_add", run: "click"},
        {content: "it is on the quotation", trigger: ".o_field_widget[name=order_line]:contains(Cake stand)"},
        {content: "now what goes with it", trigger: ".o_crm_offer:contains(Bought together):contains(Cake fork)"},
        {trigger: ".o_crm_need", run: "edit a fork"},
        {trigger: ".o_crm_find", run: "click"},
        {trigger: ".o_crm_offer:contains(Requirement):contains(Cake fork) .o_crm_add", run: "click"},
        {trigger: ".o_field_widget[name=order_line]:contains(Cake fork)"},
    ],
});
