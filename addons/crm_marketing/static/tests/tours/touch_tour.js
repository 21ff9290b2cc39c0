import {registry} from "@web/core/registry";

/** A marketer deals a call list, makes the first call and notes interest; the list and the campaign show it. */
registry.category("web_tour.tours").add("crm_marketing_touch", {
    steps: () => [
        {
            trigger: "button[name=action_deal]",
            run: "click",
        },
        {
            content: "both customers are dealt",
            trigger: ".o_arrow_button_current:contains('Running')",
        },
        {
            trigger: "button[name=action_open_lines]:contains('Open')",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Tour Bakery') button[name=action_call]",
            run: "click",
        },
        {
            content: "the script and the number are on the call",
            trigger: "div[name=script]:contains('Good morning')",
        },
        {
            trigger: "div[name=note] textarea",
            run: "edit Wants a demonstration",
        },
        {
            trigger: "button[name=action_result]:contains('Interested')",
            run: "click",
        },
        {
            trigger: "div[name=result]:contains('Interested')",
        },
        {
            content: "the next call is one click away",
            trigger: "button[name=action_next]",
            run: "click",
        },
        {
            trigger: "div[name=partner_id]:contains('Tour Mill')",
        },
        {
            trigger: "button[name=action_result]:contains('Refused')",
            run: "click",
        },
        {
            trigger: "div[name=result]:contains('Refused')",
        },
    ],
});
