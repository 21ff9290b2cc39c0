import {registry} from "@web/core/registry";

/** Finance reads the profit levels of a customer and opens the entries of a month. */
registry.category("web_tour.tours").add("crm_profit_tour", {
    steps: () => [
        {trigger: ".o_group_header:contains('Riverside Tools')", run: "click"},
        {trigger: ".o_data_row td[name=marginal]:contains('40.00')", run: "click"},
        {trigger: ".o_graph_view canvas"},
        {trigger: ".o_switch_view.o_list", run: "click"},
        {trigger: ".o_data_row:contains('Discounts')"},
    ],
});
