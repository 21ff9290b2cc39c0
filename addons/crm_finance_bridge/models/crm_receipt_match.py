from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

LIVE = ("proposed", "unmatched")
DONE = ("auto", "accepted")
LIKELY = 0.5  # confidence from which a proposed invoice counts as covered


class CrmReceiptMatch(models.Model):
    """What one receipt pays: a proposal with its reasons, then the decision on it.

    A receipt is an open credit on a receivable account (a payment, a credit note, an entry) or a bank line that is
    not booked yet. Amounts are in the receipt's own currency, positive; `kept` is what the payer kept back and does not
    owe any more (discount, fee). Written by `crm.receipt.ledger`; a decision stays as the log, an open proposal is
    renewed whenever the ledger is read again.
    """

    _name = "crm.receipt.match"
    _description = "Matching of a Receipt"
    _order = "date desc, id desc"
    _rec_name = "name"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Payer", readonly=True, index="btree_not_null", ondelete="set null")
    source = fields.Selection(
        [("payment", "Payment"), ("bank", "Bank line"), ("credit", "Credit note"), ("entry", "Entry")],
        required=True,
        readonly=True,
    )
    move_line_id = fields.Many2one(
        "account.move.line", "Open Credit", readonly=True, index="btree_not_null", ondelete="set null"
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line", "Bank Line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    name = fields.Char("Receipt", readonly=True)
    text = fields.Char("Text of the Payer", readonly=True)
    payer_by = fields.Selection(
        [
            ("receipt", "Stated"),
            ("account", "Bank account"),
            ("name", "Name"),
            ("habit", "Earlier receipts"),
            ("reference", "Invoice named"),
            ("person", "Chosen by hand"),
        ],
        "Payer Known By",
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True, index=True)
    amount = fields.Monetary(required=True, readonly=True)
    rule = fields.Selection("_rule_selection", readonly=True)
    confidence = fields.Float(readonly=True, digits=(6, 4), aggregator="avg", help="0 to 1: how sure the match is.")
    margin = fields.Float(
        readonly=True, digits=(6, 4), aggregator="avg", help="Confidence less that of the second best explanation."
    )
    rivals = fields.Integer("Other Explanations", readonly=True, aggregator=None)
    barrier = fields.Selection("_barrier_selection", "Needs a Person", readonly=True)
    kept = fields.Monetary("Kept Back", readonly=True, help="Discount or fee that the payer does not owe any more.")
    rest = fields.Monetary("Stays on Account", readonly=True)
    short = fields.Monetary("Stays Open", readonly=True, help="Less than the invoices that the payer names.")
    seen = fields.Integer(
        "Kept Back Before", readonly=True, aggregator=None, help="Earlier receipts with the same fee, when proposed."
    )
    advice_id = fields.Many2one("crm.remittance.advice", readonly=True, index="btree_not_null", ondelete="set null")
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("unmatched", "Not matched"),
            ("auto", "Matched automatically"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
    )
    by_hand = fields.Boolean("Chosen by Hand", readonly=True, help="The invoices are not the ones proposed.")
    line_ids = fields.One2many("crm.receipt.match.line", "match_id", "Invoices", readonly=True)
    partial_ids = fields.Many2many("account.partial.reconcile", string="Reconciliations", readonly=True)
    partial_count = fields.Integer("Reconciliations Made", readonly=True, aggregator=None)
    kept_move_id = fields.Many2one(
        "account.move", "Entry of the Discount or Fee", readonly=True, index="btree_not_null"
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime("Decided On", readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True)
    undone_at = fields.Datetime("Undone On", readonly=True)
    failure = fields.Char("Could Not Be Booked", readonly=True, help="Why the automatic run could not book it.")
    was_auto = fields.Boolean("Was Automatic", readonly=True)
    why = fields.Char(compute="_compute_why")
    why_not = fields.Char("Why Not Automatic", compute="_compute_why")

    _live_credit = models.UniqueIndex(
        "(move_line_id) WHERE state IN ('proposed', 'unmatched') AND statement_line_id IS NULL",
        "This receipt has a proposal already.",
    )
    _live_bank = models.UniqueIndex(
        "(statement_line_id) WHERE state IN ('proposed', 'unmatched')", "This bank line has a proposal already."
    )

    @api.model
    def _rule_selection(self):
        return [
            ("advice", self.env._("Remittance advice")),
            ("advice_parts", self.env._("Remittance advice, parts")),
            ("reference", self.env._("Invoice named")),
            ("reference_discount", self.env._("Invoice named, early discount")),
            ("reference_fee", self.env._("Invoice named, fee kept back")),
            ("reference_short", self.env._("Invoice named, paid short")),
            ("reference_some", self.env._("Some of the invoices named")),
            ("reference_plus", self.env._("Invoice named, and others")),
            ("reference_over", self.env._("Invoice named, paid more")),
            ("amount", self.env._("Amount of one invoice")),
            ("subset", self.env._("Sum of invoices")),
            ("amount_discount", self.env._("Sum less early discount")),
            ("amount_fee", self.env._("Sum less the usual fee")),
            ("amount_payer", self.env._("Amount, payer unknown")),
            ("oldest", self.env._("Oldest first")),
        ]

    @api.model
    def _barrier_selection(self):
        return [
            ("unsure", self.env._("Not sure enough")),
            ("tied", self.env._("Several explanations")),
            ("other_payer", self.env._("Invoice of another customer")),
            ("contested", self.env._("Claimed by another receipt")),
            ("paid", self.env._("Names a paid invoice")),
            ("many", self.env._("Too many open invoices")),
            ("suggested", self.env._("Only a suggestion")),
            ("switched", self.env._("Rule not automatic")),
            ("no_payer", self.env._("Payer unknown")),
            ("nothing_open", self.env._("Nothing open")),
            ("no_sum", self.env._("No sum of invoices")),
            ("refused", self.env._("Refused before")),
            ("large_fee", self.env._("Fee too large")),
            ("branch", self.env._("Invoice of another branch")),
            ("account", self.env._("Different accounts")),
            ("failed", self.env._("Could not be booked")),
        ]

    # === CONTRACT === #

    @api.model
    def _covered_query(self, company_ids):
        """Open receivable lines that an unmatched receipt probably pays: SQL (line_id, amount in company currency)."""
        self.flush_model(["state", "company_id", "confidence"])
        self.env["crm.receipt.match.line"].flush_model(["match_id", "move_line_id", "amount"])
        return SQL(
            """
            SELECT part.move_line_id AS line_id,
                   SUM(part.amount * line.amount_residual / NULLIF(line.amount_residual_currency, 0)) AS amount
              FROM crm_receipt_match_line part
              JOIN crm_receipt_match receipt ON receipt.id = part.match_id AND receipt.state = 'proposed'
                   AND receipt.confidence >= %(likely)s
              JOIN account_move_line line ON line.id = part.move_line_id AND line.reconciled IS NOT TRUE
                   AND line.company_id IN %(companies)s
             GROUP BY part.move_line_id
            """,
            companies=tuple(company_ids) or (0,),
            likely=LIKELY,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_open_only(self):
        if any(match.state not in LIVE for match in self):
            raise UserError(self.env._("Decisions on receipts are a log: they cannot be deleted."))
