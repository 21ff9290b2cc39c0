import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_target_on_quotation", {
    steps: () => [
        {
            content: "the quotation says how far it brings me",
            trigger: "div[name=crm_target]:contains('Brings you to 30 %')",
        },
        {
            trigger: "button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "confirmed, it counts",
            trigger: "div[name=crm_target]:contains('You are at 30 %')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_forecast_adjust", {
    steps: () => [
        {
            trigger: ".o_notebook a[name=forecast]",
            run: "click",
        },
        {
            trigger: "button[name=action_forecast_adjust]:visible",
            run: "click",
        },
        {
            trigger: ".modal div[name=amount] input",
            run: "edit 700",
        },
        {
            trigger: ".modal div[name=reason] input",
            run: "edit They take one branch first",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "the figure stands with its author and reason",
            trigger:
                "body:not(:has(.modal)) div[name=forecast_adjustment_ids] .o_data_row:contains('one branch first')",
        },
        {
            trigger: "div[name=forecast_user_amount]:contains('700.00')",
        },
    ],
});
