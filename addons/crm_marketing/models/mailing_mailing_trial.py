from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import experiment as rules

# Ways to choose the winner of Odoo's A/B mailings that ask for evidence: the date of the answer.
EVIDENCE = {"crm_evidence_clicks": "links_click_datetime", "crm_evidence_replies": "reply_datetime"}


class MailingMailing(models.Model):
    """A holdout is left alone by its campaign's mailings; a winner of A/B mailings may be asked for evidence."""

    _inherit = "mailing.mailing"

    def _get_recipients_domain(self):
        return Domain(super()._get_recipients_domain()) & self._holdout_domain()

    def _holdout_domain(self):
        """Leave out the holdouts of the campaign's running tests; a subquery, no query of its own."""
        if not self.campaign_id:
            return Domain.TRUE
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        held = partners._search(
            [
                (
                    "crm_experiment_member_ids",
                    "any",
                    [
                        ("experiment_id.campaign_id", "=", self.campaign_id.id),
                        ("experiment_id.state", "=", "running"),
                        ("arm_id.kind", "=", "holdout"),
                    ],
                )
            ]
        )
        model = self.env[self.mailing_model_real]
        if model._name == "res.partner":
            return Domain("id", "not in", held)
        field = model._fields.get("partner_id")
        if field and field.comodel_name == "res.partner":
            return Domain("partner_id", "=", False) | Domain("partner_id", "not in", held)
        return Domain.TRUE

    def action_crm_experiment(self):
        """Plan a test of this mailing against a holdout."""
        self.ensure_one()
        test = self.env["crm.experiment.arm"].search([("mailing_id", "=", self.id)], limit=1).experiment_id
        test = test or self.env["crm.experiment"]._from_mailing(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.experiment",
            "res_id": test.id,
            "views": [(False, "form")],
        }

    # === EVIDENCE FOR ODOO'S A/B WINNER === #

    def action_send_winner_mailing(self):
        selection = self[:1]._get_ab_testing_winner_selection()["value"] if self else False
        if selection not in EVIDENCE:
            return super().action_send_winner_mailing()
        if len(self.campaign_id) != 1 or any(mailing.ab_testing_completed for mailing in self):
            raise UserError(self.env._("A winner is sent once, of the mailings of one campaign."))
        campaign = self.campaign_id
        if campaign.ab_testing_schedule_datetime and campaign.ab_testing_schedule_datetime > fields.Datetime.now():
            raise UserError(self.env._("The winner is chosen on the day fixed for it, not before."))
        winner, reason = self[:1].sudo()._evidence_winner(EVIDENCE[selection])
        if winner:
            campaign.sudo()._message_log(body=reason)
            return self.browse(winner.id).action_select_as_winner()
        campaign.crm_evidence_reason = reason
        return False

    def _evidence_winner(self, date_field):
        """Return (mailing or none, the reason in one sentence) of the sent siblings, the best against each other."""
        mailings = self._get_ab_testing_siblings_mailings().filtered(lambda mailing: mailing.state == "done")
        groups = self.env["mailing.trace"]._read_group(
            [("mass_mailing_id", "in", mailings.ids), ("is_test_trace", "=", False), ("sent_datetime", "!=", False)],
            ["mass_mailing_id"],
            ["__count", f"{date_field}:count"],
        )
        cells = {mailing: rules.rate_cell(answers, sent) for mailing, sent, answers in groups}
        if len(cells) < 2:
            return self.browse(), self.env._("Undecided: two sent versions are needed.")
        best, *others = sorted(cells, key=lambda mailing: (-cells[mailing].mean, mailing.id))
        found = [rules.compare_rates(cells[other], cells[best], comparisons=len(others)) for other in others]
        values = {
            "best": best.subject or best.display_name,
            "rate": f"{100 * cells[best].mean:.2f}",
            "second": f"{100 * cells[others[0]].mean:.2f}",
            "p": f"{max(one.p_value for one in found):.3f}",
            "needed": max(one.needed for one in found),
        }
        if all(one.verdict == rules.BETTER for one in found):
            return best, self.env._("%(best)s wins: %(rate)s %% against %(second)s %%, p = %(p)s.", **values)
        return self.browse(), self.env._(
            "Undecided, needs %(needed)s more recipients of each version: %(best)s %(rate)s %% against "
            "%(second)s %%, p = %(p)s.",
            **values,
        )
