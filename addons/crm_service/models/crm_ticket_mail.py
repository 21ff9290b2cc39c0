from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..tools.sla import DONE_STAGES, RESPONSE

# At most this many acknowledgements go to one address within an hour: two robots must not talk to each other.
ACKNOWLEDGE_LIMIT = 3


class CrmTicket(models.Model):
    """Mail of a ticket: opened by a mail, answered by mail, woken up by the customer's reply, never by a robot's."""

    _inherit = "crm.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        values = dict(custom_values or {})
        team = self.env["crm.service.team"].browse(values.get("team_id"))
        defaults = {
            "name": msg_dict.get("subject") or self.env._("No subject"),
            "channel": "email",
            "partner_id": msg_dict.get("author_id") or False,
            "user_id": False,
            **values,
            "company_id": (team.company_id or self.env.company).id,
        }
        if team and team._is_scanner(msg_dict.get("email_from")):
            # The machine is the sender, not the customer.
            defaults.update(channel="fax", partner_id=False)
        text = f"{defaults['name']} {msg_dict.get('body') or ''}"
        partner = self.env["res.partner"].browse(defaults["partner_id"])
        company = self.env["res.company"].browse(defaults["company_id"])
        defaults.update(self._subject_values([(text, partner, company)])[0])
        ticket = super().message_new(msg_dict, defaults)
        ticket._hint_subjects(text)
        ticket._acknowledge()
        return ticket

    def _message_post_after_hook(self, message, msg_vals):
        if not self.partner_id and self.partner_email:
            self._find_partner_among(message.partner_ids)
        from_customer = self._is_from_customer(message)
        opening = from_customer or self.env.context.get("crm_ticket_automatic")
        if opening and message.message_type == "email" and not self.description:
            self.sudo().description = message.body
        if from_customer:
            self._customer_replied()
        elif self._is_agents_answer(message):
            self._agent_answered()
        return super()._message_post_after_hook(message, msg_vals)

    def _find_partner_among(self, partners):
        """A contact made from the sender's address while answering is the customer of the ticket."""
        email = email_normalize(self.partner_email)
        partner = partners.filtered(lambda item: email and item.email_normalized == email)[:1]
        if partner:
            self.partner_id = partner

    def _is_from_customer(self, message):
        if message.message_type not in ("email", "comment") or message.is_internal or message.subtype_id.internal:
            return False
        if self.env.context.get("crm_ticket_automatic"):
            return False
        author = message.author_id
        return not author or author.partner_share

    def _is_agents_answer(self, message):
        """A public message of an employee to the customer is an answer; notes and robots' messages are not."""
        if message.message_type not in ("email", "comment") or message.is_internal:
            return False
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        author = message.author_id
        robot = self.env.ref("base.partner_root")
        return message.subtype_id.id == comment and author and author != robot and not author.partner_share

    def _customer_replied(self):
        """The customer wrote: a waiting ticket goes on, a solved or closed one is opened again."""
        if self.stage_kind == "waiting" or self.stage_kind in DONE_STAGES:
            self.sudo()._move_to("open")

    def _agent_answered(self):
        if not self.date_first_response:
            self._sla_record([{"ticket_id": self.id, "kind": RESPONSE}])
        if self.stage_kind == "new":
            self.sudo()._move_to("open")

    # === ACKNOWLEDGEMENT === #

    def _acknowledge(self):
        """Send the customer the ticket number once, unless the mail came from a robot or too many went there."""
        self.ensure_one()
        template = self.env.ref("crm_service.mail_template_ticket_received", raise_if_not_found=False)
        if not template or not self.team_id.acknowledge or not self._may_acknowledge():
            return
        ticket = self.sudo().with_user(self.env.ref("base.user_root"))
        lang = template._render_lang(ticket.ids)[ticket.id]
        template = template.sudo().with_context(lang=lang) if lang else template.sudo()
        ticket.message_post(
            body=template._render_field("body_html", ticket.ids, compute_lang=False)[ticket.id],
            subject=template._render_field("subject", ticket.ids, compute_lang=False)[ticket.id],
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=ticket.partner_id.ids,
            outgoing_email_to=False if ticket.partner_id else ticket.partner_email,
            mail_headers={"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"},
            notify_skip_followers=True,
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _may_acknowledge(self):
        email = self.partner_email
        if not email or self.env.context.get("crm_ticket_automatic") or self.env.context.get("crm_ticket_silent"):
            return False
        if self.partner_id and not self.partner_id.partner_share:
            return False
        recent = (
            self.sudo()
            .with_context(active_test=False)
            .search_count(
                [("partner_email", "=", email), ("date_open", ">", fields.Datetime.now() - timedelta(hours=1))],
                limit=ACKNOWLEDGE_LIMIT + 1,
            )
        )
        return recent <= ACKNOWLEDGE_LIMIT

    def _track_subtype(self, init_values):
        self.ensure_one()
        if "stage_id" in init_values:
            return self.env.ref("crm_service.mt_ticket_stage")
        return super()._track_subtype(init_values)
