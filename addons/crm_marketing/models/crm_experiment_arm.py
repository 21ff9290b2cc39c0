from odoo import api, fields, models
from odoo.exceptions import UserError

VERDICTS = [
    ("not_enough", "Not enough data"),
    ("mismatch", "Cells not as drawn"),
    ("undecided", "Undecided"),
    ("better", "Better"),
    ("worse", "Worse"),
]


class CrmExperimentArm(models.Model):
    """A cell of a split test: who gets what, and what came of it.

    Shares in percent of the customers drawn. Rates in percent; money per customer in the company's currency, signs as
    in the measure. Figures are written by crm.experiment when it measures; the verdict only on the day of decision.
    """

    _name = "crm.experiment.arm"
    _description = "Test Cell"
    _order = "experiment_id, sequence, id"
    _check_company_auto = True

    experiment_id = fields.Many2one("crm.experiment", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="experiment_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="experiment_id.state")
    name = fields.Char(required=True, translate=False)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("control", "Control"),
            ("variant", "Variant"),
            ("holdout", "Holdout"),
            ("rest", "Rest"),
        ],
        required=True,
        default="variant",
        help="Control: what is done today. Variant: what is tried. Holdout: gets nothing, shows what would have "
        "happened anyway. Rest: waits for the winner.",
    )
    share = fields.Float("Share (%)", digits=(5, 2), required=True)
    mailing_id = fields.Many2one("mailing.mailing", index="btree_not_null", ondelete="restrict", copy=False)
    note = fields.Char("What They Get")

    units = fields.Integer("Customers", readonly=True, copy=False, help="Each commercial entity counts once.")
    total = fields.Float("Sum", readonly=True, copy=False, digits=(16, 2))
    squares = fields.Float("Sum of Squares", readonly=True, copy=False, aggregator=None)
    result = fields.Float(readonly=True, copy=False, digits=(16, 2), aggregator="avg")
    result_low = fields.Float("From", readonly=True, copy=False, digits=(16, 2), aggregator=None)
    result_high = fields.Float("To", readonly=True, copy=False, digits=(16, 2), aggregator=None)
    difference = fields.Float("Against Baseline", readonly=True, copy=False, digits=(16, 2), aggregator=None)
    difference_low = fields.Float("Difference from", readonly=True, copy=False, digits=(16, 2), aggregator=None)
    difference_high = fields.Float("Difference to", readonly=True, copy=False, digits=(16, 2), aggregator=None)
    p_value = fields.Float("p", readonly=True, copy=False, digits=(8, 5), aggregator=None)
    chance = fields.Float("Chance to Be Better (%)", readonly=True, copy=False, digits=(5, 1), aggregator=None)
    verdict = fields.Selection(VERDICTS, readonly=True, copy=False)
    needed = fields.Integer(
        "More Needed", readonly=True, copy=False, aggregator=None, help="Customers still missing in each cell."
    )

    _check_share = models.Constraint("CHECK (share > 0 AND share <= 100)", "A cell has a share above 0, up to 100 %.")

    @api.depends("name", "experiment_id.name")
    def _compute_display_name(self):
        for arm in self:
            arm.display_name = f"{arm.experiment_id.name}: {arm.name}"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        if any(arm.state != "draft" for arm in self):
            raise UserError(self.env._("The customers are drawn already: a cell can no longer be removed."))

    def write(self, vals):
        if {"share", "kind", "experiment_id"} & set(vals) and any(arm.state != "draft" for arm in self):
            raise UserError(self.env._("The customers are drawn already: shares and kinds of the cells stand."))
        return super().write(vals)

    def _members_domain(self):
        """Domain on res.partner: who is in these cells."""
        return [("crm_experiment_member_ids.arm_id", "in", self.ids)]

    def action_open_members(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_experiment_member_action")
        return action | {"domain": [("arm_id", "=", self.id)], "display_name": self.display_name}

    def action_create_mailing(self):
        """A draft mailing to exactly this cell, in the test's campaign."""
        self.ensure_one()
        if self.state != "running":
            raise UserError(self.env._("Draw the customers first, then write to a cell."))
        if self.kind == "holdout":
            raise UserError(self.env._("The holdout gets nothing."))
        if not self.mailing_id:
            self.mailing_id = self.env["mailing.mailing"].create(self._mailing_values())
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "res_id": self.mailing_id.id,
            "views": [(False, "form")],
        }

    def _mailing_values(self):
        return {
            "subject": self.display_name,
            "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            "mailing_domain": repr(self._members_domain()),
            "campaign_id": self.experiment_id.campaign_id.id,
            "user_id": self.experiment_id.user_id.id or self.env.uid,
        }

    def _aim_mailings(self):
        """A draft mailing chosen for a cell goes to that cell."""
        for arm in self.filtered("mailing_id"):
            if arm.mailing_id.state not in ("draft", "in_queue"):
                raise UserError(self.env._("%(mailing)s has been sent already.", mailing=arm.mailing_id.display_name))
            values = arm._mailing_values()
            arm.mailing_id.write(
                {name: values[name] for name in ("mailing_model_id", "mailing_domain", "campaign_id")}
                | {"ab_testing_enabled": False}
            )
