import {registry} from "@web/core/registry";

/** A marketer builds a segment by class, sees its size, updates and freezes it, and makes a campaign of it. */
registry.category("web_tour.tours").add("crm_marketing_segment_tour", {
    steps: () => [
        {
            content: "a new segment",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "its name",
            trigger: ".o_form_view .o_field_widget[name=name] input",
            run: "edit Tour segment",
        },
        {
            content: "a condition",
            trigger: ".o_field_widget[name=condition_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "class",
            trigger: ".modal .o_field_widget[name=choice_ids] input",
            run: "edit A",
        },
        {
            content: "A",
            trigger: ".modal .o-autocomplete--dropdown-item > a:contains(/^A$/)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=choice_ids] .o_tag:contains('A')",
        },
        {
            content: "keep the condition",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "the condition in words",
            trigger: ".o_field_widget[name=condition_ids] .o_data_row:contains('Customer class: A')",
        },
        {
            content: "the size before anything is saved",
            trigger: ".o_field_widget[name=size_now]:contains('2')",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "bring the members up to date",
            trigger: "button[name=action_refresh]:not(:disabled)",
            run: "click",
        },
        {
            content: "two members",
            trigger: "button[name=action_open_members]:contains('2')",
            run: "click",
        },
        {
            content: "with the reason",
            trigger: ".o_list_view .o_data_row:contains('Customer class: A (now A)')",
        },
        {
            content: "back",
            trigger: ".o_back_button, .breadcrumb-item:last a",
            run: "click",
        },
        {
            content: "a campaign of it",
            trigger: "button[name=action_create_campaign]:not(:disabled)",
            run: "click",
        },
        {
            content: "the campaign keeps the size",
            trigger: "button[name=action_open_audience]:contains('1')",
            run: "click",
        },
        {
            content: "one is addressed, one left out",
            trigger: ".o_list_view .o_group_header:contains('Competitor or given up')",
        },
    ],
});
