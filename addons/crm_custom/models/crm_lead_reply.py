import operator as operators

from odoo import api, fields, models
from odoo.tools import SQL

COMPARE = {"<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}


class CrmLead(models.Model):
    """Clock of the next reply: hours since the customer's first message that nobody has answered.

    A message of the customer is a comment or mail whose author is no internal user; any later mail or comment of
    staff that the customer receives (no internal note) stops the clock. Hours by the wall, not working hours.
    """

    _inherit = "crm.lead"

    reply_since = fields.Datetime("Waits for our reply since", compute="_compute_reply", search="_search_reply_since")
    reply_hours = fields.Float(
        "Hours without our reply", compute="_compute_reply", search="_search_reply_hours", digits=(16, 1)
    )

    def _compute_reply(self):
        since = self._reply_since(self.ids) if self.ids else {}
        now = fields.Datetime.now()
        for lead in self:
            lead.reply_since = since.get(lead._origin.id, False)
            lead.reply_hours = (now - lead.reply_since).total_seconds() / 3600 if lead.reply_since else 0.0

    def _search_reply_since(self, operator, value):
        if operator not in ("in", "not in") or set(value) != {False}:
            return NotImplemented
        return [("id", "not in" if operator == "in" else "in", list(self._reply_since()))]

    def _search_reply_hours(self, operator, value):
        if operator not in COMPARE:
            return NotImplemented
        now, compare = fields.Datetime.now(), COMPARE[operator]
        waiting = self._reply_since()
        ids = [lead_id for lead_id, since in waiting.items() if compare((now - since).total_seconds() / 3600, value)]
        if compare(0.0, value):
            return ["|", ("id", "in", ids), ("id", "not in", list(waiting))]
        return [("id", "in", ids)]

    @api.model
    def _reply_since(self, lead_ids=None):
        """Return {lead id: time of the oldest customer message after our last reply}; one query."""
        self.env["mail.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH said AS (
                    SELECT m.res_id, m.date,
                           staff.id IS NOT NULL AS ours
                      FROM mail_message m
                      JOIN crm_lead lead ON lead.id = m.res_id AND lead.active AND lead.won_status = 'pending'
                      LEFT JOIN res_users staff ON staff.partner_id = m.author_id AND NOT staff.share
                      LEFT JOIN mail_message_subtype subtype ON subtype.id = m.subtype_id
                     WHERE m.model = 'crm.lead' AND m.message_type IN ('comment', 'email', 'email_outgoing')
                       AND NOT COALESCE(m.is_internal, FALSE) AND NOT COALESCE(subtype.internal, FALSE)
                       AND %(leads)s
                ), answered AS (
                    SELECT res_id, MAX(date) FILTER (WHERE ours) AS last FROM said GROUP BY res_id
                )
                SELECT said.res_id, MIN(said.date)
                  FROM said JOIN answered ON answered.res_id = said.res_id
                 WHERE NOT said.ours AND (answered.last IS NULL OR said.date > answered.last)
                 GROUP BY said.res_id
                """,
                leads=SQL("m.res_id IN %s", tuple(lead_ids)) if lead_ids else SQL("TRUE"),
            )
        )
        return dict(rows)
