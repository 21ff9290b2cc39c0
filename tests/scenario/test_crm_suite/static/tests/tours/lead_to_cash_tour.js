import {registry} from "@web/core/registry";

/**
 * The main steps of the story in the web client, one tour a person. The test opens the record
 * on which each begins; every document after it is reached by the buttons that users have.
 */

const saved = {
    content: "the record is saved",
    trigger: ".o_form_view .o_form_saved",
};

registry.category("web_tour.tours").add("lead_to_cash_seller", {
    steps: () => [
        {
            content: "the opportunity makes the quotation",
            trigger: "button[name=action_sale_quotations_new]",
            run: "click",
        },
        {
            content: "the customer came along",
            trigger: ".o_field_widget[name=partner_id] input:value('Ostermere Joinery')",
        },
        {
            trigger: "a:contains('Add a product')",
            run: "click",
        },
        {
            trigger: "div[name=product_template_id] input",
            run: "edit Cordless drill",
        },
        {
            trigger: "ul.ui-autocomplete a:contains('Cordless drill')",
            run: "click",
        },
        {
            trigger: "div[name=product_uom_qty] input",
            run: "edit 20",
        },
        {
            content: "leave the line",
            trigger: "a[name=order_lines]",
            run: "click",
        },
        {
            content: "the price came from the product",
            trigger: "div[name=tax_totals]:contains('5,000.00')",
        },
        {
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        {
            content: "the order is confirmed",
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=sale]",
        },
        saved,
    ],
});

registry.category("web_tour.tours").add("lead_to_cash_buyer", {
    steps: () => [
        {
            content: "the request for quotation knows goods and quantity",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains('Cordless drill'):contains('20.00')",
        },
        {
            trigger: "button[name=button_confirm]:visible",
            run: "click",
        },
        {
            content: "to the receipt",
            trigger: "button.btn-primary[name=action_view_picking]",
            run: "click",
        },
        {
            trigger: "button[name=button_validate]:visible",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=done]",
        },
        saved,
    ],
});

registry.category("web_tour.tours").add("lead_to_cash_storekeeper", {
    steps: () => [
        {
            content: "the delivery holds the ordered goods",
            trigger: ".o_field_widget[name=move_ids] .o_data_row:contains('Cordless drill'):contains('20.00')",
        },
        {
            trigger: "button[name=button_validate]:visible",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current[data-value=done]",
        },
        saved,
    ],
});

registry.category("web_tour.tours").add("lead_to_cash_agent", {
    steps: () => [
        {
            content: "a ticket on the delivered line",
            trigger: ".o_field_widget[name=order_line] .o_data_row button[name=action_new_crm_ticket]",
            run: "click",
        },
        {
            content: "the goods came along",
            trigger:
                ".o_field_widget[name=product_id] input:value('Cordless drill'), .o_field_widget[name=product_id]:contains('Cordless drill')",
        },
        {
            trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Two chucks wobble",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        saved,
    ],
});

registry.category("web_tour.tours").add("lead_to_cash_manager", {
    steps: () => [
        {
            content: "the customer page tells class and reason",
            trigger: ".o_field_widget[name=class_reason]:not(:empty)",
        },
        {
            content: "and counts the tickets",
            trigger: "button[name=action_open_crm_tickets] .o_stat_value:contains('1')",
        },
    ],
});
