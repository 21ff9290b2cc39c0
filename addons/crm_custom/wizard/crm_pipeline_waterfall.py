from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CrmPipelineWaterfall(models.TransientModel):
    """Asks for the two days between which the change of the pipeline is wanted."""

    _name = "crm.pipeline.waterfall"
    _description = "Change of the Pipeline Between Two Days"

    date_from = fields.Date(
        "From the end of",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1) - timedelta(1),
    )
    date_to = fields.Date("To the end of", required=True, default=fields.Date.context_today)
    close_from = fields.Date("Expected to close from")
    close_to = fields.Date("Expected to close up to")
    note = fields.Char(compute="_compute_note")

    @api.depends("date_from", "date_to")
    def _compute_note(self):
        """Say where the figures come from the history, and where there are none yet."""
        days = self.env["crm.pipeline.day"].sudo()
        [[first]] = days._read_group([("company_id", "in", self.env.companies.ids)], [], ["day:min"])
        for wizard in self:
            rebuilt = days.search_count(
                [("day", "in", [wizard.date_from, wizard.date_to]), ("source", "=", "rebuilt")], limit=1
            )
            if first and wizard.date_from and wizard.date_from < first:
                wizard.note = self.env._(
                    "The pipeline is known from %(date)s on: before that day everything counts as new.",
                    date=format_date(self.env, first),
                )
            elif rebuilt:
                wizard.note = self.env._("One of the days is rebuilt from the log of changes.")
            else:
                wizard.note = False

    def action_open(self):
        self.ensure_one()
        if self.date_from >= self.date_to:
            raise UserError(self.env._("The first day must lie before the second."))
        if self.close_from and self.close_to and self.close_from > self.close_to:
            raise UserError(self.env._("The window of expected closings ends before it begins."))
        snapshot = self.env["crm.pipeline.snapshot"].sudo()
        if self.date_to >= snapshot._today():
            snapshot._run()  # the newest figures, whatever the hour
        title = self.env._(
            "Pipeline from %(first)s to %(last)s",
            first=format_date(self.env, self.date_from),
            last=format_date(self.env, self.date_to),
        )
        keys = {"pipeline_from": self.date_from, "pipeline_to": self.date_to}
        keys |= {"close_from": self.close_from, "close_to": self.close_to}
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_pipeline_change_action")
        return {
            **action,
            "path": False,
            "name": title,
            "display_name": title,
            "context": {
                "search_default_group_step": 1,
                **{key: fields.Date.to_string(day) for key, day in keys.items() if day},
            },
            "target": "main",
        }
