import {registry} from "@web/core/registry";

/** A salesperson types the name of a colleague's customer, sees it before saving and requests the hand-over. */
registry.category("web_tour.tours").add("crm_custom_collision", {
    steps: () => [
        {
            content: "type a near-identical name",
            trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Brightwatter Food",
        },
        {
            content: "the customer appears with its owner, before anything is saved",
            trigger: ".o_crm_near_match:contains('Brightwater Foods GmbH'):contains('Olga Owner'):contains('never')",
        },
        {
            trigger: ".o_crm_near_match .o_crm_request",
            run: "click",
        },
        {
            content: "the request names the owner",
            trigger: ".modal .o_field_widget[name=owner_id]:contains('Olga Owner')",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit We met at the fair",
        },
        {
            trigger: ".modal button[name=action_request]",
            run: "click",
        },
        {
            content: "asked",
            trigger: ".o_crm_near_match .o_crm_requested",
        },
        {
            content: "leave the new contact",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: ".o_form_saved, .o_kanban_view, .o_list_view, .o_form_view:not(:has(.o_form_dirty))",
        },
    ],
});
