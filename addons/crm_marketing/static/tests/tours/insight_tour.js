import {registry} from "@web/core/registry";

/**
 * A marketer compares customers by RFM, asks for the composition of a period, and makes leads of a research list.
 */

const name = (row, text, mail) => [
    {
        content: "another name",
        trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
        run: "click",
    },
    {
        trigger: `.o_field_widget[name=line_ids] .o_data_row:nth-child(${row}).o_selected_row div[name=name] input`,
        run: `edit ${text}`,
    },
    {
        trigger: `.o_field_widget[name=line_ids] .o_data_row:nth-child(${row}).o_selected_row div[name=email] input`,
        run: `edit ${mail}`,
    },
    {
        trigger: `.o_field_widget[name=line_ids] .o_data_row:nth-child(${row}).o_selected_row div[name=consent] input`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("crm_marketing_insight", {
    steps: () => [
        {
            content: "score the customers",
            trigger: "button[name=action_compute_now]",
            run: "click",
        },
        {
            content: "ask for the composition of a period",
            trigger: "[data-menu-xmlid='crm_marketing.crm_marketing_menu_report']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_marketing.crm_customer_composition_menu']",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_open]",
            run: "click",
        },
        {
            content: "the title says which days",
            trigger: ".o_breadcrumb:contains('Customer Composition,')",
        },
        {
            content: "names from research",
            trigger: "[data-menu-xmlid='crm_marketing.crm_marketing_menu_audience']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_marketing.crm_research_list_menu']",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view div[name=name] input",
            run: "edit Tour list",
        },
        {
            trigger: "div[name=source_id] input",
            run: "edit Tour institute",
        },
        {
            trigger: ".ui-autocomplete a:contains('Tour institute')",
            run: "click",
        },
        {
            trigger: "div[name=consent_note] input",
            run: "edit Question 12",
        },
        ...name(1, "Tina Tour", "tina@tour.example"),
        ...name(2, "Tina again", "TINA@tour.example"),
        {
            content: "compare with what is known",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: "button[name=action_check]",
            run: "click",
        },
        {
            content: "the second is the first again",
            trigger: ".o_data_row:contains('Twice in the list')",
        },
        {
            trigger: "button[name=action_make_leads]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Lead made')",
        },
    ],
});
