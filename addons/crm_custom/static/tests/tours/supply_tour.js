import {registry} from "@web/core/registry";

/** A sales assistant enters an order of five lines on one screen; each step is one click or one typing. */
const LINES = ["Lamp", "Chair", "Desk", "Shelf", "Stool"];

function line(name, index) {
    const row = `.o_data_row:nth-child(${index + 1}).o_selected_row`;
    return [
        {
            content: `Line ${index + 1}: add`,
            trigger: ".o_field_x2many_list_row_add > a, .o_field_x2many_list_row_add > button",
            run: "click",
        },
        {
            content: `Line ${index + 1}: model`,
            trigger: `${row} [name=product_id] input`,
            run: `edit Entry ${name}`,
        },
        {
            content: `Line ${index + 1}: choose`,
            trigger: `.o-autocomplete--dropdown-item > a:contains("Entry ${name}"):not(:contains("Create"))`,
            run: "click",
        },
        {
            content: `Line ${index + 1}: quantity`,
            trigger: `${row} [name=product_uom_qty] input`,
            run: `edit ${index + 2}`,
        },
    ];
}

registry.category("web_tour.tours").add("crm_custom_supply_entry", {
    steps: () => [
        {
            content: "Customer",
            trigger: "[name=partner_id] input",
            run: "edit Agent",
        },
        {
            content: "Choose the customer",
            trigger: '.o-autocomplete--dropdown-item > a:contains("Agent"):not(:contains("Create"))',
            run: "click",
        },
        ...LINES.flatMap(line),
        {
            content: "Confirm",
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It is an order",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains('Sales Order')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_custom_supply_day", {
    steps: () => [
        {
            content: "Deliveries due, late first",
            trigger: ".o_list_view .o_group_name:contains('Late')",
            run: "click",
        },
        {
            content: "Open the order",
            trigger: ".o_list_view td[name=partner_id]:contains('Direct')",
            run: "click",
        },
        {
            content: "Goods and purchase on the order",
            trigger: "[name=order_supply] [name=flow_goods]:contains('Waiting')",
        },
        {
            content: "Why",
            trigger: "[name=order_supply] [name=flow_supply_text]",
        },
    ],
});
