"""No order makes a customer owe more behind the back of the credit check, whatever way it is changed.

Confirmation through `action_confirm` is checked before anything happens (`sale_order.py`). All other ways end
in a write: the state by hand or by import, lines of a confirmed order, another customer to invoice. These are
compared before and after the outermost write, and what has grown is judged once, under the customer's lock.
"""

from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..tools import credit
from .sale_order import PASSED

GUARD = "crm_finance_bridge.credit_guard"
FIELDS = {
    "company_id",
    "currency_id",
    "fiscal_position_id",
    "order_line",
    "partner_id",
    "partner_invoice_id",
    "pricelist_id",
    "state",
}
COMPUTED = {  # what the check trusts: the server alone writes these
    "amount_tax",
    "amount_total",
    "amount_untaxed",
    "currency_rate",
    "invoice_status",
    "transaction_ids",
}


def links_nothing(value):
    """Whether the value of a many2many names no record: the web client sends an empty list with each new line."""
    return isinstance(value, list | tuple) and all(
        tuple(command) in ((5,), (5, 0, 0), (6, 0, []), (6, False, [])) for command in value
    )


def refuse_computed(env, names):
    """Refuse that a user writes the figures by which an order is judged."""
    if names and not env.su:
        raise AccessError(env._("Only the system writes these fields: %s", ", ".join(sorted(names))))


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.own.default.mixin"]

    _crm_own_defaults = frozenset(COMPUTED)

    @api.model_create_multi
    def create(self, vals_list):
        refuse_computed(
            self.env,
            {name for vals in vals_list for name in COMPUTED.intersection(vals) if not links_nothing(vals[name])},
        )
        state = self.default_get(["state"]).get("state")
        if not any(vals.get("state", state) == "sale" for vals in vals_list):
            return super().create(vals_list)
        with self.browse()._credit_guard() as watched:
            orders = super().create(vals_list)
            watched.update((order.id, None) for order in orders)
        return orders

    def write(self, vals):
        refuse_computed(self.env, {name for name in COMPUTED.intersection(vals) if not links_nothing(vals[name])})
        if FIELDS.isdisjoint(vals):
            return super().write(vals)
        if vals.get("state", "sale") != "sale" and not self.env.su:
            self._credit_check_leaving()
        with self._credit_guard():
            return super().write(vals)

    @contextmanager
    def _credit_guard(self):
        """Within, these orders may change; after the outermost guard each that has grown is judged."""
        data = self.env.cr.precommit.data
        outer = GUARD not in data
        watched = data.setdefault(GUARD, {})
        for order_sudo in self.sudo():
            if order_sudo.id not in watched:
                watched[order_sudo.id] = order_sudo._credit_claim()
        try:
            yield watched
        finally:
            if outer:
                data.pop(GUARD, None)
        if outer:
            for order_id, before in watched.items():
                self.env["sale.order"].browse(order_id)._credit_check_grown(before)

    def _credit_claim(self):
        """What a confirmed order counts for whom: (company, address invoiced, total); None for any other."""
        if self.state != "sale":
            return None
        return self.company_id.id, self.partner_invoice_id.id, self.amount_total

    def _credit_check_grown(self, before):
        """Hold a change by which a confirmed order counts for more, or for another customer, than `before`."""
        claim = self.sudo()._credit_claim()
        if claim is None or claim == before:
            return
        passed = self.env.cr.precommit.data.get(PASSED, {})
        if before is None and passed.pop(self.id, None) == claim[2]:
            return
        same = before is not None and before[:2] == claim[:2]
        added = claim[2] - before[2] if same else claim[2]
        if self.sudo().currency_id.compare_amounts(added, 0.0) <= 0:
            return
        stage = credit.INCREASE if same else credit.ORDER
        check = self._credit_check(lock=True, stage=stage, added=added)
        if check.verdict.holds and not self._credit_release():
            raise UserError(self._credit_refusal(check))
        if check.verdict.reasons and not check.verdict.holds:
            self._credit_log("warn", check)

    def _credit_check_leaving(self):
        """Refuse that an order is taken back of which goods were delivered and are on no invoice.

        Its customer owes for them, and no list would say so any more. Who may release orders may do it all the same:
        the goods may be on an invoice made by hand.
        """
        CreditLimit = self.env["crm.credit.limit"].sudo()
        for order in self:
            order_sudo = order.sudo()
            partner = order_sudo.partner_invoice_id.commercial_partner_id
            if order_sudo.state != "sale" or order._credit_may_release():
                continue
            if not any(line.qty_delivered > line.qty_invoiced for line in order_sudo.order_line):
                continue
            terms = CreditLimit._settings(order_sudo.company_id, partner)
            if not terms.limited or terms.rule not in (*credit.LOCKED, credit.PREPAID):
                continue
            self.env.flush_all()
            if (shipped := order._credit_uninvoiced()[order.id][1]) > 0:
                raise UserError(
                    self.env._(
                        "%(order)s cannot be cancelled: %(amount)s of it is delivered and not invoiced. Invoice it or "
                        "take the goods back first; only an accounting administrator may cancel it as it is.",
                        order=order.name,
                        amount=order._credit_money(shipped),
                    )
                )
