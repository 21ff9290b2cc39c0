from odoo import api, fields, models
from odoo.tools import html2plaintext


class CrmFeedback(models.Model):
    """Unhappy customers get a follow-up; a follow-up that is late is written down and told."""

    _inherit = "crm.feedback"

    @api.model
    def _from_rating(self, ticket, rating):
        """Return the complaint that a low rating of a ticket makes: one open one a ticket, with clock and activity.

        In sudo: the customer rates on a public page.
        """
        existing = self.sudo().search(
            [("ticket_id", "=", ticket.id), ("source", "=", "rating"), ("state", "!=", "done")], limit=1
        )
        contact = rating.partner_id or ticket.partner_id
        if existing or not contact:
            return existing
        owner = ticket.team_id.user_id or ticket.user_id
        feedback = self.sudo().create(
            {
                "name": self.env._(
                    "Rated %(rating)d of 5: %(ticket)s", rating=rating.rating, ticket=ticket.display_name
                ),
                "kind": "complaint",
                "source": "rating",
                "channel": "survey",
                "company_id": ticket.company_id.id,
                "contact_id": contact.id,
                "product_id": ticket.product_id.id,
                "ticket_id": ticket.id,
                "rating_id": rating.id,
                "user_id": owner.id,
                "department": "service",
                "situation": html2plaintext(rating.feedback or "") or False,
            }
        )
        if owner:
            feedback.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=fields.Date.context_today(self.with_context(tz=owner.tz or "UTC"), feedback.deadline),
                user_id=owner.id,
                summary=self.env._("Call the unhappy customer: %s", contact.display_name),
            )
        return feedback

    @api.model
    def _process_late(self, now=None, limit=200):
        """Write down the follow-ups whose deadline has passed and tell who handles them. Returns how many."""
        now = now or fields.Datetime.now()
        late = self.sudo().search(
            [("clock_state", "=", "running"), ("deadline", "<", now)], limit=limit, order="deadline, id"
        )
        for feedback in late:
            feedback.write({"clock_state": "breached", "breach_date": feedback.deadline})
            user = feedback.user_id or feedback.partner_user_id
            if user:
                feedback.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=self.env._("Late: nobody has followed up %s", feedback.partner_id.display_name),
                )
        return len(late)

    @api.model
    def _cron_late(self, batch=100):
        cron = self.env["ir.cron"]
        while True:
            done = self._process_late(limit=batch)
            if not cron._commit_progress(processed=done) or done < batch:
                return
