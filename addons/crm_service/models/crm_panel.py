from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmPanel(models.Model):
    """Customers who agreed to be asked regularly: a survey goes to all members at an interval, one wave each time.

    The temperature of a wave is the mean of the answers to the questions that measure temperature, as an index from
    0 to 100. Everything over members is set-based: a panel may have tens of thousands.
    """

    _name = "crm.panel"
    _description = "Customer Panel"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    survey_id = fields.Many2one("survey.survey", ondelete="restrict", index="btree_not_null", tracking=True)
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, tracking=True)
    interval_months = fields.Integer("Ask Every", default=3, required=True, help="Months between two waves.")
    next_date = fields.Date("Next Wave", tracking=True, help="Empty: the panel rests.")
    answer_days = fields.Integer("Days to Answer", default=21, required=True)
    member_ids = fields.One2many("crm.panel.member", "panel_id", "Panel Members")
    wave_ids = fields.One2many("crm.panel.wave", "panel_id", "Panel Waves")
    improvement_ids = fields.One2many("crm.improvement", "panel_id", "Improvement Actions")
    member_count = fields.Integer("Members", compute="_compute_counts")
    wave_count = fields.Integer("Waves", compute="_compute_counts")
    improvement_count = fields.Integer("Actions", compute="_compute_counts")
    temperature_text = fields.Char("Temperature", compute="_compute_temperature_text")

    _check_interval = models.Constraint(
        "CHECK (interval_months > 0 AND answer_days > 0)", "The interval and the days to answer must be positive."
    )

    def _compute_counts(self):
        for name, model in (
            ("member_count", "crm.panel.member"),
            ("wave_count", "crm.panel.wave"),
            ("improvement_count", "crm.improvement"),
        ):
            groups = self.env[model]._read_group([("panel_id", "in", self.ids)], ["panel_id"], ["__count"])
            counts = {panel.id: count for panel, count in groups}
            for panel in self:
                panel[name] = counts.get(panel.id, 0)

    @api.depends_context("lang")
    def _compute_temperature_text(self):
        """The last two waves with enough answers, side by side."""
        for panel in self:
            waves = panel.wave_ids.filtered("has_data").sorted("date")
            if not waves:
                panel.temperature_text = self.env._("Not enough data yet")
            elif len(waves) == 1:
                panel.temperature_text = self.env._("%(now).1f of 100", now=waves.temperature)
            else:
                panel.temperature_text = self.env._(
                    "%(now).1f of 100, %(change)+.1f against the wave before",
                    now=waves[-1].temperature,
                    change=waves[-1].temperature - waves[-2].temperature,
                )

    # === MEMBERS === #

    def _add_members(self, partners_query):
        """Add the partners (a Query or recordset of contacts with an e-mail address); returns how many are new.

        One statement, so that 10,000 customers join in a moment; who left the panel stays out.
        """
        self.ensure_one()
        query = partners_query._as_query() if isinstance(partners_query, models.BaseModel) else partners_query
        self.env["crm.panel.member"].flush_model()
        self.env["res.partner"].flush_model(["active", "email_normalized", "name"])
        added = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_panel_member (panel_id, partner_id, company_id, active, joined, create_uid, create_date,
                                              write_uid, write_date)
                SELECT %(panel)s, partner.id, %(company)s, TRUE, %(today)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM res_partner partner
                 WHERE partner.id IN %(ids)s AND partner.active AND partner.email_normalized <> ''
                ON CONFLICT DO NOTHING RETURNING id
                """,
                panel=self.id,
                company=self.company_id.id,
                today=fields.Date.context_today(self),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=query.subselect(),
            )
        )
        self.env["crm.panel.member"].invalidate_model()
        self.invalidate_recordset(["member_ids"])
        return len(added)

    def action_add_customers(self):
        """Choose contacts from the list of contacts; they join by the action there."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add Members"),
            "res_model": "crm.panel.join",
            "view_mode": "form",
            "target": "new",
            "context": {"default_panel_id": self.id},
        }

    # === WAVES === #

    def action_start_wave(self):
        """Ask all members now."""
        self.check_access("write")
        for panel in self:
            if not panel.survey_id or not panel.survey_id.question_ids:
                raise UserError(self.env._("Choose a survey with questions for the panel %s first.", panel.name))
            panel._start_wave(fields.Datetime.now())

    def _start_wave(self, now):
        """Make a wave with one open survey answer for each member, in one statement; the mails follow by cron."""
        self.ensure_one()
        wave = self.env["crm.panel.wave"].sudo().create({"panel_id": self.id, "date": now})
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO survey_user_input (survey_id, partner_id, email, nickname, state, test_entry, access_token,
                                               invite_token, deadline, crm_company_id, crm_wave_id, crm_product_id,
                                               is_session_answer, create_uid, create_date, write_uid, write_date)
                SELECT %(survey)s, partner.id, partner.email, partner.name, 'new', FALSE, gen_random_uuid()::varchar,
                       gen_random_uuid()::varchar, %(deadline)s, %(company)s, %(wave)s, %(product)s, FALSE,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM crm_panel_member member JOIN res_partner partner ON partner.id = member.partner_id
                 WHERE member.panel_id = %(panel)s AND member.active AND partner.active
                   AND partner.email_normalized <> ''
                   AND NOT EXISTS (SELECT 1 FROM mail_blacklist refused
                                    WHERE refused.active AND refused.email = partner.email_normalized)
                """,
                survey=self.survey_id.id,
                deadline=now + relativedelta(days=self.answer_days),
                company=self.company_id.id,
                wave=wave.id,
                product=self.survey_id.crm_product_id.id or None,
                panel=self.id,
                uid=self.env.uid,
                now=now,
            )
        )
        wave._add_questions(self.survey_id)
        self.env["survey.user_input"].invalidate_model()
        self.sudo().next_date = fields.Date.to_date(now) + relativedelta(months=self.interval_months)
        return wave

    @api.model
    def _process_waves(self, now=None):
        """Start the waves that are due. Returns how many; a panel without survey is left alone."""
        now = now or fields.Datetime.now()
        due = self.sudo().search(
            [("next_date", "!=", False), ("next_date", "<=", fields.Date.to_date(now)), ("survey_id", "!=", False)]
        )
        for panel in due.filtered("survey_id.question_ids"):
            panel._start_wave(now)
        return len(due)

    @api.model
    def _cron_waves(self, batch=100):
        """Start due waves, then send the invitations batch by batch: a killed run goes on where it stopped."""
        cron = self.env["ir.cron"]
        cron._commit_progress(processed=self._process_waves())
        while True:
            done = self.env["crm.panel.wave"]._process_invitations(limit=batch)
            if not cron._commit_progress(processed=done) or done < batch:
                return

    def action_open_waves(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_panel_wave_action")
        return action | {"domain": [("panel_id", "in", self.ids)], "context": {}}

    def action_open_members(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_panel_member_action")
        return action | {"domain": [("panel_id", "in", self.ids)], "context": {"default_panel_id": self.id}}

    def action_open_improvements(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_improvement_action")
        return action | {"domain": [("panel_id", "in", self.ids)], "context": {"default_panel_id": self.id}}
