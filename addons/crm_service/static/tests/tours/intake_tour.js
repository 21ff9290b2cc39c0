import {registry} from "@web/core/registry";

/**
 * An agent's desk: a request taken down while the customer speaks (found by his order number), the queue of all
 * channels with its most urgent ticket taken, and a ringing telephone that opens the caller's page by itself.
 */

const menu = (name) => [
    {trigger: "[data-menu-xmlid='crm_service.crm_ticket_menu']", run: "click"},
    {trigger: `.o-dropdown--menu [data-menu-xmlid='crm_service.${name}']`, run: "click"},
];

registry.category("web_tour.tours").add("crm_service_intake", {
    steps: () => [
        ...menu("crm_ticket_quick_menu"),
        {
            content: "the customer tells his order number",
            trigger: ".modal div[name=partner_id] input",
            run: "edit INTAKE-TOUR-1",
        },
        {trigger: ".o-autocomplete--dropdown-item:contains('Tour Optics')", run: "click"},
        {trigger: ".modal div[name=phone] input:value('+49 30 901820')"},
        {trigger: ".modal div[name=name] input", run: "edit The lamp is dark"},
        {trigger: ".modal button[name=action_create_ticket]", run: "click"},
        {trigger: "body:not(:has(.modal)) .o_form_view div[name=name] textarea:value('The lamp is dark')"},
        ...menu("crm_ticket_queue_menu"),
        {
            content: "fax and web stand in one list, the urgent one first",
            trigger: ".o_data_row:first:contains('Urgent fax')",
        },
        {trigger: ".o_data_row:contains('Web question')"},
        {trigger: "button[name=action_take_next]", run: "click"},
        {trigger: ".o_form_view div[name=name] textarea:value('Urgent fax')"},
        {
            content: "the telephone rings: what the bus brings",
            trigger: "body",
            async run() {
                const {env} = odoo.__WOWL_DEBUG__.root;
                const [call] = await env.services.orm.searchRead(
                    "crm.call.log",
                    [["call_id", "=", "tour"]],
                    ["number"]
                );
                env.services["crm_service.telephone"].onCall({id: call.id, number: call.number, name: "Tour Optics"});
            },
        },
        {
            content: "the caller's page opens by itself",
            trigger: ".o_form_view:contains('Tour Optics')",
        },
        {trigger: ".o_notification:contains('Call from 030/90 18-20')"},
        {trigger: ".o_notification button:contains('New Ticket')", run: "click"},
        {trigger: ".modal div[name=partner_id] input:value(/Tour Optics/)"},
        {trigger: ".modal button[special=cancel]", run: "click"},
        {trigger: "body:not(:has(.modal))"},
    ],
});
