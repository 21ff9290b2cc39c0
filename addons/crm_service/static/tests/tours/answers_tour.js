import {registry} from "@web/core/registry";

/**
 * An agent answers a ticket: applies a suggested solution, says that it helped, sees the earlier problem, and fills a
 * second reply from a standard question.
 */
registry.category("web_tour.tours").add("crm_service_answers", {
    steps: () => [
        {trigger: ".o_notebook .nav-link:contains('Answers')", run: "click"},
        {
            content: "the earlier problem of the customer with what solved it",
            trigger: "div[name=earlier_ticket_ids] .o_data_row:contains('Lamp was dark'):contains('Bulb changed')",
        },
        {
            trigger: "div[name=suggested_solution_ids] .o_data_row:contains('Lamp flickers') button[name=action_apply]",
            run: "click",
        },
        {
            content: "the answer fills the reply",
            trigger: ".modal .odoo-editor-editable:contains('Change the starter')",
        },
        {trigger: ".modal button[name=action_send_mail]", run: "click"},
        {trigger: "body:not(:has(.modal)) .o-mail-Message:contains('Change the starter')"},
        {trigger: ".o_notebook .nav-link:contains('Answers')", run: "click"},
        {
            trigger: "div[name=solution_use_ids] .o_data_row:contains('Lamp flickers') button[name=action_helped]",
            run: "click",
        },
        {trigger: "div[name=solution_use_ids] .o_data_row .badge:contains('Helped')"},
        {trigger: "button[name=action_choose_reply]", run: "click"},
        {trigger: ".modal div[name=question_id] input", run: "edit When are"},
        {trigger: ".o-autocomplete--dropdown-item:contains('When are you open')", run: "click"},
        {
            content: "read before it is used",
            trigger: ".modal div[name=preview]:contains('Dear Lena Licht, from 8 to 5')",
        },
        {trigger: ".modal button[name=action_use]", run: "click"},
        {trigger: ".modal .odoo-editor-editable:contains('from 8 to 5')"},
        {trigger: ".modal button[name=action_send_mail]", run: "click"},
        {trigger: "body:not(:has(.modal)) .o-mail-Message:contains('from 8 to 5')"},
    ],
});
