import {registry} from "@web/core/registry";

/** A salesperson drags a deal past a gate, reads what is missing, fills it in, moves on and makes a proposal. */
registry.category("web_tour.tours").add("crm_custom_pipeline", {
    steps: () => [
        {
            content: "drag the deal past the gate",
            trigger: ".o_kanban_record:contains('Tour press line')",
            run: "drag_and_drop(.o_kanban_group:contains('Offered'))",
        },
        {
            content: "one message tells everything that is missing",
            trigger: ".modal-body:contains('Qualified: Expected Revenue'):contains('Offered: Email')",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "the deal is back where it was",
            trigger: ".o_kanban_group:contains('Fresh') .o_kanban_record:contains('Tour press line')",
            run: "click",
        },
        {
            content: "the form tells what the next stage needs",
            trigger: "div[name=stage_gate]:contains('Expected Revenue')",
        },
        {
            trigger: ".o_field_widget[name=expected_revenue] input",
            run: "edit 5000",
        },
        {
            trigger: ".o_field_widget[name=email_from] input",
            run: "edit buyer@ostermere.example.com",
        },
        {
            content: "move on by the status bar",
            trigger: ".o_statusbar_status button.o_arrow_button:contains('Offered')",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Offered')",
        },
        {
            content: "make a proposal",
            trigger: "button[name=action_new_proposal]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name]:contains('version 1')",
        },
        {
            content: "the quotation stands behind it",
            trigger: "button[name=action_open_order]",
            run: "click",
        },
        {
            trigger: ".o_form_view a:contains('Add a product')",
        },
    ],
});
