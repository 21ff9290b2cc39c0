from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_datetime

from ..tools import words

SUGGESTED = 5
EARLIER = 20  # earlier tickets shown, of the customer and of the product each
SUMMARY = 160  # characters of an answer in a list


class CrmTicket(models.Model):
    """Answers on the ticket: suggested solutions, those applied, and the earlier problems with what solved them."""

    _inherit = "crm.ticket"

    solution_use_ids = fields.One2many("crm.solution.use", "ticket_id", "Solutions Applied")
    suggested_solution_ids = fields.Many2many(
        "crm.solution", compute="_compute_suggested_solution_ids", string="Suggested Solutions"
    )
    earlier_ticket_ids = fields.Many2many(
        "crm.ticket", compute="_compute_earlier_ticket_ids", string="Earlier Problems"
    )
    answer_summary = fields.Char("Solved With", compute="_compute_answer_summary")

    def _question_text(self):
        """Return what the customer asks, as plain text without quoted mail."""
        self.ensure_one()
        return f"{self.name or ''}\n{words.own_words(words.plain(self.description))}"

    @api.depends("name", "description", "product_id", "category_id", "solution_use_ids")
    def _compute_suggested_solution_ids(self):
        Solution = self.env["crm.solution"]
        for ticket in self:
            found = Solution._search_ranked(
                ticket._question_text(),
                SUGGESTED + len(ticket.solution_use_ids),
                product=ticket.product_id._origin,
                category=ticket.category_id._origin,
            )
            ticket.suggested_solution_ids = (found - ticket.solution_use_ids.sudo().solution_id)[:SUGGESTED]

    # === EARLIER PROBLEMS === #

    @api.depends("partner_id", "product_id")
    def _compute_earlier_ticket_ids(self):
        """Tickets opened before, of the same customer (whole company) or the same product; two queries for any number.

        The newest come first, those that the user may not see are left out.
        """
        found = self._earlier_ids()
        numbers = {number for ids in found for number in ids}
        visible = set(self.env["crm.ticket"].search_fetch([("id", "in", numbers)], ["active", "company_id"]).ids)
        for ticket, ids in zip(self, found, strict=True):
            ticket.earlier_ticket_ids = [number for number in ids if number in visible]

    def _earlier_ids(self):
        """Return one list of ids a ticket, newest first. Why SQL: so many of each, for all tickets at once."""
        rows = [
            SQL(
                "(%s::int, %s::int, %s::int, %s::int, %s::timestamp)",
                index,
                ticket._origin.id or None,
                ticket.partner_id.commercial_partner_id._origin.id or None,
                ticket.product_id._origin.id or None,
                ticket.date_open or fields.Datetime.now(),
            )
            for index, ticket in enumerate(self)
        ]
        if not rows:
            return []
        self.flush_model(["commercial_partner_id", "product_id", "date_open"])

        def part(column):
            return SQL(
                """(SELECT earlier.id, earlier.date_open FROM crm_ticket earlier
                     WHERE earlier.%(column)s = asked.%(column)s
                       AND (earlier.date_open, earlier.id) < (asked.date_open, COALESCE(asked.id, 2147483647))
                     ORDER BY earlier.date_open DESC, earlier.id DESC LIMIT %(limit)s)""",
                column=SQL.identifier(column),
                limit=EARLIER,
            )

        result = [[] for _ticket in self]
        for index, number in self.env.execute_query(
            SQL(
                """SELECT asked.number, earlier.id
                     FROM (VALUES %s) AS asked(number, id, commercial_partner_id, product_id, date_open)
                    CROSS JOIN LATERAL (%s UNION %s) AS earlier
                    ORDER BY asked.number, earlier.date_open DESC, earlier.id DESC""",
                SQL(", ").join(rows),
                part("commercial_partner_id"),
                part("product_id"),
            )
        ):
            result[index].append(number)
        return result

    @api.depends("solution_use_ids")
    def _compute_answer_summary(self):
        """Say what solved the ticket: the solutions applied, else the beginning of the last public answer."""
        uses = self.env["crm.solution.use"].sudo().search([("ticket_id", "in", self.ids)])
        by_ticket = uses.grouped("ticket_id")
        without = self.filtered(lambda ticket: ticket._origin not in by_ticket)
        answers = without._last_answers()
        for ticket in self:
            names = by_ticket.get(ticket._origin, uses.browse()).solution_id.mapped("name")
            ticket.answer_summary = ", ".join(names) or answers.get(ticket._origin.id, "")

    def _last_answers(self):
        """Return {ticket id: beginning of the last public message of an employee}; one query."""
        if not self.ids:
            return {}
        self.env["mail.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (message.res_id) message.res_id, message.body
                     FROM mail_message message
                     JOIN res_partner author ON author.id = message.author_id AND NOT author.partner_share
                    WHERE message.model = 'crm.ticket' AND message.res_id IN %(ids)s
                      AND message.message_type IN ('comment', 'email') AND message.is_internal IS NOT TRUE
                      AND message.subtype_id = %(comment)s
                    ORDER BY message.res_id, message.id DESC""",
                ids=tuple(self.ids),
                comment=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
            )
        )
        return {number: self._shorten(words.own_words(words.plain(body))) for number, body in rows}

    def _shorten(self, text):
        text = " ".join(text.split())
        return text if len(text) <= SUMMARY else text[: SUMMARY - 1].rstrip() + "\u2026"

    # === REPLY === #

    def _reply_values(self):
        """Return the values of the placeholders, plain text in the customer's language."""
        self.ensure_one()
        lang = self.partner_id.lang
        ticket = self.with_context(lang=lang) if lang else self
        env, partner, sudo = ticket.env, ticket.partner_id, ticket.sudo()
        return {
            "salutation": partner._crm_salutation(),
            "customer": partner.name,
            "company": partner.commercial_partner_id.name,
            "number": ticket.number,
            "subject": ticket.name,
            "agent": env.user.name,
            "team": ticket.team_id.name,
            "our_company": ticket.company_id.name,
            "order": sudo.sale_order_id.name,
            "product": sudo.product_id.name,
            "delivery": sudo.picking_id.name,
            "invoice": sudo.move_id.name,
            "promised": ticket.deadline and format_datetime(env, ticket.deadline, lang_code=lang or None),
            "today": format_date(env, fields.Date.context_today(ticket), lang_code=lang or False),
        }

    def _fill_reply(self, html):
        """Return (HTML of the reply, names of the placeholders that stay empty)."""
        return self.env["crm.reply.template"]._filled(html, self._reply_values())

    def _reply_action(self, body):
        """Open the composer of a public reply to the customer, filled with `body` (safe HTML)."""
        self.ensure_one()
        self.check_access("write")
        partner = self.partner_id
        if not partner and self.partner_email:
            partner = self._partner_find_from_emails_single([self.partner_email], no_create=True)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reply"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": "crm.ticket",
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": partner.ids,
                "default_body": body,
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }

    def action_choose_reply(self):
        """Open the choice of standard questions, canned replies and solutions."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reply With"),
            "res_model": "crm.ticket.reply",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _solution_reply(self, solution):
        """Return the answer of a solution as a reply to the customer of this ticket."""
        greeting = Markup("<p>%s,</p>") % self._reply_values()["salutation"]
        return greeting + (solution.answer or Markup())

    def _apply_solution(self, solution):
        """Note that the solution is given on this ticket; once, however often it is clicked. Returns the use."""
        self.ensure_one()
        if solution not in solution.search([("id", "in", solution.ids), ("state", "=", "approved")]):
            raise UserError(self.env._("Only approved solutions are given to customers."))
        use = self.solution_use_ids.filtered(lambda item: item.solution_id == solution)
        if not use:
            use = self.env["crm.solution.use"].create(
                {"ticket_id": self.id, "solution_id": solution.id, "reopen_count": self.reopen_count}
            )
        return use
