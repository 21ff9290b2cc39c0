from markupsafe import Markup
from odoo import fields, models
from odoo.tools import format_amount, format_date

from ..tools import routes

MAX_ORDERS = 3  # orders told in one answer
MAX_ITEMS = 20  # open items told in one answer


class CrmTicket(models.Model):
    """What is told automatically: each kind of answer reads the records as they are now."""

    _inherit = "crm.ticket"

    def _automatic_parts(self):
        """Return (paragraphs, standard question used, why not); in sudo and the customer's language."""
        kind = self.route_id.answer_kind
        if kind == "order":
            parts, refusal = self._automatic_order()
        elif kind == "balance":
            parts, refusal = self._automatic_balance()
        elif kind == "question":
            return self._automatic_question()
        else:
            parts, refusal = [], self.env._("its route no longer answers automatically")
        return parts, self.env["crm.standard.question"], refusal

    # === ORDER STATUS === #

    def _automatic_order(self):
        """The orders named in the request, else the open ones when they are few."""
        orders = self.env["sale.order"].search(
            [
                ("partner_id", "child_of", self.commercial_partner_id.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
            ],
            order="id desc",
            limit=500,
        )
        text = self._question_text()
        names = [name for order in orders for name in (order.name, order.client_order_ref) if name]
        wanted = set(routes.references_in(names, text))
        named = orders.filtered(lambda order: {order.name, order.client_order_ref} & wanted)
        if not named:
            named = orders.filtered(lambda order: order.delivery_status in ("pending", "started", "partial"))
            if len(named) > MAX_ORDERS:
                return [], self.env._("several orders are open and the request names none")
        if not named:
            return [], self.env._("no open order of the customer was found")
        if len(named) == 1 and not self.sale_order_id:
            self.sale_order_id = named
        return [order._crm_status_sentence() for order in named[:MAX_ORDERS]], None

    # === BALANCE === #

    def _may_know_balance(self):
        """Money is told to the company's own address, its invoice contacts and its portal users, to nobody else."""
        partner = self.partner_id
        return (
            partner == partner.commercial_partner_id
            or partner.type == "invoice"
            or any(user.share and user.active for user in partner.user_ids)
        )

    def _automatic_balance(self):
        """The open items of the customer in the ticket's company today, to the cent those of the ledger."""
        if not self._may_know_balance():
            return [], self.env._("this contact may not be told the balance")
        items = self.env["crm.open.item"].search(
            [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.company_id.id)],
            order="due_date, id",
        )
        currency = self.company_id.currency_id
        facts = {
            "company": self.commercial_partner_id.name,
            "date": format_date(self.env, fields.Date.context_today(self)),
            "amount": format_amount(self.env, sum(items.mapped("residual")), currency),
            "overdue": format_amount(self.env, sum(item.residual for item in items if item.days_overdue > 0), currency),
        }
        if not items:
            return [self.env._("The account of %(company)s is settled: nothing is open on %(date)s.", **facts)], None
        parts = [
            self.env._("Open on the account of %(company)s on %(date)s: %(amount)s, past due %(overdue)s.", **facts)
        ]
        lines = [
            self.env._(
                "%(document)s, due %(due)s: %(amount)s",
                document=item.move_id.name,
                due=format_date(self.env, item.due_date),
                amount=format_amount(self.env, item.residual_currency, item.currency_id),
            )
            for item in items[:MAX_ITEMS]
        ]
        parts.append(Markup("<br/>").join(lines))
        if len(items) > MAX_ITEMS:
            parts.append(self.env._("And %s more.", len(items) - MAX_ITEMS))
        return parts, None

    # === STANDARD QUESTION === #

    def _automatic_question(self):
        """The answer to the one standard question that the request asks."""
        Question = self.env["crm.standard.question"]
        questions = Question.search(
            [
                ("state", "=", "approved"),
                ("automatic", "=", True),
                ("company_id", "in", (self.company_id.id, False)),
                ("team_ids", "in", (self.team_id.id, False)),
                ("lang", "in", (self.partner_id.lang, False)),
            ]
        )
        pairs = [(question.id, question._all_phrases()) for question in questions]
        question = Question.browse(routes.best_question(pairs, self._question_text()) or [])
        if not question:
            return [], Question, self.env._("no standard question fits, or more than one")
        return [self._fill_reply(question.answer)[0]], question, None
