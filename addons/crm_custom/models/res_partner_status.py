from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import profile


class ResPartner(models.Model):
    """Business status and behaviour of a customer, read from orders, payments and contacts.

    Amounts untaxed, in the currency of the current company, over the last twelve months; only for customers whose
    money the user may see (see `_crm_visible_customers`).
    """

    _inherit = "res.partner"

    crm_sales_year = fields.Monetary(
        string="Ordered, 12 months",
        currency_field="crm_currency_id",
        compute="_compute_crm_status",
        compute_sudo=True,
    )
    crm_collected_year = fields.Monetary(
        string="Paid of it", currency_field="crm_currency_id", compute="_compute_crm_status", compute_sudo=True
    )
    crm_payback = fields.Float(
        string="Payback",
        digits=(5, 1),
        compute="_compute_crm_status",
        compute_sudo=True,
        help="Percent of the orders of the last twelve months that has come back as money.",
    )
    crm_days_late = fields.Float(
        string="Days late",
        digits=(6, 1),
        compute="_compute_crm_status",
        compute_sudo=True,
        help="Mean days from due date to money over the payments of the last twelve months; negative is early.",
    )
    crm_status_text = fields.Char(string="Business status", compute="_compute_crm_status", compute_sudo=True)
    crm_order_count = fields.Integer(string="Orders", compute="_compute_crm_behaviour", compute_sudo=True)
    crm_customer_since = fields.Date(string="Customer since", compute="_compute_crm_behaviour", compute_sudo=True)
    crm_behaviour_text = fields.Char(string="Behaviour", compute="_compute_crm_behaviour", compute_sudo=True)
    crm_credit_text = fields.Char(string="Credit", compute="_compute_crm_credit_text", compute_sudo=True)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_crm_status(self):
        visible, company = self._crm_visible_customers(), self.env.company
        start = self._crm_sales_start()
        sales, late = {}, {}
        if visible:
            domain = [("company_id", "=", company.id), ("partner_id", "in", visible.ids)]
            sales = {
                partner.id: (ordered, collected)
                for partner, ordered, collected in self.env["crm.order.flow"]._read_group(
                    [*domain, ("date_order", ">=", start)],
                    ["partner_id"],
                    ["amount_ordered:sum", "amount_collected:sum"],
                )
            }
            late = {
                partner.id: days
                for partner, days in self.env["crm.collection"]._read_group(
                    [*domain, ("date", ">=", start)], ["partner_id"], ["days_late:avg"]
                )
            }
        for partner in self:
            customer = partner.commercial_partner_id
            ordered, collected = sales.get(customer.id, (0.0, 0.0))
            partner.crm_sales_year, partner.crm_collected_year = ordered, collected
            partner.crm_payback = 100 * collected / ordered if ordered else 0.0
            partner.crm_days_late = late.get(customer.id) or 0.0
            partner.crm_status_text = self._crm_status_words(
                customer in visible, ordered, partner.crm_payback, late.get(customer.id)
            )

    @api.model
    def _crm_status_words(self, is_visible, ordered, payback, days):
        if not is_visible:
            return False
        if not ordered:
            return self.env._("No order in the last twelve months.")
        words = [self.env._("%(share)s %% of it is paid", share=round(payback))]
        if days is None:
            words.append(self.env._("no payment yet"))
        elif days > 0:
            words.append(self.env._("%(days)s days late on average", days=round(days)))
        else:
            words.append(self.env._("paid on time"))
        return ", ".join(words)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_crm_behaviour(self):
        """Rhythm of orders and the channel mostly used, over the last twenty-four months."""
        visible = self._crm_visible_customers()
        orders, channels = self._crm_order_rhythm(visible), self._crm_usual_channel(visible)
        names = dict(self.env["crm.contact.log"]._fields["channel"]._description_selection(self.env))
        for partner in self:
            customer = partner.commercial_partner_id
            count, since, first, last = orders.get(customer.id, (0, False, None, None))
            partner.crm_order_count, partner.crm_customer_since = count, since
            words = []
            interval = profile.average_interval(count, first, last) if count else None
            if interval is not None:
                words.append(self.env._("orders every %(days)s days", days=max(1, round(interval))))
            elif customer in visible:
                words.append(self.env._("not enough orders for a rhythm"))
            if channel := channels.get(customer.id):
                words.append(self.env._("mostly reached by %(channel)s", channel=names[channel].lower()))
            partner.crm_behaviour_text = ", ".join(words) or False

    @api.model
    def _crm_order_rhythm(self, customers):
        """{customer: (orders, first order ever, first and last order in 24 months)}; orders counted in 24 months."""
        if not customers.ids:  # a new contact has none yet
            return {}
        self.env["sale.order"].flush_model(["partner_id", "state", "date_order", "company_id"])
        start = fields.Date.context_today(self) - relativedelta(months=24)
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, COUNT(*) FILTER (WHERE so.date_order >= %(start)s),
                          MIN(so.date_order)::date,
                          MIN(so.date_order) FILTER (WHERE so.date_order >= %(start)s)::date, MAX(so.date_order)::date
                   FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
                   WHERE so.state = 'sale' AND so.company_id = %(company)s
                     AND partner.commercial_partner_id IN %(customers)s GROUP BY 1""",
                start=start,
                company=self.env.company.id,
                customers=tuple(customers.ids),
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _crm_usual_channel(self, customers):
        """{customer: the channel with the most contacts}."""
        domain = [("partner_id", "in", customers.ids), ("company_id", "=", self.env.company.id)]
        groups = self.env["crm.contact.log"]._read_group(domain, ["partner_id", "channel"], ["__count"])
        best = {}
        for partner, channel, count in groups:
            if count > best.get(partner.id, (0, None))[0]:
                best[partner.id] = (count, channel)
        return {partner: channel for partner, (_count, channel) in best.items()}

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_crm_credit_text(self):
        """Odoo's credit limit and payment terms, in words, for whoever may see the customer's money."""
        visible, company = self._crm_visible_customers(), self.env.company
        for partner in self:
            customer, words = partner.commercial_partner_id, []
            if customer in visible:
                limit = customer.credit_limit if company.account_use_credit_limit else 0.0
                words.append(
                    self.env._("limit %(amount)s", amount=company.currency_id.format(limit))
                    if limit
                    else self.env._("no credit limit")
                )
                if term := customer.property_payment_term_id:
                    words.append(term.display_name)
            partner.crm_credit_text = ", ".join(words) or False
