import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_marketing_plan", {
    steps: () => [
        {
            content: "A past campaign for the same programme teaches",
            trigger: ".nav-link[name=lessons]",
            run: "click",
        },
        {
            content: "Its lesson is shown",
            trigger: ".o_field_widget[name=similar_ids]:contains('Call before you write')",
        },
        {
            content: "Plan",
            trigger: ".nav-link[name=plan]",
            run: "click",
        },
        {
            content: "Add a step",
            trigger: ".o_field_widget[name=step_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Its name",
            trigger: ".o_field_widget[name=step_ids] .o_selected_row .o_field_widget[name=name] input",
            run: "edit Tour calls",
        },
        {
            content: "How many people",
            trigger: ".o_field_widget[name=step_ids] .o_selected_row .o_field_widget[name=planned_count] input",
            run: "edit 12",
        },
        {
            content: "Ask for approval: the campaign is saved, too",
            trigger: "button[name=action_ask_approval]",
            run: "click",
        },
        {
            content: "Asked",
            trigger: ".o_field_widget[name=asked_date]",
        },
        {
            content: "Mark the step as executed",
            trigger: ".o_field_widget[name=step_ids] .o_data_row:contains('Tour calls') button[name=action_done]",
            run: "click",
        },
        {
            content: "Executed beside planned",
            trigger: ".o_field_widget[name=step_ids] .o_data_row:contains('Executed')",
        },
        {
            content: "Close the campaign",
            trigger: "button[name=action_evaluate]:enabled",
            run: "click",
        },
        {
            content: "The suggestion says why",
            trigger: ".modal .o_field_widget[name=reason]:contains('steps executed 100')",
        },
        {
            content: "A conclusion",
            trigger: ".modal .o_field_widget[name=conclusion] textarea",
            run: "edit Calls work",
        },
        {
            content: "A lesson",
            trigger: ".modal .o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Which",
            trigger: ".modal .o_selected_row .o_field_widget[name=name] input",
            run: "edit Call early",
        },
        {
            content: "Close",
            trigger: ".modal button[name=action_close]",
            run: "click",
        },
        {
            content: "Closed with its score",
            trigger: ".o_form_view:not(:has(.modal)) .nav-link[name=lessons]",
            run: "click",
        },
        {
            content: "The score",
            trigger: ".o_field_widget[name=evaluation_score]:contains('100')",
        },
    ],
});
