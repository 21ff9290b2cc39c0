import {registry} from "@web/core/registry";

/**
 * An agent solves a ticket: refused with everything that is missing, then content, effect and root cause are entered
 * on the ticket's page and it is solved. A supervisor sees who has what and gives the late ticket to somebody else.
 */

registry.category("web_tour.tours").add("crm_service_desk_agent", {
    steps: () => [
        {trigger: "button[name=action_solve]", run: "click"},
        {
            content: "one message names all that is missing",
            trigger: ".modal:contains('service content'):contains('effect'):contains('root cause')",
        },
        {trigger: ".modal footer button", run: "click"},
        {trigger: "body:not(:has(.modal)) .o_notebook a.nav-link[name=service]", run: "click"},
        {trigger: "div[name=service_effect] input", run: "click"},
        {trigger: ".o_select_menu_item:contains('Workaround')", run: "click"},
        {trigger: "div[name=root_cause_id] input", run: "edit Product"},
        {trigger: ".o-autocomplete--dropdown-item:contains('Product defect')", run: "click"},
        {trigger: "div[name=work_ids] .o_field_x2many_list_row_add a", run: "click"},
        {
            trigger: "div[name=work_ids] .o_selected_row div[name=content] textarea",
            run: "edit Sent another lamp",
        },
        {trigger: "div[name=work_ids] .o_selected_row div[name=minutes] input", run: "edit 15"},
        {trigger: "button[name=action_solve]", run: "click"},
        {
            content: "solved",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains('Solved')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_service_desk_supervisor", {
    steps: () => [
        {
            content: "the agent's card counts what is late",
            trigger: ".o_kanban_record:contains('desk_tour_agent'):contains('1')",
        },
        {
            trigger: ".o_kanban_record:contains('desk_tour_agent') button[name=action_reassign]",
            run: "click",
        },
        {trigger: ".modal div[name=user_id] input", run: "edit desk_tour_second"},
        {trigger: ".o-autocomplete--dropdown-item:contains('desk_tour_second')", run: "click"},
        {trigger: ".modal footer button[name=action_apply]", run: "click"},
        {
            content: "said how many were given",
            trigger: ".o_notification:contains('1 tickets given')",
        },
    ],
});
