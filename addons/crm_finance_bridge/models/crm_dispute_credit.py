from odoo import models
from odoo.addons.crm_custom.tools.split import largest_remainder
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmDispute(models.Model):
    """The credit note that a dispute ends with: proposed as a draft, never posted by itself."""

    _inherit = "crm.dispute"

    def action_propose_credit(self):
        """Make a draft credit note over what is to be credited, by accounts and taxes of the disputed invoice."""
        self._need_open()
        self.ensure_one()
        if self.refund_id:
            return self.action_open_refund()
        invoice = self._credited_invoice()
        amount = self.currency_id.round(self.credit_amount or self.amount)
        if self.currency_id.compare_amounts(amount, self.amount) > 0:
            raise UserError(self.env._("No more can be credited than is disputed."))
        # The invoice's own currency: the disputed share of it.
        share = amount / abs(invoice.amount_total_signed) if invoice.amount_total_signed else 0.0
        refund = self.env["account.move"].create(self._refund_values(invoice, share))
        self.sudo().refund_id = refund
        return self.action_open_refund()

    def _credited_invoice(self):
        invoices = self.line_ids.move_id.filtered(lambda move: move.move_type == "out_invoice")
        if len(invoices) != 1:
            raise UserError(
                self.env._("This dispute is about %(count)s invoices: credit them one by one.", count=len(invoices))
            )
        return invoices

    def _refund_values(self, invoice, share):
        """One line per account and taxes; their amounts before tax add up to the share of the invoice's."""
        groups = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product").grouped(
            lambda line: (line.account_id, line.tax_ids, tuple(sorted((line.analytic_distribution or {}).items())))
        )
        unit = invoice.currency_id.rounding
        weights = [sum(lines.mapped("price_total")) for lines in groups.values()]
        total = round(abs(invoice.amount_total) * share / unit)
        shares = largest_remainder(total, weights, 0)
        commands = []
        for (account, taxes, analytic), units in zip(groups, shares, strict=True):
            lines = groups[account, taxes, analytic]
            gross = sum(lines.mapped("price_total"))
            # Before tax as the invoice had it, so that the taxes come out as they were.
            net = gross if any(taxes.mapped("price_include")) else sum(lines.mapped("price_subtotal"))
            commands.append(
                Command.create(
                    {
                        "name": self.env._(
                            "Credit for %(invoice)s, %(cause)s", invoice=invoice.name, cause=self.cause_id.name
                        ),
                        "quantity": 1,
                        "price_unit": invoice.currency_id.round(float(units) * unit * net / gross) if gross else 0.0,
                        "account_id": account.id,
                        "tax_ids": [Command.set(taxes.ids)],
                        "analytic_distribution": dict(analytic) or False,
                    }
                )
            )
        return {
            "move_type": "out_refund",
            "partner_id": invoice.partner_id.id,
            "company_id": invoice.company_id.id,
            "currency_id": invoice.currency_id.id,
            "journal_id": invoice.journal_id.id,
            "reversed_entry_id": invoice.id,
            "invoice_origin": invoice.name,
            "ref": self.name,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "invoice_payment_term_id": False,
            "invoice_line_ids": commands,
        }

    def action_open_refund(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.refund_id.id,
            "views": [(False, "form")],
        }
