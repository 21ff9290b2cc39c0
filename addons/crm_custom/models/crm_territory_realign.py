from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmTerritoryRealign(models.Model):
    """A realignment: which customers the rules of a day would move, with what they are worth; applied in one go.

    Money in the company's currency: revenue is untaxed, invoiced less credit notes, in the twelve months before the
    day; open receivables are what the ledger holds today.
    """

    _name = "crm.territory.realign"
    _inherit = ["mail.thread"]
    _description = "Territory Realignment"
    _order = "date DESC, id DESC"

    name = fields.Char(required=True, default=lambda self: self.env._("Realignment"))
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("In Force from", required=True, default=fields.Date.context_today)
    state = fields.Selection(
        [("draft", "Preview"), ("done", "Applied")], default="draft", required=True, copy=False, tracking=True
    )
    move_users = fields.Boolean("Salespeople follow", default=True, help="Customers go to the territory's salesperson.")
    move_leads = fields.Boolean(
        "Open Opportunities follow", help="Open leads and opportunities go to the territory's salesperson as well."
    )
    line_ids = fields.One2many("crm.territory.realign.line", "realign_id", copy=False)
    line_count = fields.Integer("Customers", compute="_compute_totals")
    revenue = fields.Monetary("Revenue that moves", compute="_compute_totals")
    receivable = fields.Monetary("Receivables that move", compute="_compute_totals")

    @api.depends("line_ids.revenue", "line_ids.receivable")
    def _compute_totals(self):
        groups = self.env["crm.territory.realign.line"]._read_group(
            [("realign_id", "in", self.ids), ("to_territory_id", "!=", False)],
            ["realign_id"],
            ["__count", "revenue:sum", "receivable:sum"],
        )
        totals = {realign.id: figures for realign, *figures in groups}
        for realign in self:
            realign.line_count, realign.revenue, realign.receivable = totals.get(realign._origin.id, (0, 0.0, 0.0))

    # === ACTIONS === #

    def action_preview(self):
        """Compute the lines again from the rules of the day."""
        self.ensure_one()
        self._check_draft()
        self._fill_lines()

    def action_apply(self):
        """Move the customers, their memberships and, where asked for, salespeople and open opportunities."""
        self.ensure_one()
        self.lock_for_update()
        self._check_draft()
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._("The realignment comes into force on %(date)s: apply it then.", date=self.date))
        if not self.line_count:
            raise UserError(self.env._("No customer moves. Compute the preview first."))
        self.state = "done"
        self._move_members()
        if self.move_users:
            self._move_users()
        self.env.invalidate_all()
        self.message_post(
            body=self.env._(
                "%(count)s customers moved, revenue %(revenue)s, open receivables %(open)s.",
                count=self.line_count,
                revenue=self.currency_id.format(self.revenue),
                open=self.currency_id.format(self.receivable),
            )
        )

    def action_open_lines(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.territory.realign.line",
            "view_mode": "list,pivot",
            "domain": [("realign_id", "=", self.id)],
        }

    def _check_draft(self):
        if self.state == "done":
            raise UserError(self.env._("This realignment is applied; make a new one."))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(realign.state == "done" for realign in self):
            raise UserError(self.env._("An applied realignment is history and stays."))

    # === IN SQL: all customers at once === #

    def _fill_lines(self):
        territories = self.env["crm.territory"].sudo()
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_territory_realign_line WHERE realign_id = %s", self.id))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_territory_realign_line (realign_id, company_id, partner_id, status, from_territory_id,
                       to_territory_id, rule_id, from_user_id, revenue, receivable,
                       create_uid, create_date, write_uid, write_date)
                SELECT %(realign)s, %(company)s, partner.id, best.state, partner.territory_id, best.territory_id,
                       best.rule_id, partner.user_id, COALESCE(sales.amount, 0), COALESCE(money.amount, 0),
                       %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                  FROM (%(best)s) best
                  JOIN res_partner partner ON partner.id = best.partner_id
                  LEFT JOIN (%(sales)s) sales ON sales.partner_id = partner.id
                  LEFT JOIN (%(money)s) money ON money.partner_id = partner.id
                 WHERE best.territory_id IS DISTINCT FROM partner.territory_id
                   AND (best.territory_id IS NOT NULL OR partner.territory_id IS NOT NULL)
                   AND COALESCE(partner.company_id, %(company)s) = %(company)s
                """,
                realign=self.id,
                company=self.company_id.id,
                uid=self.env.uid,
                best=territories._best_rules(territories._customers(), self.date),
                sales=self._sales(),
                money=self._receivables(),
            )
        )
        self.env.invalidate_all()
        owners = territories._owners()
        for territory, lines in self.line_ids.filtered("to_territory_id").grouped("to_territory_id").items():
            lines.to_user_id = owners[territory.id][0]

    def _sales(self) -> SQL:
        return SQL(
            """SELECT commercial_partner_id AS partner_id, SUM(amount_untaxed_signed) AS amount
                 FROM account_move
                WHERE company_id = %s AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  AND invoice_date > %s AND invoice_date <= %s GROUP BY commercial_partner_id""",
            self.company_id.id,
            self.date - relativedelta(years=1),
            self.date,
        )

    def _receivables(self) -> SQL:
        """The ledger's open amounts, as crm.open.item shows them today."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, SUM(line.amount_residual) AS amount
                 FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                 JOIN res_partner partner ON partner.id = line.partner_id
                WHERE line.company_id = %s AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
                  AND account.account_type = 'asset_receivable' GROUP BY partner.commercial_partner_id""",
            self.company_id.id,
        )

    def _move_members(self):
        self.env.flush_all()
        arguments = {"realign": self.id, "day": self.date, "uid": self.env.uid}
        moving = SQL(
            "SELECT * FROM crm_territory_realign_line WHERE realign_id = %s AND to_territory_id IS NOT NULL", self.id
        )
        for statement in (
            """DELETE FROM crm_territory_member member USING (%(moving)s) line
                WHERE member.partner_id = line.partner_id AND member.date_from >= %(day)s""",
            """UPDATE crm_territory_member member SET date_to = %(day)s::date - 1 FROM (%(moving)s) line
                WHERE member.partner_id = line.partner_id
                  AND (member.date_to IS NULL OR member.date_to >= %(day)s)""",
            """INSERT INTO crm_territory_member (partner_id, territory_id, company_id, rule_id, realign_id, date_from,
                      origin, create_uid, create_date, write_uid, write_date)
               SELECT line.partner_id, line.to_territory_id, territory.company_id, line.rule_id, %(realign)s, %(day)s,
                      'realign', %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                 FROM (%(moving)s) line JOIN crm_territory territory ON territory.id = line.to_territory_id""",
            """UPDATE res_partner partner SET territory_id = line.to_territory_id, territory_state = 'assigned'
                 FROM (%(moving)s) line WHERE partner.id = line.partner_id""",
            """UPDATE crm_lead lead SET territory_id = line.to_territory_id
                 FROM (%(moving)s) line, res_partner partner
                WHERE partner.id = lead.partner_id AND partner.commercial_partner_id = line.partner_id
                  AND lead.won_status = 'pending' AND lead.active""",
        ):
            self.env.cr.execute(SQL(statement, moving=moving, **arguments))
        self.env.invalidate_all()

    def _move_users(self):
        """One write a salesperson; open opportunities go through Odoo's own assignment."""
        moving = self.line_ids.filtered(lambda line: line.to_user_id and line.to_user_id != line.from_user_id)
        for user, lines in moving.grouped("to_user_id").items():
            partners = lines.partner_id
            partners.with_context(tracking_disable=True).write({"user_id": user.id})
            if self.move_leads:
                leads = self.env["crm.lead"].search(
                    [
                        ("partner_id.commercial_partner_id", "in", partners.ids),
                        ("won_status", "=", "pending"),
                        ("company_id", "in", [False, self.company_id.id]),
                    ]
                )
                if leads:
                    leads._handle_salesmen_assignment(user_ids=user.ids)
