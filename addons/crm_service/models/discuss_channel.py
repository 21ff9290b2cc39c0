from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

IDLE = timedelta(minutes=15)  # a chat that rests so long is stored by itself
BATCH = 100


class DiscussChannel(models.Model):
    """A chat with a customer: its words are kept on the customer (contact log) and on the ticket.

    The chat itself is Odoo's: a private group of the agents and the customer, who joins as portal user or by the
    invitation link as a guest.
    """

    _inherit = "discuss.channel"

    crm_ticket_id = fields.Many2one(
        "crm.ticket",
        "Ticket",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    crm_partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    crm_contact_log_id = fields.Many2one(
        "crm.contact.log",
        "Contact",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    crm_stored_message = fields.Integer(
        readonly=True, copy=False, groups="base.group_user", help="The last message that is in the transcript."
    )

    @api.model
    def _crm_open_chat(self, name, partner, ticket=None):
        """Return the chat with the customer (about a ticket), made where there is none; the user is in it."""
        me = self.env.user.partner_id
        domain = (
            [("crm_ticket_id", "=", ticket.id)]
            if ticket
            else [
                ("crm_partner_id", "=", partner.id),
                ("crm_ticket_id", "=", False),
            ]
        )
        channel = self.sudo().search([*domain, ("channel_type", "=", "group")], order="id desc", limit=1)
        reachable = partner.sudo().filtered(lambda item: item.user_ids.filtered("active"))
        if channel:
            channel._add_members(partners=(me | reachable) - channel.channel_partner_ids, post_joined_message=False)
        else:
            channel = self._create_group(partners_to=(me | reachable).ids, name=name).sudo()
            channel.write({"crm_ticket_id": ticket.id if ticket else False, "crm_partner_id": partner.id})
        return channel.sudo(False)

    def _message_post_after_hook(self, message, msg_vals):
        ticket = self.sudo().crm_ticket_id
        if ticket and message.message_type == "comment":
            if message.author_id and not message.author_id.partner_share:
                ticket._agent_answered()
            else:
                ticket._customer_replied()
        return super()._message_post_after_hook(message, msg_vals)

    # === TRANSCRIPT === #

    @api.model
    def _cron_store_transcripts(self):
        now = fields.Datetime.now()
        progress = self.env["ir.cron"]._commit_progress
        channels = self.browse(self._crm_idle_ids(now))
        progress(remaining=len(channels))
        for channel in channels:
            channel = channel[0]
            channel._crm_store_transcript()
            if not progress(processed=1):
                break

    @api.model
    def _crm_idle_ids(self, now):
        """Return the chats with customers that rest since a quarter of an hour and have words not yet kept."""
        self.env["mail.message"].flush_model(["model", "res_id", "message_type", "date"])
        self.flush_model(["crm_ticket_id", "crm_partner_id", "crm_stored_message"])
        rows = self.env.execute_query(
            SQL(
                """SELECT channel.id
                     FROM discuss_channel channel
                     JOIN mail_message message
                       ON message.model = 'discuss.channel' AND message.res_id = channel.id
                      AND message.message_type = 'comment'
                    WHERE (channel.crm_ticket_id IS NOT NULL OR channel.crm_partner_id IS NOT NULL)
                    GROUP BY channel.id
                   HAVING MAX(message.id) > COALESCE(channel.crm_stored_message, 0) AND MAX(message.date) < %s
                    ORDER BY channel.id
                    LIMIT %s""",
                now - IDLE,
                BATCH,
            )
        )
        return [row[0] for row in rows]

    def _crm_store_transcript(self):
        """Keep the words since the last time on the customer and the ticket; run again it adds nothing twice."""
        for channel in self.sudo():
            messages = (
                self.env["mail.message"]
                .sudo()
                .search(
                    [
                        ("model", "=", "discuss.channel"),
                        ("res_id", "=", channel.id),
                        ("message_type", "=", "comment"),
                        ("id", ">", channel.crm_stored_message),
                    ],
                    order="id",
                )
            )
            if not messages:
                continue
            words = channel._crm_transcript(messages)
            channel._crm_log_contact(messages, words)
            if channel.crm_ticket_id:
                title = Markup("<p>%s</p>") % self.env._("Chat")
                channel.crm_ticket_id._message_log(body=title + words)
            channel.crm_stored_message = messages[-1].id

    def _crm_log_contact(self, messages, words):
        partner = self.crm_partner_id or self.crm_ticket_id.partner_id
        if not partner:
            return
        if self.crm_contact_log_id:
            self.crm_contact_log_id.content = (self.crm_contact_log_id.content or Markup()) + words
            return
        agents = messages.author_id.filtered(lambda author: not author.partner_share).user_ids
        ticket = self.crm_ticket_id
        self.crm_contact_log_id = (
            self.env["crm.contact.log"]
            .sudo()
            ._log(
                partner,
                "im",
                subject=self.env._("Chat: %(name)s", name=ticket.display_name or self.name),
                content=words,
                date=messages[0].date,
                direction="out" if messages[0].author_id and not messages[0].author_id.partner_share else "in",
                user_id=(agents[:1] or ticket.user_id or self.create_uid).id,
                company_id=(ticket.company_id or self.env.company).id,
                ticket_id=ticket.id,
            )
        )

    def _crm_transcript(self, messages):
        """Return the messages as lines: when, who, what, in the time zone of the ticket's company."""
        line = Markup("<p><small>%s</small> <b>%s</b>: %s</p>")
        zone = self.crm_ticket_id.company_id.resource_calendar_id.tz or self.env.user.tz or "UTC"
        return Markup().join(
            line
            % (
                format_datetime(self.env, message.date, tz=zone, dt_format="short"),
                message.author_id.name or message.author_guest_id.name or self.env._("Customer"),
                Markup(message.body or "") or ", ".join(message.attachment_ids.mapped("name")),
            )
            for message in messages
        )
