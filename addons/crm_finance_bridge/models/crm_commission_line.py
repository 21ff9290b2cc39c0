from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr

FINAL = ("sent", "objected", "approved", "posted")
"""States of a statement whose lines a computation does not touch any more."""


class CrmCommissionLine(models.Model):
    """Commission of one person on one source by one rate; or what is taken back of it.

    Amounts in company currency, + = earned, - = taken back. The money (`source_amount`) of the lines of a plan that
    are not on top of others' equals `crm.collection`, to the cent, for plans on collected money.
    """

    _name = "crm.commission.line"
    _description = "Commission Line"
    _order = "date DESC, id DESC"
    _check_company_auto = True

    statement_id = fields.Many2one(
        "crm.commission.statement", "Commission Statement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="statement_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="statement_id.user_id", string="Person", store=True, index=True)
    month = fields.Date(related="statement_id.month", store=True, help="First day of the month of the statement.")
    state = fields.Selection(related="statement_id.state")
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_id = fields.Many2one("crm.commission.plan", index=True, ondelete="restrict", readonly=True)
    rule_id = fields.Many2one(
        "crm.commission.rule", "Rate Used", ondelete="set null", index="btree_not_null", readonly=True
    )
    kind = fields.Selection(
        [("earned", "Earned"), ("clawback", "Taken Back or Corrected"), ("cap", "Over the Cap"), ("manual", "By Hand")],
        required=True,
        default="manual",
        readonly=True,
    )
    source = fields.Selection(
        [
            ("collection", "Money Collected"),
            ("credit_note", "Credit Note"),
            ("invoice", "Invoice"),
            ("write_off", "Write-Off"),
            ("late", "Unpaid Too Long"),
            ("order", "Order"),
        ],
        readonly=True,
    )
    source_key = fields.Char(readonly=True, index="btree_not_null", help="Technical: the source row.")
    date = fields.Date(required=True, default=fields.Date.context_today, help="The day of the money, invoice or order.")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index="btree_not_null")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, index="btree_not_null", ondelete="set null")
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null", ondelete="set null")
    days_late = fields.Integer(readonly=True, aggregator="avg")
    source_amount = fields.Monetary("Money", readonly=True, help="The person's part of the money, invoice or order.")
    base_amount = fields.Monetary("Base", readonly=True, help="What the rate applies to.")
    by_tier = fields.Boolean(readonly=True)
    rate = fields.Float("Rate (%)", digits=(16, 3), readonly=True, aggregator=None, help="By tiers: as it came out.")
    share = fields.Float("Share (%)", digits=(6, 2), readonly=True, aggregator=None)
    is_correction = fields.Boolean(readonly=True, help="Of a source that was booked in an earlier statement.")
    origin_month = fields.Date(
        "Earned in", readonly=True, help="First day of the month whose commission is taken back. Empty: of this month."
    )
    is_override = fields.Boolean("On Top", readonly=True)
    amount = fields.Monetary("Commission", required=True)
    note = fields.Char("Reason")
    why = fields.Char(compute="_compute_why")

    _source_idx = models.Index("(plan_id, source_key) WHERE source_key IS NOT NULL")

    @api.depends("kind", "source", "rate", "base_amount", "note")
    def _compute_display_name(self):
        for line in self:
            number = line.sudo().move_id.name or line.sudo().order_id.name
            line.display_name = number or line.note or line._fields["kind"].convert_to_export(line.kind, line)

    @api.depends(
        "kind", "source", "rate", "base_amount", "note", "rule_id", "share", "is_override", "by_tier", "is_correction",
        "origin_month", "amount",
    )  # fmt: skip
    def _compute_why(self):
        for line in self:
            line.why = line._why()

    def _why(self):
        """One sentence with the inputs, in the reader's language."""
        self.ensure_one()
        base = self.currency_id.format(self.base_amount)
        values = {
            "rate": float_repr(self.rate, 3).rstrip("0").rstrip("."),
            "base": base,
            "rule": self.rule_id.name or "",
            "share": float_repr(self.share, 2).rstrip("0").rstrip("."),
            "days": self.days_late,
        }
        if self.kind == "manual":
            return self.note or self.env._("Entered by hand.")
        if self.kind == "cap" and self.amount > 0:
            return self.env._("What was beyond the plan's cap was taken back: the cap takes less.")
        if self.kind == "cap":
            return self.env._("Earned beyond the plan's cap of %s.", self.currency_id.format(self.plan_id.cap_amount))
        if self.is_correction:
            return self.env._("The source changed after it was paid: %(base)s at the rate paid then.", **values)
        if self.origin_month:
            return self.env._("Taken back at the rate that was paid: %(rate)s %% of %(base)s.", **values)
        if self.is_override:
            return self.env._("%(share)s %% of what the salesperson earns on %(base)s.", **values)
        if not self.user_id:
            return self.env._("Nobody earns it: the document names no salesperson.")
        if not self.rule_id:
            return self.env._("No rate of the plan fits.")
        if self.plan_id.base == "margin" and not self.base_amount:
            return self.env._("No commission: no cost yet, or no margin.")
        if self.rule_id.kind == "none":
            return self.env._("No commission on this: %(rule)s.", **values)
        late = self.source == "collection" and self.source_amount > 0 and self.days_late > self.plan_id.late_days
        if self.plan_id.late_days and late:
            return self.env._("%(rate)s %% of %(base)s (%(rule)s), paid %(days)s days late.", **values)
        if self.by_tier:
            return self.env._("%(rate)s %% of %(base)s by tiers (%(rule)s).", **values)
        return self.env._("%(rate)s %% of %(base)s (%(rule)s).", **values)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        lines._reset_acceptance()
        return lines

    def write(self, vals):
        """A line may not leave an approved statement, nor enter one."""
        self._check_open()
        left = self.statement_id
        result = super().write(vals)
        self._check_open()
        self._reset_acceptance(left)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._check_open()
        self._reset_acceptance()

    def _reset_acceptance(self, left=None):
        """What the person accepted is not what it was: ask again. `left`: statements the lines were in before."""
        statements = self.statement_id if left is None else self.statement_id | left
        changed = statements.sudo().filtered(lambda statement: statement.state == "sent" and statement.accepted_on)
        changed.write({"accepted_on": False})
        for statement in changed:
            statement.message_post(
                body=self.env._("A line changed after you accepted. Please check your commission again."),
                partner_ids=statement.user_id.partner_id.ids,
            )

    def _check_open(self):
        """Lines of an approved statement stay; by hand a person adds or changes only lines of their own making."""
        if self.statement_id.filtered(lambda statement: statement.state in ("approved", "posted")):
            raise UserError(self.env._("The statement is approved: put a correction into the next one."))
        if not self.env.su and self.filtered(lambda line: line.kind != "manual"):
            raise UserError(self.env._("Computed lines do not change by hand: add a line of your own."))

    def action_open_source(self):
        """Open the invoice or order behind the line."""
        self.ensure_one()
        record = self.move_id or self.order_id
        return record._get_records_action() if record else False
