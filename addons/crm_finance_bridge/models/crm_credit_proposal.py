"""Proposals for credit limits, one a customer and legal entity: reviewed in a list, accepted or dismissed."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import credit_proposal

DAYS = 90


class CrmCreditProposal(models.Model):
    """What the last three months' sales and the payment behaviour ask for, and which quotations it would hold.

    Amounts are in the currency of the legal entity, tax included. Open proposals are replaced by each run.
    """

    _name = "crm.credit.proposal"
    _description = "Credit Limit Proposal"
    _rec_name = "partner_id"
    _order = "change desc, id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    sales = fields.Monetary("Sales of 90 Days", readonly=True, help="Posted invoices less credit notes, tax included.")
    term_days = fields.Integer("Payment Term (Days)", readonly=True, aggregator="avg")
    letter = fields.Char("Payment Score", readonly=True, help="A pays early or on time, E late. Empty: no history.")
    exposure = fields.Monetary(readonly=True)
    overdue = fields.Monetary(readonly=True)
    amount_before = fields.Monetary("Limit Now", readonly=True, aggregator=None, help="0 = no limit")
    amount = fields.Monetary("Limit Proposed", readonly=True, aggregator=None)
    change = fields.Monetary(readonly=True, aggregator=None)
    blocked_now = fields.Integer("Quotations Held Now", readonly=True)
    blocked_then = fields.Integer("Quotations Held Then", readonly=True)
    reason = fields.Text(readonly=True)
    state = fields.Selection(
        [("new", "To review"), ("accepted", "Accepted"), ("dismissed", "Dismissed")],
        default="new",
        required=True,
        readonly=True,
        index=True,
    )
    user_id = fields.Many2one("res.users", "Decided By", readonly=True)
    request_id = fields.Many2one("crm.credit.request", readonly=True, index="btree_not_null", ondelete="set null")

    # === RUN === #

    @api.model
    def _cron_propose(self):
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        for company in self.env["crm.cron.turn"]._each("crm.credit.proposal", companies):
            self._process_proposals(company, company._crm_credit_today())

    @api.model
    def action_propose(self):
        """Work out the proposals of the current company anew."""
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(self.env._("Only accounting administrators may work out proposals."))
        company = self.env.company.root_id
        self._process_proposals(company, company._crm_credit_today())
        return self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_credit_proposal_action")

    @api.model
    def _process_proposals(self, company, today):
        """Replace the open proposals of a legal entity: in as many queries whatever the number of customers."""
        Proposal = self.sudo()  # nobody creates proposals by hand
        Proposal.search([("company_id", "=", company.id), ("state", "=", "new")]).unlink()
        sales = self._sales(company, today)
        partners = self.env["res.partner"].browse(sales)
        rows = self.env["crm.credit.exposure"].sudo()._rows(company, partners, today)
        letters, quotations = self._letters(company, partners), self._quotations(company, partners)
        vals_list = []
        for partner_id, (amount, term_days) in sales.items():
            need = credit_proposal.Need(
                amount, DAYS, term_days, letters.get(partner_id, ""), Decimal(str(company.crm_credit_cap))
            )
            found = credit_proposal.propose(need)
            row = rows.get(partner_id)
            if not found or not row or row["stop"] or row["hold_rule"] in ("none", "prepaid"):
                continue  # a limit would change nothing
            if Decimal(str(row["amount_limit"])) == found.amount:
                continue
            vals_list.append(self._prepare(company, today, need, found, row, quotations[partner_id]))
        return Proposal.create(vals_list)

    def _prepare(self, company, today, need, found, row, quotations):
        exposure, limit = Decimal(str(row["exposure"])), Decimal(str(row["amount_limit"]))
        return {
            "partner_id": row["partner_id"],
            "company_id": company.id,
            "date": today,
            "sales": float(need.sales),
            "term_days": int(need.term_days),
            "letter": need.letter or False,
            "exposure": row["exposure"],
            "overdue": row["overdue"],
            "amount_before": row["amount_limit"],
            "amount": float(found.amount),
            "change": float(found.amount - limit) if limit else 0.0,
            "blocked_now": len(credit_proposal.blocked(exposure, limit, quotations)),
            "blocked_then": len(credit_proposal.blocked(exposure, found.amount, quotations)),
            "reason": self._reason(company, need, found),
        }

    def _reason(self, company, need, found):
        money = company.currency_id.format
        text = self.env._(
            "Buys %(a_day)s a day and needs %(days)s days of it (payment term and 30 days).",
            a_day=money(float(found.a_day)),
            days=found.cover_days,
        )
        if need.letter:
            text += " " + self.env._("Payment score %(letter)s: × %(share)s.", letter=need.letter, share=found.share)
        else:
            text += " " + self.env._("No payment history.")
        if found.capped:
            text += " " + self.env._("Capped at %s.", money(float(need.cap)))
        return text

    # === FACTS === #

    def _sales(self, company, today):
        """{customer: (posted sales of the last 90 days, payment term in days)}, credit notes deducted."""
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["account.move"].flush_model(["invoice_date", "move_type"])
        self.env["account.move.line"].flush_model(["balance", "date", "date_maturity", "parent_state", "partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.commercial_partner_id, SUM(line.balance),
                       SUM(GREATEST(line.balance, 0) * (COALESCE(line.date_maturity, line.date) - move.invoice_date))
                           / NULLIF(SUM(GREATEST(line.balance, 0)), 0)
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner customer ON customer.id = line.partner_id
                  JOIN (%(entity)s) AS entity ON entity.company_id = line.company_id
                 WHERE line.parent_state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
                   AND move.invoice_date > %(start)s AND move.invoice_date <= %(today)s
                 GROUP BY customer.commercial_partner_id
                HAVING SUM(line.balance) > 0
                 ORDER BY customer.commercial_partner_id
                """,
                entity=self.env["crm.credit.exposure"].sudo()._sql_entity(company),
                start=today - timedelta(days=DAYS),
                today=today,
            )
        )
        return {partner: (Decimal(str(amount)), Decimal(str(days or 0))) for partner, amount, days in rows}

    def _letters(self, company, partners):
        """{customer: letter of the payment score}, where customers are scored."""
        if "crm.payment.score" not in self.env:
            return {}
        scores = (
            self.env["crm.payment.score"]
            .sudo()
            .search_fetch([("company_id", "=", company.id), ("partner_id", "in", partners.ids)], ["letter"])
        )
        return {score.partner_id.id: score.letter or "" for score in scores}

    def _quotations(self, company, partners):
        """{customer: {quotation: amount in company currency}} of what is offered and not yet confirmed."""
        found = defaultdict(dict)
        groups = (
            self.env["sale.order"]
            .sudo()
            .search_fetch(
                [
                    ("state", "in", ("draft", "sent")),
                    ("company_id", "child_of", company.id),
                    ("partner_invoice_id.commercial_partner_id", "in", partners.ids),
                ],
                ["amount_total", "currency_rate", "partner_invoice_id"],
                order="id",
            )
        )
        for order in groups:
            amount = company.currency_id.round(order.amount_total / (order.currency_rate or 1.0))
            found[order.partner_invoice_id.commercial_partner_id.id][order.id] = Decimal(str(amount))
        return found

    # === REVIEW === #

    def action_accept(self):
        """Ask for the limit proposed, and approve it as far as the user may."""
        self._check_decidable()
        for proposal in self:
            request = self.env["crm.credit.request"].create(
                {
                    "partner_id": proposal.partner_id.id,
                    "company_id": proposal.company_id.id,
                    "amount": proposal.amount,
                    "reason": proposal.reason,
                    "date_review": proposal.date + timedelta(days=365),
                }
            )
            request.sudo().origin = "proposal"
            request.action_ask()
            if request._approvable():
                request.action_approve()
            proposal.sudo().write({"state": "accepted", "user_id": self.env.uid, "request_id": request.id})
        return True

    def action_dismiss(self):
        self._check_decidable()
        self.sudo().write({"state": "dismissed", "user_id": self.env.uid})
        return True

    def _check_decidable(self):
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(self.env._("Only accounting administrators decide on proposals."))
        self.check_access("read")
        if any(proposal.state != "new" for proposal in self):
            raise UserError(self.env._("These proposals have been decided already."))

    def action_view_blocked(self):
        """The quotations that would be held under the proposed limit."""
        self.ensure_one()
        quotations = self._quotations(self.company_id, self.partner_id)[self.partner_id.id]
        exposure, amount = Decimal(str(self.exposure)), Decimal(str(self.amount))
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations_with_onboarding")
        return {
            **action,
            "domain": [("id", "in", credit_proposal.blocked(exposure, amount, quotations))],
            "context": {},
        }
