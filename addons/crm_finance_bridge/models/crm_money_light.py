from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import traffic_light


class CrmMoneyLight(models.AbstractModel):
    """A traffic light of the customer's money on a record of sales or service, without accounting rights.

    Figures are those of the commercial partner at the legal entity of the record (of the current company where the
    record has none), in its currency, computed for everybody and shown to those who may see this customer's credit
    (`res.partner._crm_credit_may_see`: accounting, sales managers, the customer's own salesperson). Nothing is stored.
    A record that a user works on himself shows its colour and the reason without any amount.
    """

    _name = "crm.money.light"
    _description = "Traffic Light of a Customer's Money"

    crm_light = fields.Selection(
        [("green", "Good"), ("yellow", "Careful"), ("red", "Ask finance"), ("none", "Nothing known")],
        "Money",
        compute="_compute_crm_light",
        compute_sudo=True,
        help="Empty where you may not see this customer's money.",
    )
    crm_light_text = fields.Char("Why This Colour", compute="_compute_crm_light", compute_sudo=True)
    crm_light_figures = fields.Boolean(compute="_compute_crm_light", compute_sudo=True)
    crm_light_currency_id = fields.Many2one("res.currency", compute="_compute_crm_light", compute_sudo=True)
    crm_light_exposure = fields.Monetary(
        "Exposure", compute="_compute_crm_light", compute_sudo=True, currency_field="crm_light_currency_id"
    )
    crm_light_overdue = fields.Monetary(
        "Overdue",
        compute="_compute_crm_light",
        compute_sudo=True,
        currency_field="crm_light_currency_id",
        help="Past due today and not disputed, less unapplied receipts.",
    )
    crm_light_promised = fields.Monetary(
        "Promised",
        compute="_compute_crm_light",
        compute_sudo=True,
        currency_field="crm_light_currency_id",
        help="Of the open amount, what the customer has promised to pay.",
    )

    @api.model
    def _crm_light_depends(self):
        """What names the customer, the company that judges him and who works on the record."""
        return ["partner_id", "company_id", "user_id"]

    def _crm_light_partner(self):
        return self.partner_id

    def _crm_light_is_mine(self):
        """Whether the user works on this record and so sees the colour, not the amounts."""
        return self.user_id == self.env.user

    def _crm_light_root(self):
        """The legal entity whose credit check will judge this record."""
        return (self.company_id or self.env.company).root_id

    @api.depends(lambda self: self._crm_light_depends())
    @api.depends_context("company", "uid", "lang")
    def _compute_crm_light(self):
        for root, records in self.grouped(lambda record: record._crm_light_root()).items():
            records._crm_light_fill(root)

    def _crm_light_fill(self, root):
        """Fill the light of records that one legal entity judges."""
        customers = {record: record._crm_light_partner().commercial_partner_id._origin for record in self}
        may_see = {customer: customer._crm_credit_may_see() for customer in set(customers.values()) if customer}
        shown = self.filtered(lambda record: may_see.get(customers[record]) or record._crm_light_is_mine())
        partners = self.env["res.partner"].union(*(customers[record] for record in shown))
        rows = self.env["crm.credit.exposure"]._rows(root, partners)
        promised = self._crm_light_promises(root, partners)
        for record in self:
            customer = customers[record]
            known = record in shown and bool(customer)
            row = rows.get(customer.id, {})
            found = traffic_light.Standing(
                row.get("state") or "none",
                row.get("exposure") or 0.0,
                row.get("overdue") or 0.0,
                row.get("days_overdue") or 0,
                promised.get(customer.id, (0.0, 0.0))[1],
            )
            colour, reason = traffic_light.light(found)
            figures = known and bool(may_see.get(customer))
            record.crm_light = colour if known else False
            record.crm_light_text = record._crm_light_sentence(reason, found, figures, root) if known else False
            record.crm_light_figures = figures
            record.crm_light_currency_id = root.currency_id
            record.crm_light_exposure = found.exposure if figures else 0.0
            record.crm_light_overdue = found.overdue if figures else 0.0
            record.crm_light_promised = promised.get(customer.id, (0.0, 0.0))[0] if figures else 0.0

    @api.model
    def _crm_light_promises(self, root, partners):
        """{customer id: (promised, promised of what is overdue)}, company currency, in one query."""
        if not partners:
            return {}
        today = root._crm_credit_today()
        companies = self.env["res.company"].sudo().search([("id", "child_of", root.id)])
        query = SQL(
            """
            SELECT partner.commercial_partner_id, SUM(promise.amount),
                   SUM(CASE WHEN COALESCE(line.date_maturity, line.date) < %(today)s THEN promise.amount ELSE 0 END)
              FROM (%(promised)s) promise
              JOIN account_move_line line ON line.id = promise.line_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE partner.commercial_partner_id = ANY(%(partners)s)
             GROUP BY partner.commercial_partner_id
            """,
            today=today,
            promised=self.env["crm.payment.promise"]._promised_query(companies.ids, today),
            partners=partners.ids,
        )
        return {key: (float(amount), float(overdue)) for key, amount, overdue in self.env.execute_query(query)}

    @api.model
    def _crm_light_sentence(self, reason, found, figures, root):
        """Why the light has its colour; amounts only for those who may see them."""
        plain = {
            "stop": self.env._("Stopped by finance."),
            "hold": self.env._("Over its credit limits: new orders wait for a release."),
            "old": self.env._("Overdue for long, and nothing is promised."),
            "overdue": self.env._("Something is overdue."),
            "promised": self.env._("Overdue, but promised."),
            "watch": self.env._("Near its credit limit."),
            "prepaid": self.env._("Delivered against prepayment only."),
            "one_invoice": self.env._("One invoice at a time."),
            "nothing": self.env._("No orders and no debts."),
            "fine": self.env._("Nothing is overdue."),
        }[reason]
        if not figures or not found.overdue:
            return plain
        return self.env._(
            "%(reason)s Overdue %(overdue)s, the oldest for %(days)s days.",
            reason=plain,
            overdue=root.currency_id.format(found.overdue),
            days=found.days,
        )

    def action_crm_light(self):
        """The open items behind the light, as far as the user may read them."""
        self.ensure_one()
        partner = self._crm_light_partner().commercial_partner_id
        return partner.with_company(self.company_id or self.env.company).action_crm_open_items()
