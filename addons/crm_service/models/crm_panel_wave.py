from odoo import api, fields, models
from odoo.tools import SQL

TEMPLATE = "crm_service.mail_template_panel_invitation"


class CrmPanelWave(models.Model):
    """One round of a panel: who was asked, who answered, and the temperature measured."""

    _name = "crm.panel.wave"
    _description = "Panel Wave"
    _order = "date desc, id desc"

    panel_id = fields.Many2one("crm.panel", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="panel_id.company_id", store=True, precompute=True, index=True)
    date = fields.Datetime("Started On", required=True, readonly=True)
    asked = fields.Integer(compute="_compute_answers", compute_sudo=True)
    answered = fields.Integer(compute="_compute_answers", compute_sudo=True)
    response_rate = fields.Float("Response %", compute="_compute_answers", compute_sudo=True, digits=(5, 1))
    has_data = fields.Boolean(compute="_compute_temperature", compute_sudo=True)
    temperature = fields.Float("Temperature (0-100)", compute="_compute_temperature", compute_sudo=True, digits=(5, 1))
    temperature_answers = fields.Integer("Temperatures Given", compute="_compute_temperature", compute_sudo=True)
    temperature_text = fields.Char("Temperature", compute="_compute_temperature", compute_sudo=True)

    @api.depends("panel_id", "date")
    def _compute_display_name(self):
        for wave in self:
            wave.display_name = f"{wave.panel_id.name or ''} {wave.date:%Y-%m-%d}" if wave.date else wave.panel_id.name

    def _compute_answers(self):
        groups = self.env["survey.user_input"]._read_group(
            [("crm_wave_id", "in", self.ids)], ["crm_wave_id", "state"], ["__count"]
        )
        counts = {(wave.id, state): count for wave, state, count in groups}
        for wave in self:
            wave.answered = counts.get((wave.id, "done"), 0)
            wave.asked = sum(count for (wave_id, _state), count in counts.items() if wave_id == wave.id)
            wave.response_rate = 100 * wave.answered / wave.asked if wave.asked else 0

    @api.depends_context("lang")
    def _compute_temperature(self):
        groups = self.env["crm.voice.answer"]._read_group(
            [("wave_id", "in", self.ids), ("measure", "=", "temperature")], ["wave_id"], ["__count", "index:avg"]
        )
        found = {wave.id: (count, index) for wave, count, index in groups}
        for wave in self:
            count, index = found.get(wave.id, (0, 0))
            wave.has_data = count >= wave.company_id.crm_voice_min_answers
            wave.temperature_answers = count
            wave.temperature = index if wave.has_data else 0
            wave.temperature_text = (
                self.env._("%(value).1f of 100", value=index)
                if wave.has_data
                else self.env._("Not enough data: %(count)s answers", count=count)
            )

    def _add_questions(self, survey):
        """Give every open answer of the wave the questions of the survey, in one statement."""
        self.ensure_one()
        questions = survey._prepare_user_input_predefined_questions()
        field = self.env["survey.user_input"]._fields["predefined_question_ids"]
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(relation)s (%(answer)s, %(question)s)
                   SELECT asked.id, question.id FROM survey_user_input asked
                     CROSS JOIN survey_question question
                    WHERE asked.crm_wave_id = %(wave)s AND question.id IN %(questions)s
                   ON CONFLICT DO NOTHING""",
                relation=SQL.identifier(field.relation),
                answer=SQL.identifier(field.column1),
                question=SQL.identifier(field.column2),
                wave=self.id,
                questions=tuple(questions.ids),
            )
        )

    @api.model
    def _process_invitations(self, now=None, limit=100):
        """Put the next invitations into the mail queue, each once. Returns how many."""
        now = now or fields.Datetime.now()
        asked = (
            self.env["survey.user_input"]
            .sudo()
            .search(
                [
                    ("crm_wave_id", "!=", False),
                    ("crm_invited", "=", False),
                    ("state", "=", "new"),
                    ("deadline", ">", now),
                ],
                order="id",
                limit=limit,
            )
        )
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if asked and template:
            template.sudo().send_mail_batch(
                asked.ids, force_send=False, email_layout_xmlid="mail.mail_notification_light"
            )
        asked.write({"crm_invited": now})
        return len(asked)

    def action_open_answers(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_voice_answer_action")
        return action | {"domain": [("wave_id", "in", self.ids)], "context": {}}
