from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

TRIGGERS = [
    ("form", "Sends a web form"),
    ("click", "Clicks a link"),
    ("reply", "Answers a mail"),
    ("event", "Registers for an event"),
    ("lead", "Becomes a lead"),
    ("order", "Orders"),
    ("segment", "Enters a segment"),
]
BATCH = 500


class CrmFlow(models.Model):
    """A small automatic follow-up: a trigger, then waits, conditions and actions, one after another.

    Only what happens after the start counts, and each customer runs through once. In test mode everything is gone
    through and written down, but nothing is sent, made or planned. Times UTC.
    """

    _name = "crm.flow"
    _description = "Flow"
    _inherit = ["mail.thread"]
    _order = "state, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    campaign_id = fields.Many2one(
        "utm.campaign", required=True, index=True, ondelete="restrict", check_company=True, tracking=True
    )
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user, required=True)
    trigger = fields.Selection(TRIGGERS, "When a Customer", required=True, default="form", tracking=True)
    form_id = fields.Many2one("crm.web.form", "Web Form", check_company=True, index="btree_not_null")
    segment_id = fields.Many2one("crm.segment", check_company=True, index="btree_not_null")
    step_ids = fields.One2many("crm.flow.step", "flow_id", copy=True)
    run_ids = fields.One2many("crm.flow.run", "flow_id")
    state = fields.Selection(
        [("draft", "Draft"), ("test", "Test"), ("running", "Running"), ("stopped", "Stopped")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    started = fields.Datetime(readonly=True, copy=False)
    test_partner_id = fields.Many2one("res.partner", "Try With", copy=False)
    run_count = fields.Integer("Customers", compute="_compute_counts")
    open_count = fields.Integer("Under Way", compute="_compute_counts")
    test_count = fields.Integer("Tests", compute="_compute_counts")

    @api.depends("run_ids.state")
    def _compute_counts(self):
        found = {}
        groups = (
            self.env["crm.flow.run"]
            .sudo()
            ._read_group([("flow_id", "in", self.ids)], ["flow_id", "is_test", "state"], ["__count"])
        )
        for flow, is_test, state, count in groups:
            row = found.setdefault(flow.id, dict.fromkeys(("all", "open", "test"), 0))
            row["test" if is_test else "all"] += count
            row["open"] += count if state == "running" and not is_test else 0
        for flow in self:
            row = found.get(flow.id, {})
            flow.run_count = row.get("all", 0)
            flow.open_count = row.get("open", 0)
            flow.test_count = row.get("test", 0)

    # === STATES === #

    def _check_ready(self):
        for flow in self:
            if not flow.step_ids:
                raise UserError(self.env._("Give %(flow)s at least one step.", flow=flow.name))
            if flow.trigger == "segment" and not flow.segment_id:
                raise UserError(self.env._("Choose the segment that starts %(flow)s.", flow=flow.name))

    def action_test(self):
        """Go through real triggers from now on, writing down what would happen."""
        self._check_ready()
        self.write({"state": "test", "started": fields.Datetime.now()})

    def action_start(self):
        """From now on for real; the tests are put away, so that tested customers run through again."""
        self._check_ready()
        self.campaign_id._check_may_send()
        self.sudo().run_ids.filtered("is_test").unlink()
        self.write({"state": "running", "started": fields.Datetime.now()})

    def action_stop(self):
        """Nobody enters, nobody goes on; customers under way stay where they are until it starts again."""
        self.write({"state": "stopped"})

    def action_try(self):
        """Go through the flow with one customer at once, waits included, and show what would happen."""
        self.ensure_one()
        self._check_ready()
        if not self.test_partner_id:
            raise UserError(self.env._("Choose a customer to try the flow with."))
        run = self._try(self.test_partner_id, fields.Datetime.now())
        return run.get_formview_action()

    def _try(self, partner, now):
        runs = self.env["crm.flow.run"].sudo()
        partner = partner.commercial_partner_id
        runs.search([("flow_id", "=", self.id), ("partner_id", "=", partner.id), ("is_test", "=", True)]).unlink()
        run = runs.create(self._run_values(partner.id, now, is_test=True))
        for _step in range(len(self.step_ids) + 1):
            if run.state != "running":
                break
            run._advance(run.due)
        return run.with_env(self.env)

    # === RUNNING === #

    @api.model
    def _cron_flows(self):
        flows = self.sudo().search([("state", "in", ("test", "running"))])
        for flow in self.env["crm.cron.turn"]._each("crm.flow", flows):
            flow = flow.with_company(flow.company_id)
            if flow.try_lock_for_update():
                flow._process_or_stop(fields.Datetime.now())

    def _process_or_stop(self, now):
        """Go on; a flow that may not go on (its campaign is not approved ...) stops and says why to its owner."""
        try:
            with self.env.cr.savepoint():
                self._process_flow(now)
        except UserError as error:
            self.state = "stopped"
            self.message_post(
                body=self.env._("Stopped: %(reason)s", reason=error), partner_ids=self.user_id.partner_id.ids
            )

    def _process_flow(self, now):
        """Let those who are triggered enter, and those who are due go on; twice at once does nothing twice."""
        self.ensure_one()
        if self.state not in ("test", "running"):
            return
        self._enter(now)
        due = [("flow_id", "=", self.id), ("state", "=", "running"), ("due", "<=", now)]
        runs = self.env["crm.flow.run"].search([*due, ("is_test", "=", self.state == "test")], limit=BATCH)
        for _step in range(len(self.step_ids) + 1):
            runs = runs.filtered(lambda run: run.state == "running" and run.due <= now)
            if not runs:
                break
            runs._advance(now)

    def _enter(self, now):
        self.env.flush_all()
        rows = self.env.execute_query(self._triggered())
        is_test = self.state == "test"
        self.env["crm.flow.run"].create(
            [self._run_values(partner, date, is_test, touch) for partner, date, touch in rows]
        )

    def _run_values(self, partner_id, date, is_test=False, touch_id=False):
        return {
            "flow_id": self.id,
            "partner_id": partner_id,
            "touch_id": touch_id,
            "started": date,
            "due": date,
            "step_id": self.step_ids[:1].id,
            "is_test": is_test,
        }

    def _triggered(self):
        """(customer, time, touch) of those who did what starts the flow since it runs, and have not been in it."""
        if self.trigger == "segment":
            found = SQL(
                """SELECT log.partner_id, MIN(log.date) AS date, NULL::int AS touch_id FROM crm_segment_log log
                    WHERE log.segment_id = %s AND log.kind = 'entered' AND log.date >= %s GROUP BY log.partner_id""",
                self.segment_id.id,
                self.started,
            )
        else:
            found = SQL(
                """SELECT DISTINCT ON (touch.partner_id) touch.partner_id, touch.date, touch.id AS touch_id
                     FROM crm_touch touch
                     LEFT JOIN crm_web_form_entry entry
                            ON touch.res_model = 'crm.web.form.entry' AND entry.id = touch.res_id
                    WHERE touch.kind = %(kind)s AND touch.valid AND touch.partner_id IS NOT NULL
                      AND touch.date >= %(since)s AND %(where)s
                    ORDER BY touch.partner_id, touch.date, touch.id""",
                kind=self.trigger,
                since=self.started,
                where=SQL("entry.form_id = %s", self.form_id.id)
                if self.trigger == "form" and self.form_id
                else SQL("touch.campaign_id = %s", self.campaign_id.id),
            )
        return SQL(
            """
            SELECT found.partner_id, found.date, found.touch_id FROM (%(found)s) found
             WHERE NOT EXISTS (SELECT 1 FROM crm_flow_run run
                                WHERE run.flow_id = %(flow)s AND run.partner_id = found.partner_id
                                  AND run.is_test = %(test)s)
             ORDER BY found.date LIMIT %(limit)s
            """,
            found=found,
            flow=self.id,
            test=self.state == "test",
            limit=BATCH,
        )

    # === DRILL-DOWN === #

    def action_open_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_flow_run_action")
        is_test = bool(self.env.context.get("crm_flow_test"))
        return action | {"domain": [("flow_id", "=", self.id), ("is_test", "=", is_test)], "context": {}}
