import {registry} from "@web/core/registry";

/**
 * A customer alone with the portal: from his home page to the service page, a new ticket with a suggested solution
 * that he reads, his answer on the ticket, and closing it.
 */
registry.category("web_tour.tours").add("crm_service_portal", {
    steps: () => [
        {trigger: ".o_portal_my_home a[href='/my/service']", run: "click", expectUnloadPage: true},
        {trigger: ".o_crm_service a[href='/my/orders']"},
        {trigger: ".o_crm_service a[href='/my/solutions']"},
        {trigger: "a[href='/my/tickets/new']:contains('New ticket')", run: "click", expectUnloadPage: true},
        {
            content: "the customer starts to write",
            trigger: ".o_crm_ticket_form #ticket_name",
            run: "edit My jug leaks",
        },
        {
            content: "a solution is suggested; he reads it",
            trigger: ".o_crm_suggestions summary:contains('The jug leaks at the lid')",
            run: "click",
        },
        {trigger: ".o_crm_suggestions details[open]:contains('Screw the lid')"},
        {trigger: "#ticket_description", run: "edit It leaks all the same."},
        {trigger: ".o_crm_ticket_form button[type=submit]", run: "click", expectUnloadPage: true},
        {trigger: ".o_crm_ticket_next:contains('Received')"},
        {trigger: "#ticket_reply", run: "edit One more thing"},
        {trigger: ".o_crm_reply button[type=submit]", run: "click", expectUnloadPage: true},
        {trigger: ".alert:contains('Your answer was sent')"},
        {trigger: ".o_crm_close", run: "click", expectUnloadPage: true},
        {trigger: ".o_crm_rate legend:contains('How satisfied')"},
    ],
});
