from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ..tools import promise as rules

STATES = [
    (rules.OPEN, "Open"),
    (rules.KEPT, "Kept"),
    (rules.PART, "Partly Kept"),
    (rules.BROKEN, "Broken"),
    (rules.CANCELLED, "Cancelled"),
]
CHANNELS = [
    ("call", "Phone call"),
    ("mail", "E-mail"),
    ("visit", "Visit"),
    ("portal", "Customer portal"),
    ("other", "Other"),
]
# Decided by what is reconciled (crm_payment_promise_evaluate.py), never by hand.
GUARDED = frozenset(
    {"state", "date_closed", "deadline", "date_logged", "cancelled_by_id", "salesperson_id", "to_accept"}
)


class CrmPaymentPromise(models.Model):
    """A customer's promise to pay an amount by a date, spread over receivable lines.

    Amounts: company currency, positive. Dates: the company's days (`company._crm_credit_today()`). A promise is
    judged by the reconciliations of its lines dated up to `deadline` = promised date + grace days.
    """

    _name = "crm.payment.promise"
    _description = "Promise to Pay"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.own.default.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _crm_own_defaults = GUARDED

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict", help="The commercial entity."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Promised For", required=True, tracking=True, index=True)
    date_logged = fields.Date("Logged On", required=True, readonly=True, default=lambda self: self._default_today())
    grace_days = fields.Integer(default=lambda self: self.env.company.crm_promise_grace_days, aggregator=None)
    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        precompute=True,
        help="Promised date plus grace days. After it the promise is broken.",
    )
    date_closed = fields.Date("Closed On", readonly=True, copy=False)
    amount = fields.Monetary("Promised", tracking=True, help="Company currency.")
    settled = fields.Monetary(
        "Paid in Time", compute="_compute_settled", help="Matched with the lines up to the deadline, after the promise."
    )
    remaining = fields.Monetary("Still Promised", compute="_compute_settled")
    state = fields.Selection(STATES, required=True, readonly=True, default=rules.OPEN, index=True, tracking=True)
    channel = fields.Selection(CHANNELS, "Promised By", required=True, default="call")
    user_id = fields.Many2one(
        "res.users", "Logged By", default=lambda self: self.env.user, tracking=True, index="btree_not_null"
    )
    salesperson_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", help="Of the invoices; of the customer where they differ."
    )
    cancelled_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    note = fields.Text()
    line_ids = fields.One2many("crm.payment.promise.line", "promise_id", "Invoices")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "A promise needs an amount above zero.")
    _grace_positive = models.Constraint("CHECK (grace_days >= 0)", "Grace days cannot be negative.")
    _running_idx = models.Index("(deadline) WHERE state = 'open'")

    @api.model
    def _default_today(self):
        return self.env.company._crm_credit_today()

    @api.depends("date", "grace_days")
    def _compute_deadline(self):
        for promise in self:
            last = promise.date and min(promise.date.toordinal() + promise.grace_days, date.max.toordinal())
            promise.deadline = last and date.fromordinal(last)

    @api.depends("line_ids.amount", "line_ids.part_ids.amount", "amount", "state")
    def _compute_settled(self):
        sums = dict(
            self.env["crm.payment.promise.part"]
            .sudo()
            ._read_group([("promise_id", "in", self._origin.ids)], ["promise_id"], ["amount:sum"])
        )
        for promise in self:
            promise.settled = sums.get(promise._origin, 0.0)
            promise.remaining = promise.amount - promise.settled if promise.state == rules.OPEN else 0.0

    @api.depends("partner_id", "amount", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            if not promise._origin:
                promise.display_name = False
                continue
            amount = promise.currency_id.format(promise.amount) if promise.currency_id else promise.amount
            promise.display_name = self.env._(
                "%(customer)s: %(amount)s by %(date)s",
                customer=promise.sudo().partner_id.name or "",
                amount=amount,
                date=format_date(self.env, promise.date) or "-",
            )

    # === LOGGING === #

    @api.model_create_multi
    def create(self, vals_list):
        """Without lines the amount is spread over what the user sees open, oldest due date first.

        Days of grace and the day it was logged are for accounting to say, else as in the settings, and today.
        """
        trusted = self.env.su or self.env.user.has_group("account.group_account_invoice")
        for vals in vals_list:
            for name in GUARDED - {"date_logged"}:
                vals.pop(name, None)
            vals["to_accept"] = not self._user_accepts()
            company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
            if not trusted:
                vals.pop("date_logged", None)
                vals.pop("grace_days", None)
            vals.setdefault("date_logged", company._crm_credit_today())
            vals.setdefault("grace_days", company.sudo().crm_promise_grace_days)
            partner = self.env["res.partner"].browse(vals.get("partner_id")).sudo()
            if self.env.user.share:
                vals.setdefault("user_id", partner.commercial_partner_id.user_id.id)
            vals["partner_id"] = partner.commercial_partner_id.id
            vals["line_ids"] = vals.get("line_ids") or self._spread_commands(vals, company)
            wanted = [command[2] for command in vals["line_ids"] if command[0] == Command.CREATE]
            vals["amount"] = sum(line.get("amount") or 0.0 for line in wanted)
            items = self.env["account.move.line"].sudo().browse([line.get("move_line_id") for line in wanted])
            users = items.move_id.invoice_user_id
            vals["salesperson_id"] = users.id if len(users) == 1 else partner.commercial_partner_id.user_id.id
        self.env["crm.collection.task"].sudo()._lock_customers(
            {(vals["partner_id"], vals.get("company_id") or self.env.company.id) for vals in vals_list}
        )
        promises = super().create(vals_list)
        promises.sudo()._check_promise()
        for promise in promises.filtered(lambda promise: promise.channel != "portal"):
            self.env["crm.collection.call"]._log(
                promise.partner_id, promise.company_id, "promise", promise_id=promise.id, note=promise.note
            )
        promises._refresh_worklist()
        return promises

    def _refresh_worklist(self):
        """What is promised need not be asked for any more."""
        for company, promises in self.sudo().grouped("company_id").items():
            self.env["crm.collection.task"].sudo()._refresh(company, promises.partner_id)

    @api.model
    def _spread_commands(self, vals, company):
        amount = vals.get("amount") or 0.0
        currency = company.sudo().currency_id
        if currency.compare_amounts(amount, 0) <= 0:
            raise ValidationError(self.env._("Enter the amount that the customer promised to pay."))
        items = self._open_items(company, vals["partner_id"])
        # What floats leave over (0.1 + 0.2 - 0.3) is no share.
        spread = rules.spread(currency.round(amount), items)
        left = [(key, currency.round(share)) for key, share in spread if not currency.is_zero(share)]
        total = sum(share for _key, share in left)
        if currency.compare_amounts(total, amount) < 0:
            raise ValidationError(
                self.env._(
                    "Only %(open)s is open and not promised or disputed yet: no more can be promised.",
                    open=currency.format(total),
                )
            )
        return [Command.create({"move_line_id": key, "amount": share}) for key, share in left]

    @api.model
    def _open_items(self, company, partner_id):
        """What of a customer is open and free to be promised, oldest due date first: [(journal item id, amount)]."""
        Item = self.env["crm.open.item"]
        items = Item.search_fetch(
            [
                ("partner_id", "=", partner_id),
                ("company_id", "child_of", company.id),
                ("residual", ">", 0),
                ("kind", "in", ("invoice", "entry")),
            ],
            ["residual"],
            order="due_date, id",
        )
        taken = self._taken(items.ids, company._crm_credit_today())
        # Those on which the user pressed the button come first.
        first = set(self.env.context.get("crm_promise_items") or ())
        items = items.sorted(lambda item: item.id not in first)
        free = [(item.id, company.sudo().currency_id.round(item.residual - taken.get(item.id, 0.0))) for item in items]
        return [(item_id, amount) for item_id, amount in free if amount > 0]

    @api.model
    def _taken(self, line_ids, today):
        """What is promised or disputed already of journal items: {id: amount}."""
        if not line_ids:
            return {}
        companies = self.env["res.company"].sudo().search([]).ids
        query = SQL(
            "SELECT line_id, SUM(amount) FROM (SELECT line_id, amount FROM (%s) promised UNION ALL "
            "SELECT line_id, amount FROM (%s) disputed) taken WHERE line_id = ANY(%s) GROUP BY line_id",
            self._promised_query(companies, today),
            self.env["crm.dispute"]._disputed_query(companies, today),
            list(line_ids),
        )
        return {line_id: float(amount) for line_id, amount in self.env.execute_query(query)}

    def _check_promise(self):
        """What a new promise must be: ahead, of this customer, and of what is really open."""
        for promise in self:
            longest = promise.company_id.crm_promise_max_days
            if promise.date < promise.date_logged:
                raise ValidationError(self.env._("The promised date has passed already."))
            if longest and promise.date > promise.date_logged + timedelta(days=longest):
                raise ValidationError(
                    self.env._("A promise may lie at most %(days)s days ahead (see the settings).", days=longest)
                )
        self.line_ids._check_open()

    def write(self, vals):
        """What was promised stays as it was said: another date or amount is another promise."""
        fixed = GUARDED | {"date", "amount", "grace_days", "line_ids", "partner_id", "company_id"}
        if not self.env.su and fixed & vals.keys():
            raise UserError(self.env._("A promise stays as it was made. Cancel it and log the new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Promises are kept as history. Cancel this one instead."))

    def action_cancel(self):
        """Withdraw open promises: their lines are overdue again."""
        self.check_access("write")
        for promise in self.filtered(lambda promise: promise.state == rules.OPEN).sudo():
            promise.write(
                {
                    "state": rules.CANCELLED,
                    "cancelled_by_id": self.env.uid,
                    "date_closed": promise.company_id._crm_credit_today(),
                }
            )
        self._refresh_worklist()

    # === API === #

    @api.model
    def _promised_query(self, company_ids, as_of, by_date=False, accepted=False) -> SQL:
        """What was promised and not yet paid at a date: (line_id, amount, date), open promises only.

        One row per journal item: `amount` in the company's currency (+), `date` the earliest promised date; with
        `by_date` one row per journal item and promised date. A promise is open from the day it was logged until it
        was closed, at most until its deadline. `accepted`: without the promises that wait to be accepted. Reads only;
        no rights are checked: filter what you join it to.
        """
        for name in ("crm.payment.promise", "crm.payment.promise.line", "crm.payment.promise.part"):
            self.env[name].flush_model()
        return SQL(
            """
            SELECT line.move_line_id AS line_id, SUM(line.amount - COALESCE(paid.amount, 0)) AS amount,
                   MIN(promise.date) AS date
              FROM crm_payment_promise_line line
              JOIN crm_payment_promise promise ON promise.id = line.promise_id
         LEFT JOIN LATERAL (
                SELECT SUM(part.amount) AS amount
                  FROM crm_payment_promise_part part
                 WHERE part.line_id = line.id AND part.date <= %(as_of)s
              ) paid ON TRUE
             WHERE line.company_id = ANY(%(companies)s)
               AND promise.date_logged <= %(as_of)s
               AND promise.deadline >= %(as_of)s
               AND (promise.date_closed IS NULL OR promise.date_closed > %(as_of)s)%(accepted)s
          GROUP BY line.move_line_id%(by_date)s
            HAVING SUM(line.amount - COALESCE(paid.amount, 0)) > 0
            """,
            as_of=fields.Date.to_date(as_of),
            companies=list(company_ids),
            by_date=SQL(", promise.date") if by_date else SQL(),
            accepted=SQL(" AND promise.to_accept IS NOT TRUE") if accepted else SQL(),
        )
