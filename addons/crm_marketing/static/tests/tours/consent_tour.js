import {registry} from "@web/core/registry";

/**
 * A marketer notes on a contact that it refuses mail; the record says so at once.
 */
registry.category("web_tour.tours").add("crm_marketing_consent", {
    steps: () => [
        {
            trigger: "a[name=crm_consents]",
            run: "click",
        },
        {
            content: "nothing is decided yet",
            trigger: ".tab-pane.active:contains('Nothing decided yet')",
        },
        {
            trigger: ".tab-pane.active button[name=action_crm_record_consent]",
            run: "click",
        },
        {
            trigger: ".modal div[name=state] .o_radio_item:contains('Refused') input",
            run: "click",
        },
        {
            trigger: ".modal div[name=note] input",
            run: "edit Said so on the phone",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "the refusal is part of the record, and in force",
            trigger: "body:not(:has(.modal)) .tab-pane.active .o_data_row:contains('Refused')",
        },
        {
            trigger: ".tab-pane.active .alert:contains('Contact refused')",
        },
        {
            content: "the history",
            trigger: "button[name=action_crm_consents]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Refused')",
        },
    ],
});
