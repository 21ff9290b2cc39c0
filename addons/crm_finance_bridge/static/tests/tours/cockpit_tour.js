import {registry} from "@web/core/registry";

/** The finance supervisor signs in and lands on the day's figures; each opens its records. */
registry.category("web_tour.tours").add("crm_finance_bridge_cockpit", {
    steps: () => [
        {
            content: "due today",
            trigger: ".o_crm_cockpit [data-block=receivables] [data-figure=due_today]:contains('60')",
        },
        {
            content: "the bucket of what is 40 days late",
            trigger: ".o_crm_cockpit [data-row='31_60']:contains('150')",
        },
        {
            content: "receipts to match and expenses to enter",
            trigger: ".o_crm_cockpit:has([data-button=match]):has([data-block=expenses])",
        },
        {
            content: "what is overdue",
            trigger: ".o_crm_cockpit [data-block=receivables] [data-figure=overdue]",
            run: "click",
        },
        {
            content: "the items by age",
            trigger: ".o_list_view .o_group_header:contains('31-60 days'):contains('150')",
        },
        {
            content: "back to the day",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:contains('Cockpit')",
            run: "click",
        },
        {
            content: "the desk where receipts are matched",
            trigger: ".o_crm_cockpit [data-button=match]",
            run: "click",
        },
        {
            content: "is open",
            trigger: ".o_breadcrumb:contains('Match Receipts')",
        },
    ],
});
