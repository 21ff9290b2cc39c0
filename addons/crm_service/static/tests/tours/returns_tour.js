import {registry} from "@web/core/registry";

/**
 * An agent who also works in the warehouse: a defect ticket from the delivered line, the return, its receipt in
 * Odoo's own form, the inspection, and the replacement.
 */
registry.category("web_tour.tours").add("crm_service_returns", {
    steps: () => [
        {
            content: "a new ticket on the delivered line",
            trigger: ".o_form_view .o_data_row button[name=action_new_crm_ticket]",
            run: "click",
        },
        {trigger: ".o_form_view div[name=sale_order_line_id]"},
        {trigger: "div[name=name] textarea", run: "edit The lamp does not light"},
        {trigger: "div[name=category_id] input", run: "edit Defective"},
        {trigger: ".o-autocomplete--dropdown-item:contains('Defective goods')", run: "click"},
        {trigger: "div[name=quantity] input", run: "edit 2"},
        {trigger: ".o_form_button_save", run: "click"},
        {
            content: "the class of the customer says what may be offered",
            trigger: ".o_notebook_headers a[name=recovery]",
            run: "click",
        },
        {trigger: "div[name=recovery_text]:contains('Apology')"},
        {trigger: ".o_form_view button[name=action_new_return]", run: "click"},
        {
            content: "filled from the ticket",
            trigger: ".o_form_view .o_data_row td[name=quantity]:contains('2')",
        },
        {trigger: "div[name=reason_id] input", run: "edit Defective"},
        {trigger: ".o-autocomplete--dropdown-item:contains('Defective')", run: "click"},
        {trigger: "div[name=wanted] input, div[name=wanted] select", run: "click"},
        {trigger: ".o_select_menu_item:contains('Replacement')", run: "click"},
        {trigger: "button[name=action_submit]", run: "click"},
        {
            content: "small enough to need no approval",
            trigger: ".o_arrow_button_current:contains('Goods Expected')",
        },
        {trigger: ".o_statusbar_buttons button[name=action_open_receipt]", run: "click"},
        {trigger: ".o_form_view button[name=button_validate]", run: "click"},
        {trigger: ".o_arrow_button_current:contains('Done')"},
        {trigger: ".breadcrumb-item a:contains('RMA'), .o_back_button a:contains('RMA')", run: "click"},
        {trigger: ".o_arrow_button_current:contains('To Inspect')"},
        {trigger: ".o_data_row button[name=action_all_bad]", run: "click"},
        {trigger: ".o_data_row td[name=disposition]:contains('Scrap')"},
        {trigger: "button[name=action_inspected]", run: "click"},
        {trigger: ".o_arrow_button_current:contains('To Settle')"},
        {trigger: "button[name=action_replace]:contains('Send Replacement')", run: "click"},
        {
            content: "the replacement is on its way",
            trigger: ".o_form_view .o_data_row:contains('Tour Lamp')",
        },
    ],
});
