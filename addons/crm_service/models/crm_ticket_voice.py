from odoo import fields, models


class CrmTicket(models.Model):
    """What the customer says about a ticket: its rating, and the feedback written down from it."""

    _inherit = "crm.ticket"

    rating_request_ids = fields.One2many("crm.rating.request", "ticket_id", "Rating Requests", readonly=True)
    contact_salutation = fields.Char("Form of Address", compute="_compute_contact_salutation")

    feedback_count = fields.Integer("Feedback", compute="_compute_feedback_count")

    def _compute_feedback_count(self):
        groups = self.env["crm.feedback"]._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"])
        counts = {ticket.id: count for ticket, count in groups}
        for ticket in self:
            ticket.feedback_count = counts.get(ticket.id, 0)

    def _compute_contact_salutation(self):
        for ticket in self:
            ticket.contact_salutation = ticket.partner_id.preferred_address

    def rating_apply(self, rate, token=None, rating=None, feedback=None, subtype_xmlid=None, notify_delay_send=False):
        """Also mark the request as answered and start the follow-up of an unhappy customer."""
        rating = super().rating_apply(
            rate,
            token=token,
            rating=rating,
            feedback=feedback,
            subtype_xmlid=subtype_xmlid,
            notify_delay_send=notify_delay_send,
        )
        for ticket in self.sudo():
            requests = ticket.rating_request_ids
            requests.write({"state": "answered", "date_answered": fields.Datetime.now(), "rating_id": rating.id})
            if 0 < rate <= ticket.company_id.crm_detractor_max:
                self.env["crm.feedback"]._from_rating(ticket, rating.sudo())
        return rating

    def action_new_feedback(self):
        """Open the feedback of the ticket, or a new one filled with what the ticket knows."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_feedback_action")
        channels = {"email": "email", "fax": "letter", "phone": "phone", "visit": "visit", "portal": "portal"}
        context = {
            "default_ticket_id": self.id,
            "default_contact_id": self.partner_id.id,
            "default_product_id": self.product_id.id,
            "default_order_id": self.sale_order_id.id,
            "default_company_id": self.company_id.id,
            "default_name": self.name,
            "default_channel": channels.get(self.channel, "other"),
        }
        action |= {"domain": [("ticket_id", "=", self.id)], "context": context}
        if not self.feedback_count:
            action |= {"view_mode": "form", "views": [(False, "form")]}
        return action
