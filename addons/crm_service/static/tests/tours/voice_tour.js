import {registry} from "@web/core/registry";

/**
 * An agent writes down a complaint, calls the customer, answers by letter and closes it; the count of complaints
 * handled shows it under its channel.
 */

registry.category("web_tour.tours").add("crm_service_voice", {
    steps: () => [
        {trigger: ".o_list_button_add", run: "click"},
        {trigger: "div[name=name] input", run: "edit Box without label"},
        {trigger: "div[name=contact_id] input", run: "edit Tour Complainer"},
        {trigger: ".o-autocomplete--dropdown-item:contains('Tour Complainer')", run: "click"},
        {trigger: "div[name=department] input", run: "click"},
        {trigger: ".o_select_menu_item:contains('Logistics')", run: "click"},
        {trigger: "div[name=situation] textarea", run: "edit Nobody could find it"},
        {trigger: ".o_form_button_save", run: "click"},
        {
            content: "its own clock runs",
            trigger: "div[name=clock_state]:contains('Running')",
        },
        {trigger: "button[name=action_follow_up]", run: "click"},
        {trigger: "div[name=clock_state]:contains('In Time')"},
        {trigger: "div[name=reply_channel] input", run: "click"},
        {trigger: ".o_select_menu_item:contains('Letter')", run: "click"},
        {trigger: "button[name=action_done]", run: "click"},
        {trigger: ".o_arrow_button_current:contains('Handled')"},
        {trigger: "[data-menu-xmlid='crm_service.crm_service_menu_report']", run: "click"},
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='crm_service.crm_voice_menu_handled']",
            run: "click",
        },
        {trigger: ".o_pivot th:contains('Letter')"},
    ],
});
