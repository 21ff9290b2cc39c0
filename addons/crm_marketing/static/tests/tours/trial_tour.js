import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

// A marketer plans a split test with two cells and draws the customers.
registry.category("web_tour.tours").add("crm_marketing_trial_tour", {
    url: "/odoo/split-tests",
    steps: () => [
        {trigger: ".o_list_button_add", run: "click"},
        {trigger: ".o_field_widget[name=name] input", run: "edit Two texts by tour"},
        {trigger: ".o_field_widget[name=base] input", run: "edit 10"},
        {
            content: "the size is asked before",
            trigger: ".o_field_widget[name=date_decision] input",
            run: "edit 01/31/2099 12:00:00",
        },
        {trigger: ".o_field_widget[name=arm_ids] .o_field_x2many_list_row_add a", run: "click"},
        {
            trigger: ".o_field_widget[name=arm_ids] .o_selected_row [name=name] input",
            run: "edit Short text",
        },
        {
            trigger: ".o_field_widget[name=arm_ids] .o_selected_row [name=share] input",
            run: "edit 40",
        },
        {trigger: ".o_field_widget[name=arm_ids] .o_field_x2many_list_row_add a", run: "click"},
        {
            trigger: ".o_field_widget[name=arm_ids] .o_data_row:nth-child(2).o_selected_row [name=name] input",
            run: "edit Long text",
        },
        {
            trigger: ".o_field_widget[name=arm_ids] .o_selected_row [name=share] input",
            run: "edit 40",
        },
        ...stepUtils.saveForm(),
        {trigger: ".o_field_widget[name=reason]:contains(needed)"},
        {trigger: "button[name=action_start]", run: "click"},
        {trigger: ".modal-footer .btn-primary", run: "click"},
        {
            content: "holdout and customers are there",
            trigger: ".o_field_widget[name=arm_ids] .o_data_row:contains(Holdout)",
        },
        {trigger: ".o_field_widget[name=reason]:contains(Running with)"},
    ],
});
