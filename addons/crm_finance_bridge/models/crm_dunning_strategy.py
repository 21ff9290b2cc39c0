from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools import dunning


class CrmDunningStrategy(models.Model):
    """How the overdue customers of one legal entity (root company) are reminded, level by level.

    A customer named in a strategy follows that one; else the strategy of its class; else the one for all others.
    A strategy without levels reminds nobody.
    """

    _name = "crm.dunning.strategy"
    _inherit = ["mail.thread", "crm.legal.entity.mixin"]
    _description = "Reminder Strategy"
    _order = "company_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    currency_id = fields.Many2one(related="company_id.currency_id")
    applies_to = fields.Selection(
        [
            ("default", "All other customers"),
            ("a", "Customers of class A"),
            ("b", "Customers of class B"),
            ("c", "Customers of class C"),
            ("named", "Only the customers named"),
        ],
        string="For",
        required=True,
        default="default",
        tracking=True,
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "crm_dunning_strategy_partner_rel",
        "strategy_id",
        "partner_id",
        string="Customers Named",
        domain="[('parent_id', '=', False)]",
        help="These customers follow this strategy whatever their class.",
    )
    level_ids = fields.One2many("crm.dunning.level", "strategy_id", "Levels", copy=True)
    gap_days = fields.Integer(
        "Days Between Letters",
        default=7,
        tracking=True,
        help="Least days between two letters to one customer. Missed levels are caught up one at a time.",
    )
    minimum_amount = fields.Monetary(
        "Smallest Amount", tracking=True, help="No letter while the customer's overdue amount is below. 0 = no minimum"
    )
    holdout_share = fields.Float(
        "Held Out %",
        digits=(5, 2),
        tracking=True,
        help="Share of customers whose letter is delayed, to measure what a level brings. 0 = nobody",
    )
    holdout_days = fields.Integer(
        "Delay (Days)", default=7, help="How long a letter is held out; also the days in which the effect is measured."
    )
    letter_count = fields.Integer("Letters", compute="_compute_letter_count")

    _applies_uniq = models.UniqueIndex(
        "(company_id, applies_to) WHERE active AND applies_to <> 'named'",
        "This company has a strategy for these customers already.",
    )
    _days = models.Constraint(
        "CHECK (gap_days >= 0 AND holdout_days > 0 AND minimum_amount >= 0)",
        "Days and amounts of a strategy cannot be negative.",
    )
    _share = models.Constraint(
        "CHECK (holdout_share >= 0 AND holdout_share <= 50)", "Between 0 and 50 % can be held out."
    )

    def _compute_letter_count(self):
        groups = self.env["crm.dunning.letter"]._read_group(
            [("strategy_id", "in", self.ids)], ["strategy_id"], ["__count"]
        )
        counts = {strategy.id: count for strategy, count in groups}
        for strategy in self:
            strategy.letter_count = counts.get(strategy.id, 0)

    @api.constrains("partner_ids", "company_id", "active")
    def _check_partners(self):
        """A customer is named once a company, and it is the customer that owes."""
        self.flush_model()
        for strategy in self:
            contact = strategy.partner_ids.filtered(lambda partner: partner.commercial_partner_id != partner)[:1]
            if contact:
                raise ValidationError(
                    self.env._(
                        "Name %(customer)s, who pays for this contact.", customer=contact.commercial_partner_id.name
                    )
                )
        twice = self.env.execute_query(
            SQL(
                """SELECT named.partner_id FROM crm_dunning_strategy_partner_rel named
                     JOIN crm_dunning_strategy strategy ON strategy.id = named.strategy_id AND strategy.active
                    WHERE strategy.company_id = ANY(%s)
                    GROUP BY named.partner_id, strategy.company_id HAVING COUNT(*) > 1 LIMIT 1""",
                self.company_id.ids,
            )
        )
        if twice:
            raise ValidationError(
                self.env._(
                    "%(customer)s is named in another strategy already.",
                    customer=self.env["res.partner"].browse(twice[0][0]).display_name,
                )
            )

    def _text_branch(self, name):
        return self.env._("A strategy belongs to %s, not to its branch.", name)

    def copy_data(self, default=None):
        """A copy is for named customers: two strategies cannot be for the same ones."""
        return [
            dict(values, name=self.env._("%s (copy)", strategy.name), applies_to="named", partner_ids=False)
            for strategy, values in zip(self, super().copy_data(default), strict=True)
        ]

    def action_view_letters(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_dunning_letter_action")
        return {**action, "domain": [("strategy_id", "=", self.id)], "context": {}}

    # === RULE === #

    @api.model
    def _steps(self, company, today):
        """The levels of a legal entity as (strategy id, rank, level id, latest due date reached today) rows."""
        is_working = company._crm_dunning_is_working()
        return [
            (
                strategy.id,
                rank,
                level.id,
                dunning.latest_due(today, level.days, is_working if level.working_days else None),
            )
            for strategy in self.sudo().search([("company_id", "=", company.id)])
            for rank, level in enumerate(strategy.level_ids.sorted("days"), 1)
        ]

    @api.model
    def _create_defaults(self, companies=None):
        """Three friendly levels for each legal entity that has no strategy yet; nothing is sent by itself."""
        companies = companies or self.env["res.company"].sudo().search([("parent_id", "=", False)])
        known = self.sudo().with_context(active_test=False).search([("company_id", "in", companies.ids)]).company_id
        template = self.env.ref("crm_finance_bridge.mail_template_dunning", raise_if_not_found=False)
        firm = self.env.ref("crm_finance_bridge.mail_template_dunning_firm", raise_if_not_found=False)
        if not (template and firm):
            return self.browse()
        plain = self.sudo().with_context(lang=None)
        standard, *names = plain._default_names()
        levels = [
            {"days": 7, "template_id": template.id},
            {"days": 21, "template_id": template.id},
            {"days": 35, "template_id": firm.id},
            {"days": 45, "channel": "call"},
        ]
        created = plain.create(
            [
                {
                    "name": standard,
                    "company_id": company.id,
                    "level_ids": [
                        fields.Command.create({"name": name, **values})
                        for name, values in zip(names, levels, strict=True)
                    ],
                }
                for company in companies - known
            ]
        )
        created._translate_defaults([code for code, _name in self.env["res.lang"].get_installed()])
        return self.sudo().browse(created.ids)

    @api.model
    def _default_names(self):
        """What the standard strategy and its levels are called in the language of the context."""
        return [
            self.env._("Standard"),
            self.env._("Friendly reminder"),
            self.env._("Second reminder"),
            self.env._("Last reminder"),
            self.env._("Call"),
        ]

    def _translate_defaults(self, codes):
        """Names that still are the standard ones, in these languages too: a level is the subject of its letters."""
        standard = self.with_context(lang=None)._default_names()
        for code in codes:
            texts = dict(zip(standard, self.with_context(lang=code)._default_names(), strict=True))
            for record in (*self.with_context(lang=code), *self.level_ids.with_context(lang=code)):
                text = texts.get(record.name, record.name)
                if text != record.name:
                    record.name = text
