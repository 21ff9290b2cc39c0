import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_service_sla", {
    steps: () => [
        {
            content: "The board shows a countdown on the card",
            trigger: ".o_kanban_record:contains('Clock tour') .o_crm_sla_pill:contains('First Response')",
        },
        {
            content: "Open the ticket",
            trigger: ".o_kanban_record:contains('Clock tour')",
            run: "click",
        },
        {
            content: "The form shows it, too",
            trigger: ".o_form_view .o_crm_sla_pill .text-bg-success",
        },
        {
            content: "Say whom the work waits for",
            trigger: ".o_field_widget[name=waiting_for] input, .o_field_widget[name=waiting_for] select",
            run: "click",
        },
        {
            content: "The customer",
            trigger: ".o_select_menu_item:contains('Customer')",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The clock rests and says why",
            trigger: ".o_crm_sla_pill:contains('Paused because waiting for: Customer')",
        },
        {
            content: "The sentence and the events are on the page of clocks",
            trigger: ".nav-link[name=clocks]",
            run: "click",
        },
        {
            content: "Why this policy",
            trigger: ".o_field_widget[name=policy_reason]:contains('Light promise')",
        },
        {
            content: "Recompute the clocks",
            trigger: "button[name=action_verify_clocks]",
            run: "click",
        },
        {
            content: "They are right",
            trigger: ".o_notification:contains('No difference')",
        },
    ],
});
