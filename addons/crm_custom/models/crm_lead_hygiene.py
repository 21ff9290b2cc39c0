from odoo import api, fields, models
from odoo.tools import SQL

REASONS = [
    ("no_activity", "No next activity"),
    ("close_past", "Expected closing is past"),
    ("idle", "Idle"),
    ("no_amount", "No amount"),
    ("no_contact", "No contact"),
    ("too_long", "Too long in its stage"),
]
OPERATORS = ("in", "not in")


class CrmLead(models.Model):
    """What is wrong with an open deal, for a whole list in one query.

    Idle: nothing was said, logged or moved for the company's number of days. Too long in the stage: rotting by
    Odoo's own limit of the stage; where it has none, longer than three in four won deals stayed (crm.stage.pace).
    """

    _inherit = "crm.lead"

    hygiene_count = fields.Integer("Points to mend", compute="_compute_hygiene", search="_search_hygiene_count")
    hygiene_text = fields.Char("What to mend", compute="_compute_hygiene")
    hygiene_reason = fields.Selection(
        REASONS, string="First point to mend", compute="_compute_hygiene", search="_search_hygiene_reason"
    )

    @api.depends_context("lang", "uid")
    @api.depends("stage_id", "activity_ids", "date_deadline", "expected_revenue", "partner_id", "email_from", "phone")
    def _compute_hygiene(self):
        labels = dict(self._fields["hygiene_reason"]._description_selection(self.env))
        flags = self._hygiene_flags(SQL("lead.id IN %s", tuple(self.ids))) if self.ids else {}
        for lead in self:
            reasons = [code for code, _label in REASONS if code in flags.get(lead._origin.id, ())]
            lead.hygiene_count = len(reasons)
            lead.hygiene_reason = reasons[0] if reasons else False
            lead.hygiene_text = ", ".join(labels[code] for code in reasons)

    def _search_hygiene_count(self, operator, value):
        if operator not in (">", ">=", "in", "not in"):
            return NotImplemented
        found = self._hygiene_flags(SQL("TRUE"))
        if operator in OPERATORS:
            if 0 in value:
                return [("id", "not in" if operator == "in" else "in", list(found))]
            ids = [lead_id for lead_id, reasons in found.items() if len(reasons) in value]
            return [("id", operator, ids)]
        least = value if operator == ">=" else value + 1
        return [("id", "in", [lead_id for lead_id, reasons in found.items() if len(reasons) >= least])]

    def _search_hygiene_reason(self, operator, value):
        if operator not in OPERATORS:
            return NotImplemented
        found = self._hygiene_flags(SQL("TRUE"))
        wanted = {code for code in value if code}
        ids = [lead_id for lead_id, reasons in found.items() if wanted & reasons]
        return [("id", operator, ids)]

    @api.model
    def _hygiene_flags(self, where):
        """Return {lead id: {codes}} of open opportunities with at least one point; one query.

        `where`: a condition on `lead`. The result is only ever used as a set of ids within a search that applies
        the user's own rules.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH found AS (
                    SELECT lead.id,
                           %(reasons)s AS reasons
                      FROM crm_lead lead
                      LEFT JOIN crm_stage stage ON stage.id = lead.stage_id
                      LEFT JOIN res_company company ON company.id = COALESCE(lead.company_id, %(company)s)
                      LEFT JOIN LATERAL (SELECT id FROM mail_activity a WHERE a.res_model = 'crm.lead'
                                            AND a.res_id = lead.id AND a.active LIMIT 1) act ON TRUE
                      LEFT JOIN LATERAL (SELECT MAX(date) AS last FROM mail_message m
                                          WHERE m.model = 'crm.lead' AND m.res_id = lead.id
                                            AND m.message_type IN ('comment', 'email', 'email_outgoing')) said ON TRUE
                      LEFT JOIN LATERAL (SELECT MAX(date_done)::timestamp AS last FROM mail_activity a
                                          WHERE a.res_model = 'crm.lead' AND a.res_id = lead.id
                                            AND NOT a.active) done ON TRUE
                      LEFT JOIN crm_stage_history stay ON stay.lead_id = lead.id AND stay."left" IS NULL
                      LEFT JOIN crm_stage_pace own ON own.stage_id = lead.stage_id AND own.team_id = lead.team_id
                            AND own.company_id IS NOT DISTINCT FROM lead.company_id
                      LEFT JOIN crm_stage_pace every ON every.stage_id = lead.stage_id AND every.team_id IS NULL
                            AND every.company_id IS NOT DISTINCT FROM lead.company_id
                     WHERE lead.type = 'opportunity' AND lead.active AND lead.won_status = 'pending' AND %(where)s
                )
                SELECT id, reasons FROM found WHERE CARDINALITY(reasons) > 0
                """,
                reasons=self._sql_hygiene_reasons(),
                company=self.env.company.id,
                where=where,
            )
        )
        return {lead_id: set(reasons) for lead_id, reasons in rows}

    @api.model
    def _sql_hygiene_reasons(self):
        """The codes that hold for a deal, as an array; `own` and `every` are the paces of its team and of all."""
        return SQL(
            """ARRAY_REMOVE(ARRAY[
                               CASE WHEN act.id IS NULL THEN 'no_activity' END,
                               CASE WHEN lead.date_deadline < %(today)s THEN 'close_past' END,
                               CASE WHEN company.crm_hygiene_idle_days > 0 AND GREATEST(
                                         lead.date_last_stage_update, lead.create_date, said.last, done.last)
                                         < %(now)s - company.crm_hygiene_idle_days * INTERVAL '1 day'
                                    THEN 'idle' END,
                               CASE WHEN COALESCE(lead.expected_revenue, 0) = 0 THEN 'no_amount' END,
                               CASE WHEN lead.partner_id IS NULL AND COALESCE(lead.email_from, '') = ''
                                         AND COALESCE(lead.phone, '') = '' THEN 'no_contact' END,
                               CASE WHEN CASE WHEN stage.rotting_threshold_days > 0
                                              THEN lead.date_last_stage_update
                                                   + stage.rotting_threshold_days * INTERVAL '1 day' < %(now)s
                                              WHEN COALESCE(own.deals, 0) >= 5
                                              THEN EXTRACT(EPOCH FROM %(now)s - stay.entered) / 86400.0 > own.p75_days
                                              WHEN COALESCE(every.deals, 0) >= 5
                                              THEN EXTRACT(EPOCH FROM %(now)s - stay.entered) / 86400.0
                                                   > every.p75_days
                                              ELSE FALSE END THEN 'too_long' END], NULL)""",
            today=fields.Date.context_today(self),
            now=fields.Datetime.now(),
        )
