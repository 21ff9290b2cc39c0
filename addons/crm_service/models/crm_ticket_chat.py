from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import UserError


class CrmTicket(models.Model):
    """A chat about the ticket."""

    _inherit = "crm.ticket"

    chat_ids = fields.One2many("discuss.channel", "crm_ticket_id", "Chats", readonly=True)

    def action_chat(self):
        """Open the chat with the customer of the ticket."""
        self.ensure_one()
        self.check_access("write")
        return self._open_chat()._get_access_action()

    def _open_chat(self):
        return self.env["discuss.channel"]._crm_open_chat(self.display_name, self.partner_id, self)

    def action_chat_invite(self):
        """Send the customer the link by which he joins the chat, with or without an account of the portal."""
        self.ensure_one()
        self.check_access("write")
        if not self.partner_id and not self.partner_email:
            raise UserError(self.env._("There is no address to send the invitation to: choose the customer first."))
        link = self.get_base_url() + self._open_chat().sudo().invitation_url
        sentence = self.env._("Chat with us about your request:")
        self.message_post(
            body=Markup('<p>%s <a href="%s">%s</a></p>') % (sentence, link, link),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
            outgoing_email_to=False if self.partner_id else self.partner_email,
        )

    def action_chat_store(self):
        """Keep what was said in the chat now, on the ticket and on the customer."""
        self.ensure_one()
        self.check_access("write")
        if not self.chat_ids:
            raise UserError(self.env._("There is no chat about this ticket yet."))
        self.sudo().chat_ids._crm_store_transcript()
