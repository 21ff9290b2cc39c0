import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/**
 * A salesperson's day: the counted lists, a call logged in one click, a visit that is refused without objective,
 * confirmed, checked in with the position of the device and closed with a problem, and the route of the day.
 */

const HERE = {latitude: 48.1374, longitude: 11.5755, accuracy: 12};

const menu = (name) => [
    {trigger: "[data-menu-xmlid='crm_custom.crm_day_root_menu']", run: "click"},
    {trigger: `.o-dropdown--menu [data-menu-xmlid='crm_custom.${name}']`, run: "click"},
];

registry.category("web_tour.tours").add("crm_custom_visit", {
    steps: () => [
        ...menu("crm_reminder_menu"),
        {
            content: "today and tomorrow are counted",
            trigger: ".o_kanban_group:first .o_column_title:contains('Today'):contains('(3)')",
        },
        {trigger: ".o_kanban_group:eq(1) .o_column_title:contains('Tomorrow'):contains('(1)')"},
        {
            content: "log a call in one click",
            trigger:
                ".o_kanban_group:first .o_kanban_record:contains('Ask about the shelf') button[name=action_contacted]",
            run: "click",
        },
        {
            trigger: ".o_kanban_group:first .o_column_title:contains('(2)')",
        },
        ...menu("crm_visit_menu"),
        {trigger: ".o_list_button_add", run: "click"},
        {trigger: "div[name=partner_id] input", run: "edit Tour Market"},
        {trigger: ".o-autocomplete--dropdown-item:contains('Tour Market')", run: "click"},
        {trigger: "button[name=action_confirm]", run: "click"},
        {
            content: "refused without objective and purpose",
            trigger: ".modal:contains('Objective, Purpose')",
        },
        {trigger: ".modal footer button", run: "click"},
        {trigger: "body:not(:has(.modal)) div[name=objective] input", run: "edit The order for autumn"},
        {trigger: "div[name=purpose] input", run: "click"},
        {trigger: ".o_select_menu_item:contains('Selling')", run: "click"},
        {trigger: "button[name=action_confirm]", run: "click"},
        {
            content: "the browser gives its position",
            trigger: ".o_widget_crm_visit_check_in button",
            run() {
                browser.navigator.geolocation.getCurrentPosition = (answer) => answer({coords: HERE});
            },
        },
        {trigger: ".o_widget_crm_visit_check_in button", run: "click"},
        {
            content: "arrived, so far from the customer's address",
            trigger: "div[name=check_in_text]:contains('0.0 km from')",
        },
        {trigger: "div[name=result] textarea", run: "edit They like the new range"},
        {trigger: "div[name=problem_ids] .o_field_x2many_list_row_add a", run: "click"},
        {trigger: ".o_selected_row td[name=kind] input", run: "click"},
        {trigger: ".o_select_menu_item:contains('Found by Us')", run: "click"},
        {trigger: ".o_selected_row div[name=name] input", run: "edit Half of the shelf is empty"},
        {trigger: ".o_selected_row td[name=follow_up]", run: "click"},
        {trigger: ".o_selected_row td[name=follow_up] input", run: "click"},
        {trigger: ".o_select_menu_item:contains('Opportunity')", run: "click"},
        {trigger: "button[name=action_done]:contains('Close Visit')", run: "click"},
        {
            content: "closed, the problem has become an opportunity",
            trigger: ".o_arrow_button_current:contains('Done')",
        },
        {trigger: "div[name=problem_ids] button[name=action_open_follow_up]", run: "click"},
        {trigger: ".o_form_view div[name=name] textarea:value('Half of the shelf is empty')"},
        ...menu("crm_visit_route_menu"),
        {
            content: "near before far, and shorter than entered",
            trigger: ".modal div[name=line_ids] .o_data_row:first:contains('Near Shop')",
        },
        {trigger: ".modal button[name=action_apply]", run: "click"},
        {
            trigger: "body:not(:has(.modal)) .o_list_view .o_data_row:first:contains('Near Shop')",
        },
    ],
});
