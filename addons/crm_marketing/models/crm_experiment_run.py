from odoo import fields, models
from odoo.addons.crm_custom.tools.split import largest_remainder
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmExperimentRun(models.Model):
    """Drawing the customers of a split test, and rolling its winner out."""

    _inherit = "crm.experiment"

    # === DRAW === #

    def action_start(self):
        self._start(fields.Datetime.now())

    def _start(self, now):
        """Draw the customers into the cells, once; from here on shares and the day of decision stand."""
        for test in self:
            test.check_access("write")
            if test.state != "draft":
                raise UserError(self.env._("%(test)s has been started already.", test=test.name))
            test._check_ready(now)
            test.arm_ids._aim_mailings()
            if test.segment_id:
                test.segment_version_id = test.segment_id._freeze(
                    test.name, channel="email" if test.channel == "mail" else False
                )
            test._add_silent_arms()
            drawn = test._draw()
            if not drawn:
                raise UserError(self.env._("No customer fits the condition."))
            test.write({"state": "running", "date_start": now})
            test._measure()

    def _check_ready(self, now):
        active = self.arm_ids.filtered(lambda arm: arm.kind in ("control", "variant"))
        if len(active) + bool(self.holdout_share) < 2:
            raise UserError(self.env._("A test needs two cells, or one cell and a holdout."))
        if self.metric in ("click", "reply") and len(active) < 2:
            raise UserError(self.env._("The holdout gets no mail: clicks and replies need two cells."))
        if sum(active.mapped("share")) + self.holdout_share > 100.005:
            raise UserError(self.env._("The cells and the holdout together are more than 100 %."))
        if not self.date_decision or self.date_decision <= now:
            raise UserError(self.env._("Fix a day of decision in the future before you start."))

    def _add_silent_arms(self):
        """Holdout and the rest that waits for the winner."""
        rest = 100 - self.holdout_share - sum(self.arm_ids.mapped("share"))
        silent = [("holdout", self.env._("Holdout"), self.holdout_share), ("rest", self.env._("Rest"), rest)]
        self.env["crm.experiment.arm"].create(
            [
                {"experiment_id": self.id, "kind": kind, "name": name, "share": share, "sequence": 1000}
                for kind, name, share in silent
                if share > 0.005
            ]
        )

    def _draw(self):
        """Insert the members; returns the number of customers. The order is a hash of test and customer."""
        self.env.flush_all()
        audience = self.env["res.partner"].with_context(active_test=True)._search(self._audience_domain()).select()
        units = SQL(
            """SELECT partner.commercial_partner_id AS unit
                 FROM res_partner partner JOIN (%s) audience ON audience.id = partner.id
                WHERE partner.commercial_partner_id IS NOT NULL GROUP BY 1""",
            audience,
        )
        [(count,)] = self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) units", units))
        bounds, start = [], 0
        for arm, size in zip(self.arm_ids, largest_remainder(count, self.arm_ids.mapped("share"), 0), strict=True):
            bounds.append(SQL("(%s, %s, %s)", arm.id, start, start + int(size)))
            start += int(size)
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_experiment_member (experiment_id, arm_id, company_id, partner_id,
                          commercial_partner_id, create_uid, create_date, write_uid, write_date)
                   SELECT %(test)s, cell.arm_id, %(company)s, partner.id, partner.commercial_partner_id,
                          %(user)s, NOW() AT TIME ZONE 'UTC', %(user)s, NOW() AT TIME ZONE 'UTC'
                     FROM (SELECT unit, ROW_NUMBER() OVER (ORDER BY MD5(%(salt)s || unit), unit) AS place
                             FROM (%(units)s) units) ranked
                     JOIN (VALUES %(bounds)s) AS cell (arm_id, low, high)
                       ON ranked.place > cell.low AND ranked.place <= cell.high
                     JOIN res_partner partner ON partner.commercial_partner_id = ranked.unit
                     JOIN (%(audience)s) audience ON audience.id = partner.id""",
                test=self.id,
                company=self.company_id.id,
                user=self.env.uid,
                salt=f"{self.id}:",
                units=units,
                bounds=SQL(", ").join(bounds),
                audience=audience,
            )
        )
        self.env["crm.experiment.member"].invalidate_model()
        self.env["res.partner"].invalidate_model(["crm_experiment_member_ids"])
        return count

    # === ROLL OUT === #

    def action_adopt(self):
        """The winner becomes the rule; a mailing goes, as a draft, to those that waited."""
        self.ensure_one()
        self.check_access("write")
        if self.outcome not in ("winner", "baseline"):
            raise UserError(self.env._("There is no winner to roll out."))
        if not self.adopted:
            self.write({"adopted": True, "adopted_date": fields.Date.context_today(self)})
        rest = self.arm_ids.filtered(lambda arm: arm.kind == "rest")
        if self.winner_id.mailing_id and rest and not self.rollout_mailing_id:
            self.rollout_mailing_id = self.winner_id.mailing_id.copy(
                {"mailing_domain": repr(rest._members_domain()), "ab_testing_enabled": False}
            )
        if not self.rollout_mailing_id:
            return True
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "res_id": self.rollout_mailing_id.id,
            "views": [(False, "form")],
        }
