import {registry} from "@web/core/registry";

/** A salesperson on a quotation looks up the competitor and the price, and finds them. */
registry.category("web_tour.tours").add("crm_marketing_library", {
    steps: () => [
        {
            content: "The encyclopedia is one click from the quotation",
            trigger: "button[name=action_crm_knowledge]",
            run: "click",
        },
        {
            content: "What is offered stands first",
            trigger: ".o_data_cell:contains('Tour goblet: why it is dear')",
        },
        {
            content: "Take the filters away",
            trigger: ".o_searchview_facet:contains('On What Is Offered') .o_facet_remove",
            run: "click",
        },
        {
            content: "Search in titles, texts and words",
            trigger: ".o_searchview_input",
            run: "edit tourrival",
        },
        {trigger: ".o_searchview_input", run: "press Enter"},
        {
            content: "The competitor's entry is found by a word of its text",
            trigger: ".o_data_row:only-child .o_data_cell:contains('Tour answer to Acme')",
            run: "click",
        },
        {trigger: ".o_form_view .o_field_widget[name=body]:contains('tourrival')"},
    ],
});
