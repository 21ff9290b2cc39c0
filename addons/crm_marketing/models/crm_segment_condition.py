from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools import segments

NUMBER_KINDS = ("overdue", "idle", "lifetime", "sales", "score", "metric")
CHOICE_KINDS = ("class", "lifecycle", "payer", "pattern", "rfm")
FACT_PREFIX = "fact_"


class CrmSegmentCondition(models.Model):
    """One condition on a customer's behaviour, of a segment or of a policy.

    Each kind reads a source of (partner_id, value) by commercial partner (crm_segment_source.py); a customer without
    a value fails the condition. `negate` turns the answer round, then a customer without a value meets it.
    Money in company currency, days counted to the company's today.
    """

    _name = "crm.segment.condition"
    _description = "Segment Condition"
    _order = "sequence, id"
    _rec_name = "text"

    segment_id = fields.Many2one("crm.segment", ondelete="cascade", index=True)
    policy_id = fields.Many2one("crm.policy", ondelete="cascade", index=True)
    phase = fields.Selection([("member", "Belongs"), ("entry", "Enters"), ("exit", "Leaves")], default="member")
    sequence = fields.Integer(default=10)
    kind = fields.Selection("_selection_kind", "Behaviour", required=True, default="class")
    value_type = fields.Selection(
        [
            ("choice", "Choice"),
            ("number", "Number"),
            ("cell", "RFM cell"),
            ("bought", "Products"),
            ("need", "Need"),
            ("segment", "Segment"),
        ],
        compute="_compute_value_type",
    )
    negate = fields.Boolean("Not", help="The condition holds for all customers of whom this is not true.")
    choice_ids = fields.Many2many("crm.segment.choice", string="Any of", domain="[('kind', '=', kind)]")
    cells = fields.Char("RFM Cells", help="Recency, frequency, monetary from 1 to 5; * for any. Several with commas.")
    operator = fields.Selection(
        [("at_least", "at least"), ("at_most", "at most"), ("between", "between")], default="at_least", required=True
    )
    amount = fields.Float("Value", digits=(16, 2))
    amount_to = fields.Float("Up to", digits=(16, 2))
    metric_id = fields.Many2one("crm.metric", domain="[('subject', '=', 'customer')]", ondelete="cascade")
    product_ids = fields.Many2many("product.product", "crm_segment_condition_bought_rel", string="Bought")
    categ_ids = fields.Many2many("product.category", "crm_segment_condition_categ_rel", string="Bought of Category")
    without_product_ids = fields.Many2many("product.product", "crm_segment_condition_without_rel", string="But Not")
    without_categ_ids = fields.Many2many(
        "product.category", "crm_segment_condition_wo_categ_rel", string="But Not of Category"
    )
    months = fields.Integer("Within Months", help="Empty: at any time.")
    other_segment_id = fields.Many2one("crm.segment", "Member of", ondelete="cascade", index="btree_not_null")
    text = fields.Char("Condition", compute="_compute_text")

    _check_owner = models.Constraint(
        "CHECK ((segment_id IS NULL) <> (policy_id IS NULL))", "A condition belongs to a segment or to a policy."
    )
    _check_months = models.Constraint("CHECK (months >= 0)", "Months cannot be negative.")

    # === COMPUTES === #

    @api.model
    def _selection_kind(self):
        """Kinds of condition; facts of other addons come in through res.partner's `_crm_live_facts`."""
        facts = self.env["res.partner"]._crm_live_facts(self.env.company)
        return [
            ("class", self.env._("Customer class")),
            ("lifecycle", self.env._("Lifecycle")),
            ("payer", self.env._("Payer class")),
            ("pattern", self.env._("Buying pattern")),
            ("rfm", self.env._("RFM group")),
            ("cell", self.env._("RFM cell")),
            ("overdue", self.env._("Days past the next order due")),
            ("idle", self.env._("Days since the last purchase")),
            ("bought", self.env._("Bought, but not")),
            ("need", self.env._("Open need for")),
            ("lifetime", self.env._("Lifetime value")),
            ("sales", self.env._("Sales of twelve months")),
            ("score", self.env._("Score")),
            ("metric", self.env._("Metric of the scorecard")),
            ("segment", self.env._("Member of a segment")),
            *((f"{FACT_PREFIX}{code}", label) for code, (label, _query) in facts.items()),
        ]

    @api.depends("kind")
    def _compute_value_type(self):
        for condition in self:
            kind = condition.kind or ""
            if kind in CHOICE_KINDS:
                condition.value_type = "choice"
            elif kind in NUMBER_KINDS or kind.startswith(FACT_PREFIX):
                condition.value_type = "number"
            else:
                condition.value_type = kind or False

    @api.depends(
        "kind", "negate", "choice_ids", "operator", "amount", "amount_to", "metric_id", "product_ids", "categ_ids",
        "without_product_ids", "without_categ_ids", "months", "other_segment_id", "cells",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_text(self):
        kinds = dict(self._selection_kind())
        for condition in self:
            label = kinds.get(condition.kind, "")
            if condition.kind == "metric":
                label = condition.metric_id.sudo().name or label
            values = {"what": label, "which": condition._which_text()}
            condition.text = (
                self.env._("not (%(what)s: %(which)s)", **values)
                if condition.negate
                else self.env._("%(what)s: %(which)s", **values)
            )

    def _which_text(self):
        """What is asked for: 'A, B', 'at least 10', 'Paint but not Brushes in 12 months'."""
        self.ensure_one()
        if self.value_type == "choice":
            return ", ".join(self.choice_ids.mapped("name")) or "?"
        if self.value_type == "number":
            return self._number_text()
        if self.value_type == "cell":
            return self.cells or "?"
        if self.value_type == "segment":
            return self.other_segment_id.name or "?"
        bought = self._names(self.product_ids, self.categ_ids) or self.env._("anything")
        if self.value_type == "need":
            return self._names(self.categ_ids) or self.env._("anything")
        without = self._names(self.without_product_ids, self.without_categ_ids)
        if without:
            bought = self.env._("%(bought)s, not %(without)s", bought=bought, without=without)
        if self.months:
            bought = self.env._("%(bought)s, in %(months)s months", bought=bought, months=self.months)
        return bought

    def _number_text(self):
        low, high = f"{self.amount:,.10g}", f"{self.amount_to:,.10g}"
        if self.operator == "between":
            return self.env._("%(low)s to %(high)s", low=low, high=high)
        if self.operator == "at_most":
            return self.env._("at most %(value)s", value=low)
        return self.env._("at least %(value)s", value=low)

    def _names(self, *recordsets):
        return ", ".join(name for records in recordsets for name in records.mapped("display_name"))

    # === CHECKS === #

    @api.constrains(
        "kind", "choice_ids", "operator", "amount", "amount_to", "metric_id", "product_ids", "categ_ids",
        "without_product_ids", "without_categ_ids", "other_segment_id", "cells",
    )  # fmt: skip
    def _check_complete(self):
        kinds = dict(self._selection_kind())
        for condition in self:
            incomplete = (
                (condition.value_type == "choice" and not condition.choice_ids)
                or (condition.kind == "metric" and not condition.metric_id)
                or (condition.kind == "segment" and not condition.other_segment_id)
                or (condition.kind == "cell" and not segments.cells(condition.cells))
                or (condition.operator == "between" and condition.amount_to < condition.amount)
            )
            if condition.kind not in kinds or incomplete:
                raise ValidationError(
                    self.env._(
                        "Complete the condition '%(condition)s' first.", condition=kinds.get(condition.kind, "?")
                    )
                )
            if condition.choice_ids.filtered(lambda choice, kind=condition.kind: choice.kind != kind):
                raise ValidationError(self.env._("A value does not belong to '%(kind)s'.", kind=kinds[condition.kind]))

    # === QUERY === #

    def _match(self, alias):
        """Condition on the source's row of a customer; without looking at `negate`."""
        self.ensure_one()
        value = SQL("%s.value", SQL.identifier(alias))
        if self.value_type == "choice":
            codes = tuple(self.choice_ids.mapped("code"))
            return SQL("%s IN %s", value, codes) if codes else SQL("FALSE")
        if self.value_type == "cell":
            patterns = [cell.replace("*", "_") for cell in segments.cells(self.cells)]
            return SQL("%s LIKE ANY(%s)", value, patterns) if patterns else SQL("FALSE")
        if self.value_type != "number":
            return SQL("TRUE")
        if self.operator == "between":
            return SQL("%s BETWEEN %s AND %s", value, self.amount, self.amount_to)
        return SQL("%s %s %s", value, SQL("<=" if self.operator == "at_most" else ">="), self.amount)

    def _matched(self, company, today):
        """Query of the commercial partners (partner_id) of whom the condition is true, `negate` left out."""
        return SQL(
            "SELECT source.partner_id FROM (%s) source WHERE source.partner_id IS NOT NULL AND %s",
            self._source(company, today),
            self._match("source"),
        )
