from odoo import fields, models


class CrmFlowRun(models.Model):
    """One customer on the way through a flow: where he stands, since when, when it goes on. Written by the flow."""

    _name = "crm.flow.run"
    _description = "Customer in a Flow"
    _order = "started desc, id desc"
    _rec_name = "partner_id"

    flow_id = fields.Many2one("crm.flow", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    touch_id = fields.Many2one("crm.touch", "Trigger", index="btree_not_null", ondelete="set null")
    step_id = fields.Many2one("crm.flow.step", "Next Step", index="btree_not_null", ondelete="set null")
    started = fields.Datetime(required=True)
    due = fields.Datetime("Goes On", required=True)
    state = fields.Selection(
        [("running", "Under way"), ("done", "Through"), ("left", "Ended by a condition")],
        default="running",
        required=True,
    )
    is_test = fields.Boolean("Test")
    log_ids = fields.One2many("crm.flow.log", "run_id", string="What Happened")

    _flow_partner_unique = models.UniqueIndex("(flow_id, partner_id, is_test)")
    _due_idx = models.Index("(flow_id, due) WHERE state = 'running'")

    def _advance(self, now):
        """One step for each run, set-based by step. A run whose step was deleted is through."""
        logs = []
        for step, runs in self.grouped("step_id").items():
            if not step:
                runs.state = "done"
                continue
            steps = step.flow_id.step_ids
            following = steps[steps.ids.index(step.id) + 1 :][:1]
            for run, (due, goes_on, text) in step._pass(runs, now).items():
                logs.append({"run_id": run.id, "date": run.due if run.is_test else now, "text": text})
                state = "left" if not goes_on else "running" if following else "done"
                run.write({"step_id": following.id if goes_on else step.id, "due": due, "state": state})
        self.env["crm.flow.log"].create(logs)
