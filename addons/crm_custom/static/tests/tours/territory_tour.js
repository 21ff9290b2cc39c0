import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

/** A salesperson enters a customer; country and postcode give it to the territory and its owner at once. */
registry.category("web_tour.tours").add("crm_custom_territory", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Tourmarkt am Fluss",
        },
        {
            trigger: "div[name=zip] input",
            run: "edit 80331",
        },
        {
            trigger: "div[name=country_id] input",
            run: "edit Germany",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Germany')",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            trigger: ".o_notebook a[name=sales_purchases]",
            run: "click",
        },
        {
            content: "the territory is there, and it is not the salesperson's to change",
            trigger: "div[name=territory_id].o_readonly_modifier:contains('Tour South')",
        },
        {
            content: "its owner is the salesperson of the customer",
            trigger: "div[name=user_id]:contains('Olga Owner'), div[name=user_id] input:value('Olga Owner')",
        },
    ],
});
