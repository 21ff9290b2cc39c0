import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_custom_portal_shop", {
    url: "/my/shop",
    steps: () => [
        {
            content: "own price of the dealer",
            trigger: ".o_crm_catalogue .o_crm_product:contains(Cake stand) .o_crm_price:contains(36)",
        },
        {
            trigger: ".o_crm_catalogue .o_crm_product:contains(Cake stand) a.fw-bold",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".o_crm_product input[name=quantity]", run: "edit 3"},
        {trigger: ".o_crm_product button:contains(Add)", run: "click", expectUnloadPage: true},
        {content: "three times 36", trigger: ".o_crm_cart_line:contains(108)"},
        {trigger: "select[name=end_customer_id]", run: "selectByLabel Villa Rosa"},
        {trigger: "input[name=reference]", run: "edit PO 77"},
        {trigger: ".o_crm_place button:contains(Place Order)", run: "click", expectUnloadPage: true},
        {content: "Odoo's own page of the order", trigger: ".o_portal_sale_sidebar"},
        {trigger: "body:contains(Villa Rosa)"},
    ],
});
