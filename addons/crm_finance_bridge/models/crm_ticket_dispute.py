from odoo import api, models
from odoo.addons.crm_service.models.crm_service_team import OPEN_KINDS
from odoo.fields import Command

from ..tools.promise import spread
from .crm_dispute_confirm import BY_MAIL

NAMES = frozenset({"category_id", "move_id", "disputed_amount", "quantity", "sale_order_line_id", "stage_id"})


class CrmTicket(models.Model):
    """A ticket of a dispute category on an invoice is a dispute for finance, too."""

    _inherit = "crm.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """What a mail disputes waits to be confirmed, whoever it says it is from."""
        self = self.with_context(**{BY_MAIL: True})
        return super().message_new(msg_dict, custom_values)

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        for ticket in tickets.sudo():
            shares = ticket._disputed_shares() if ticket._is_dispute() else []
            if shares:
                ticket._new_dispute(shares)
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if NAMES & vals.keys():
            self._sync_disputes()
        return result

    def _sync_disputes(self):
        """Open, change or cancel the dispute of each ticket.

        A dispute that finance has not taken up (its cause is not sorted yet) ends with the ticket; of any other,
        finance says how it ends, and over how much it is.
        """
        known = self.env["crm.dispute"].sudo().search([("ticket_id", "in", self.ids), ("state", "=", "open")])
        known = known.grouped(lambda dispute: dispute.ticket_id.id)
        for ticket in self.sudo():
            dispute = known.get(ticket.id, self.env["crm.dispute"].sudo())
            shares = ticket._disputed_shares() if ticket._is_dispute() else []
            done = dispute and ticket.stage_kind not in OPEN_KINDS and dispute.cause_id == ticket._unsorted_cause()
            if dispute and (ticket.category_kind != "dispute" or done):
                dispute._close("cancelled")
            elif dispute and shares:
                ticket._sync_amounts(dispute, shares)
            elif shares and not dispute:
                ticket._new_dispute(shares)

    def _sync_amounts(self, dispute, shares):
        """What the ticket says is disputed, as long as finance has neither sorted, changed nor credited it."""
        taken_up = any(dispute.mapped("amounts_set")) or dispute.refund_id or dispute.cause_id != self._unsorted_cause()
        same = dict(shares) == {line.move_line_id.id: line.amount for line in dispute.line_ids}
        if not taken_up and not same:
            dispute.line_ids = [Command.clear(), *self._dispute_commands(shares)]
            dispute._changed_amounts()

    def _is_dispute(self):
        return self.category_kind == "dispute" and self.stage_kind in OPEN_KINDS and self.move_id

    def _unsorted_cause(self):
        """What a dispute is filed under until finance names its cause."""
        return self.env.ref("crm_finance_bridge.crm_dispute_cause_new", raise_if_not_found=False)

    def _disputed_shares(self):
        """The ticket's amount over the open instalments of its invoice: [(journal item id, company currency)]."""
        invoice = self.move_id
        rate = abs(invoice.amount_total_signed / invoice.amount_total) if invoice.amount_total else 1.0
        currency = invoice.company_currency_id
        items = invoice._crm_receivables().sorted(lambda item: (item.date_maturity or item.date, item.id))
        shares = spread(
            currency.round(self.disputed_amount * rate), [(item.id, item.amount_residual) for item in items]
        )
        return [(key, currency.round(amount)) for key, amount in shares]

    def _dispute_commands(self, shares):
        return [Command.create({"move_line_id": key, "amount": amount}) for key, amount in shares]

    def _new_dispute(self, shares, origin="ticket", **values):
        cause = self._unsorted_cause() or self.env["crm.dispute.cause"].sudo().search(
            [("company_id", "=", False)], limit=1
        )
        if not cause:
            return self.env["crm.dispute"]
        return (
            self.env["crm.dispute"]
            .sudo()
            .create(
                {
                    "partner_id": self.move_id.commercial_partner_id.id,
                    "company_id": self.company_id.id,
                    "cause_id": cause.id,
                    "origin": origin,
                    "ticket_id": self.id,
                    "description": self.name,
                    "line_ids": self._dispute_commands(shares),
                    **values,
                }
            )
        )
