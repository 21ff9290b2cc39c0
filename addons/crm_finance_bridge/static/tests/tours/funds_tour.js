import {registry} from "@web/core/registry";

/** An accountant reads money in, out and net, groups it by purpose and opens the movements behind a figure. */
registry.category("web_tour.tours").add("crm_finance_bridge_funds", {
    steps: () => [
        {trigger: ".o_crm_funds [data-figure=net]:contains('50.00')"},
        {trigger: ".o_crm_funds_chart canvas"},
        {trigger: ".o_crm_funds_rows thead select", run: "select category"},
        {trigger: ".o_crm_funds_rows tr[data-key=supplier]:contains('30.00')"},
        {trigger: ".o_crm_funds_rows tr[data-key=customer] a", run: "click"},
        {trigger: ".o_list_view .o_data_row:contains('Riverside Tools'):contains('80.00')"},
    ],
});
