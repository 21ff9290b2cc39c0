import {registry} from "@web/core/registry";

/**
 * A salesperson enters a business card, records a call and fills the profile of the new customer.
 */

const person = (row, name, phone) => [
    {
        content: "another person",
        trigger: ".modal div[name=line_ids] .o_field_x2many_list_row_add a",
        run: "click",
    },
    {
        trigger: `.modal .o_data_row:nth-child(${row}).o_selected_row div[name=name] input`,
        run: `edit ${name}`,
    },
    {
        trigger: `.modal .o_data_row:nth-child(${row}).o_selected_row div[name=phone] input`,
        run: `edit ${phone}`,
    },
];

registry.category("web_tour.tours").add("crm_custom_profile", {
    steps: () => [
        {
            trigger: "[data-menu-xmlid='crm_custom.crm_customer_root_menu']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_custom.crm_business_card_menu']",
            run: "click",
        },
        {
            trigger: ".modal div[name=name] input",
            run: "edit Tour Timber",
        },
        {
            trigger: ".modal div[name=phone] input",
            run: "edit 202 555 0143",
        },
        ...person(1, "Tina Tour", "202 555 0144"),
        ...person(2, "Tom Tour", "202 555 0145"),
        {
            content: "the first number is written internationally already",
            trigger: ".modal div[name=line_ids] td[name=phone]:contains('+1 202-555-0144')",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "the customer opens, its number international",
            trigger: "body:not(:has(.modal)) .o_form_view div[name=phone] input:value('+1 202-555-0143')",
        },
        {
            content: "record a call",
            trigger: "button[name=action_crm_log_contact]",
            run: "click",
        },
        {
            trigger: ".modal div[name=subject] input",
            run: "edit Wants a price list",
        },
        {
            trigger: ".modal div[name=next_step] input",
            run: "edit Send the price list",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "it counts as the last contact",
            trigger: "div[name=customer_contact]:contains('Last contact')",
        },
        {
            trigger: "a[name=customer_profile]",
            run: "click",
        },
        {
            content: "a company is asked for its business, not for its family",
            trigger: ".tab-pane.active:not(:has(div[name=crm_family])) div[name=crm_founded] input",
            run: "edit 1987",
        },
        {
            trigger: ".tab-pane.active div[name=crm_values] input",
            run: "edit Delivery on time",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_form_saved",
        },
    ],
});
