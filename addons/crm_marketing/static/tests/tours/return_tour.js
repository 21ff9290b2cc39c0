import {registry} from "@web/core/registry";

/** A marketer reads the dashboard, the results of campaigns, and the money attributed under two models. */
registry.category("web_tour.tours").add("crm_marketing_return", {
    steps: () => [
        {
            content: "what all campaigns have cost",
            trigger: ".o_crm_campaign_dashboard [data-tile=cost]:contains('Spent')",
        },
        {trigger: ".o_crm_campaign_dashboard [data-tile=response]", run: "click"},
        {
            content: "reach, responses and leads of each campaign",
            trigger: ".o_list_view .o_data_row:contains('Return tour') td[name=leads]:contains('1')",
        },
        {trigger: ".o_list_view .o_data_row td[name=response_state]:contains('Nothing delivered')"},
        {trigger: ".o_list_view button[name=action_export_xlsx], .o_control_panel button[name=action_export_xlsx]"},
        {
            trigger: "button[data-menu-xmlid='crm_marketing.crm_marketing_menu_report']",
            run: "click",
        },
        {
            trigger: ".dropdown-item[data-menu-xmlid='crm_marketing.crm_attribution_credit_menu']",
            run: "click",
        },
        {trigger: ".o_pivot, .o_view_nocontent"},
    ],
});
