import base64
import binascii
from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.addons.crm_custom.tools import spreadsheet
from odoo.addons.crm_custom.tools.cells import HistoryError
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import receipt_reference, remittance


class Advice(NamedTuple):
    """An open advice as the matching rule takes it; `amount` in cents."""

    id: int
    amount: int
    lines: tuple

    def tokens(self):
        return {token for text, _amount in self.lines for token in receipt_reference.tokens(text)}


class CrmRemittanceAdvice(models.Model):
    """A customer's list of the invoices that one payment settles; it names them for the receipt of the same amount."""

    _name = "crm.remittance.advice"
    _inherit = ["mail.thread"]
    _description = "Remittance Advice"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Reference", required=True, help="The payer's number of the payment.")
    partner_id = fields.Many2one(
        "res.partner", "Payer", required=True, index=True, ondelete="cascade", domain="[('parent_id', '=', False)]"
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    date = fields.Date(required=True, default=fields.Date.context_today)
    file = fields.Binary("List (CSV, XLSX)", attachment=False)
    file_name = fields.Char()
    line_ids = fields.One2many("crm.remittance.advice.line", "advice_id", "Invoices")
    amount = fields.Monetary("Total", compute="_compute_amount", store=True)
    found_count = fields.Integer("Invoices Found", compute="_compute_found_count")
    state = fields.Selection(
        [("draft", "Draft"), ("open", "Waiting for the money"), ("used", "Matched"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        tracking=True,
        readonly=True,
        copy=False,
    )
    match_ids = fields.One2many("crm.receipt.match", "advice_id", "Receipts", readonly=True)

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for advice in self:
            advice.amount = sum(advice.line_ids.mapped("amount"))

    @api.depends("line_ids.move_line_id")
    def _compute_found_count(self):
        for advice in self:
            advice.found_count = len(advice.line_ids.filtered("move_line_id"))

    def action_read(self):
        """Read the file into lines, find the invoices, and wait for the money."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        try:
            languages = [self.env.lang, self.partner_id.lang]
            header, rows = spreadsheet.read_local_table(base64.b64decode(self.file), languages)
            found = remittance.read(header, rows)
        except remittance.AmountError as error:
            raise UserError(
                self.env._(
                    "Row %(row)s (%(invoice)s): “%(text)s” is no amount. Nothing was read.",
                    row=error.row,
                    invoice=error.number,
                    text=error.text,
                )
            ) from error
        except (HistoryError, ValueError, binascii.Error) as error:
            raise UserError(self.env._("The file cannot be read: CSV (UTF-8) or XLSX is needed.")) from error
        if not found:
            raise UserError(self.env._("No invoice numbers found. A column with invoice numbers is needed."))
        if len(found) > remittance.MAX_LINES:
            raise UserError(self.env._("At most %(limit)s lines can be read at once.", limit=remittance.MAX_LINES))
        self.write(
            {
                "file": False,
                "line_ids": [
                    Command.clear(),
                    *(Command.create({"text": line.text, "amount": float(line.amount or 0)}) for line in found),
                ],
            }
        )
        return self.action_open()

    def action_open(self):
        """Find the invoices that the lines name; lines without amount take the open one."""
        for advice in self:
            if not advice.line_ids:
                raise UserError(self.env._("Enter the invoices that the payment is for, or read a file."))
            advice._find_invoices()
        self.state = "open"
        return True

    def action_cancel(self):
        self.state = "cancelled"

    def _find_invoices(self):
        """Open items of the customer whose number a line names."""
        self.ensure_one()
        items = self.env["account.move.line"].search(
            [
                ("company_id", "child_of", self.company_id.sudo().root_id.id),
                ("partner_id", "child_of", self.partner_id.commercial_partner_id.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("currency_id", "=", self.currency_id.id),
            ]
        )
        by_key = {}
        for item in items:
            for key, strength in receipt_reference.document_keys(
                item.move_id.name, item.move_id.payment_reference
            ).items():
                by_key[key] = max(by_key.get(key, (0, None)), (strength, item), key=lambda pair: pair[0])
        for line in self.line_ids:
            hits = [by_key[token] for token in receipt_reference.tokens(line.text) if token in by_key]
            line.move_line_id = max(hits, key=lambda pair: pair[0])[1] if hits else False
            if line.move_line_id and self.currency_id.is_zero(line.amount):
                line.amount = line.move_line_id.amount_residual_currency

    @api.model
    def _open_by_partner(self, company, currency, scale):
        """{customer id: [Advice]} of the advices that wait for their money."""
        found = defaultdict(list)
        for advice in self.sudo().search(
            [("company_id", "=", company.id), ("currency_id", "=", currency.id), ("state", "=", "open")]
        ):
            lines = tuple((line.text, round(line.amount * scale)) for line in advice.line_ids)
            found[advice.partner_id.commercial_partner_id.id].append(
                Advice(advice.id, round(advice.amount * scale), lines)
            )
        return found
