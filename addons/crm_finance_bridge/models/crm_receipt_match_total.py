from odoo import api, models


class CrmReceiptMatch(models.Model):
    """How much money waits to be matched, from the ledger itself: also what has not been read into a match yet."""

    _inherit = "crm.receipt.match"

    @api.model
    def _unmatched_totals(self, companies):
        """(number, amount in company currency, +) of customers' open credits and of bank lines without an invoice."""
        [[credits, credit]] = self.env["crm.open.item"]._read_group(
            [("company_id", "in", companies.ids), ("residual", "<", 0)], [], ["__count", "residual:sum"]
        )
        journals = self.env["account.journal"].sudo().search([("company_id", "in", companies.ids)])
        [[lines, line]] = self.env["account.move.line"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("parent_state", "=", "posted"),
                ("account_id", "in", journals.suspense_account_id.ids),
                ("statement_line_id.is_reconciled", "=", False),
                ("statement_line_id.amount", ">", 0),
                ("balance", "<", 0),
            ],
            [],
            ["statement_line_id:count_distinct", "balance:sum"],
        )
        return credits + lines, companies.currency_id[:1].round(-(credit or 0.0) - (line or 0.0))
