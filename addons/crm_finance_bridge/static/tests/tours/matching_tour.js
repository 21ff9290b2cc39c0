import {registry} from "@web/core/registry";

/** An accountant works the queue: accepts with a key, undoes with a key, chooses another invoice by hand. */
registry.category("web_tour.tours").add("crm_finance_bridge_matching", {
    steps: () => [
        {trigger: ".o_crm_matching_queue input[type=search]", run: "edit Nobody of this name && press Enter"},
        {
            content: "an empty search does not say that all is matched",
            trigger: ".o_crm_matching_empty:contains('Nothing found for this search')",
        },
        {trigger: ".o_crm_matching_queue input[type=search]", run: "edit Tour payer && press Enter"},
        {trigger: ".o_crm_matching_row:contains('pays MATCH/TOUR/00001')", run: "click"},
        {
            content: "the certain receipt comes first and says why",
            trigger: ".o_crm_matching_why:contains('names MATCH/TOUR/00001')",
        },
        {
            content: "receipt and invoice add up",
            trigger: ".o_crm_matching_difference:contains('Adds up')",
        },
        {trigger: "body", run: "press a"},
        {content: "told how to undo", trigger: ".o_notification:contains('Press U to undo')"},
        {content: "the tied receipt is next", trigger: ".o_crm_matching_why:contains('agree as well')"},
        {trigger: "body", run: "press u"},
        {content: "open again", trigger: ".o_notification:contains('is open again')"},
        {trigger: ".o_crm_matching_row:contains('either of two')", run: "click"},
        {trigger: ".o_crm_matching_receipt:contains('either of two')"},
        {trigger: ".o_crm_matching_item.table-success:contains('MATCH/TOUR/00002')"},
        {trigger: ".o_crm_matching_item:contains('MATCH/TOUR/00002') .form-check-input:not([disabled])", run: "click"},
        {trigger: ".o_crm_matching_item:contains('MATCH/TOUR/00003') .form-check-input:not([disabled])", run: "click"},
        {trigger: ".o_crm_matching_item.table-success:contains('MATCH/TOUR/00003')"},
        {trigger: ".o_crm_matching_accept:not([disabled])", run: "click"},
        {trigger: ".o_notification:contains('matched')"},
        {trigger: ".o_crm_matching_queue [data-tab=done]", run: "click"},
        {
            content: "the log shows the choice",
            trigger: ".o_crm_matching_why:contains('chosen by hand')",
        },
    ],
});
