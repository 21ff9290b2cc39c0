from collections import defaultdict

from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.tools import format_date, formatLang


class ResPartner(models.Model):
    """What a salesperson needs to know of a customer while quoting; and the way to its earlier prices."""

    _inherit = "res.partner"

    def _crm_order_facts(self, company):
        """{commercial partner id: sentence}; three queries, whatever the number. Amounts in company currency."""
        if not self.ids:
            return {}
        parts = defaultdict(list)
        cards = self.env["crm.scorecard"].search(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id), ("is_latest", "=", True)]
        )
        for card in cards:
            label = (card.customer_class or "").upper()
            parts[card.partner_id.id].append(
                self.env._("Class %(name)s, score %(score)s", name=label, score=f"{card.score or 0:.0f}")
            )
        since = fields.Datetime.now() - relativedelta(years=1)
        groups = self.env["crm.order.flow"]._read_group(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id), ("date_order", ">=", since)],
            ["partner_id"],
            ["order_id:count_distinct", "amount_ordered:sum", "date_order:max"],
        )
        for partner, number, amount, last in groups:
            parts[partner.id].append(
                self.env._(
                    "%(number)s orders in 12 months for %(amount)s, last on %(day)s",
                    number=number,
                    amount=formatLang(self.env, amount, currency_obj=company.currency_id),
                    day=format_date(self.env, last),
                )
            )
        for partner_id, sentence in self._crm_open_money(company).items():
            parts[partner_id].append(sentence)
        return {
            partner.id: "; ".join(parts[partner.id]) or self.env._("New customer: nothing ordered yet")
            for partner in self
        }

    def _crm_open_money(self, company):
        """{commercial partner id: 'open 300, overdue 100'}."""
        owed = self.env["crm.open.item"]._read_group(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id)],
            ["partner_id", "bucket"],
            ["residual:sum"],
        )
        money = defaultdict(lambda: [0.0, 0.0])
        for partner, bucket, residual in owed:
            money[partner.id][0] += residual
            money[partner.id][1] += 0.0 if bucket == "not_due" else residual
        return {
            partner_id: self.env._(
                "open %(total)s, overdue %(overdue)s",
                total=formatLang(self.env, total, currency_obj=company.currency_id),
                overdue=formatLang(self.env, overdue, currency_obj=company.currency_id),
            )
            for partner_id, (total, overdue) in money.items()
        }

    def action_crm_quotation_history(self):
        """Earlier quotations of the customer with price and result."""
        self.ensure_one()
        customer = self.commercial_partner_id
        name = self.env._("Quotations: %(customer)s", customer=customer.name)
        return self.env["crm.quotation.history"]._action_for(name, partner_id=customer.id)
