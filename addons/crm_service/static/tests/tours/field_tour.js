import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

/** A technician at phone width: his list, on the way, arrived with a position, work, a part, the signature, done. */

const HERE = {latitude: 48.1374, longitude: 11.5755, accuracy: 12};

registry.category("web_tour.tours").add("crm_service_field", {
    steps: () => [
        {trigger: ".o_kanban_record:contains('Tour Cafe')", run: "click"},
        {trigger: "button[name=action_travel]", run: "click"},
        {
            content: "the browser gives its position",
            trigger: ".badge:contains('On the Way')",
            run() {
                browser.navigator.geolocation.getCurrentPosition = (answer) => answer({coords: HERE});
            },
        },
        {trigger: ".o_widget_crm_service_visit_arrive button", run: "click"},
        {content: "arrived, so far from the address", trigger: "div[name=position_text]:contains('0.0 km from')"},
        {content: "refused while it is incomplete", trigger: "button[name=action_done]", run: "click"},
        {trigger: ".modal:contains('what was done, effect')"},
        {trigger: ".modal footer button", run: "click"},
        {trigger: "body:not(:has(.modal)) div[name=work_done] textarea", run: "edit Pump changed, ten cups tested"},
        {trigger: "div[name=effect] input, div[name=effect] select", run: "click"},
        {trigger: ".o_select_menu_item:contains('Solved')", run: "click"},
        {trigger: "div[name=part_ids] .o_field_x2many_list_row_add a", run: "click"},
        {trigger: ".o_selected_row td[name=product_id] input", run: "edit Tour Seal"},
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Tour Seal'), .o_kanban_record:contains('Tour Seal')",
            run: "click",
        },
        {trigger: "div[name=signed_by] input", run: "edit Lena Licht"},
        {content: "the name must be known before the pad opens", trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_form_saved"},
        {trigger: "div[name=signature] .o_signature", run: "click"},
        {trigger: ".modal .o_web_sign_auto_button.active"},
        {trigger: ".modal footer button.btn-primary:enabled", run: "click"},
        {trigger: "body:not(:has(.modal)) div[name=signature] img.o_signature"},
        {trigger: "button[name=action_done]", run: "click"},
        {content: "done, nothing more to press", trigger: ".badge:contains('Done')"},
        {trigger: "body:not(:has(button[name=action_done]:visible))"},
    ],
});

/** The agent on the ticket: the cover in a sentence, what else the customer owns, and a visit planned from there. */
registry.category("web_tour.tours").add("crm_service_field_agent", {
    steps: () => [
        {trigger: "div[name=coverage_text]:contains('Covered by')"},
        {trigger: ".nav-link[name=owned]", run: "click"},
        {trigger: "div[name=ask_text]:contains('Tour Grinder')"},
        {trigger: "button[name=action_asked]", run: "click"},
        {trigger: "body:not(:has(div[name=ask_text]:visible))"},
        {trigger: "button[name=action_open_visits]", run: "click"},
        {trigger: "div[name=task] textarea", run: "edit Change the pump"},
        {trigger: ".o_form_button_save", run: "click"},
        {content: "saved: numbered", trigger: "div[name=name]:contains('V0')"},
        {trigger: "button[name=action_suggest]", run: "click"},
        {trigger: ".modal button[name=action_choose]:first", run: "click"},
        {content: "planned", trigger: "body:not(:has(.modal)) div[name=user_id] input:value('Theo Technician')"},
    ],
});
