import {registry} from "@web/core/registry";

/** A salesperson looks at own receivables: total, age, flags, another grouping, and the items behind a figure. */
registry.category("web_tour.tours").add("crm_finance_bridge_receivables", {
    steps: () => [
        {
            content: "what is overdue",
            trigger: ".o_crm_receivables [data-figure=overdue]:contains('150')",
        },
        {
            content: "no figures of the whole company",
            trigger: ".o_crm_receivables_flags:not(:has([data-kpi]))",
        },
        {
            content: "the customer, without a share of what the whole company is owed",
            trigger:
                ".o_crm_receivables_table:not(:contains('Share')) tbody tr:contains('Riverside Tools'):not(:contains('%'))",
        },
        {
            content: "nor who owes much of it",
            trigger: ".o_crm_receivables_flags:not(:has([data-flag=concentrated]))",
        },
        {
            content: "by class",
            trigger: ".o_crm_receivables select[name=group_by]",
            run: "select customer_class",
        },
        {
            content: "a customer without class does not vanish",
            trigger: ".o_crm_receivables_table tbody tr:contains('No class yet'):contains('150')",
        },
        {
            content: "by customer again",
            trigger: ".o_crm_receivables select[name=group_by]",
            run: "select partner_id",
        },
        {
            content: "only those with an item too old",
            trigger: ".o_crm_receivables [data-flag=too_old]",
            run: "click",
        },
        {
            content: "the flag is on",
            trigger: ".o_crm_receivables [data-flag=too_old][aria-pressed=true]",
        },
        {
            content: "the items behind a figure",
            trigger: ".o_crm_receivables_table tbody td a:contains('150'):first",
            run: "click",
        },
        {
            content: "the open item",
            trigger: ".o_list_view .o_group_header, .o_list_view .o_data_row",
        },
        {
            content: "back to the screen as it was left",
            trigger: ".o_back_button, .breadcrumb-item:first a",
            run: "click",
        },
        {
            content: "the flag is still on",
            trigger: ".o_crm_receivables [data-flag=too_old][aria-pressed=true]",
        },
    ],
});
