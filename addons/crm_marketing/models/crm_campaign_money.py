from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 5000  # marks worked off in one transaction
MOST = 20000  # with more marks than this, reading everything live is quicker


class CrmCampaignMoney(models.Model):
    """Invoiced, credited and collected per invoice and campaign, kept so that the table of campaigns need not read all
    invoices and payments there are.

    Satellite of crm.campaign.entry, whose queries are the only rule: rows are their sums, in company currency, signs
    as there, collected by the day of the money. Right at any moment: a reader takes the rows of invoices without a mark
    and computes those with one (crm.campaign.mark) from the ledger; `_refresh` turns marks into rows. No foreign key to
    the entry, whose rows no refresh shall lock.
    """

    _name = "crm.campaign.money"
    _description = "Campaign Money by Invoice"
    _log_access = False
    _rec_name = "campaign_id"

    move_id = fields.Integer("Entry", required=True, readonly=True, index=True, help="Identifier of the invoice.")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    campaign_id = fields.Many2one("utm.campaign", required=True, readonly=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("invoiced", "Invoiced"), ("credited", "Credit Notes"), ("collected", "Collected")],
        required=True,
        readonly=True,
    )
    date = fields.Date(readonly=True, help="The day the money moved; empty for invoices and credit notes.")
    amount = fields.Monetary(readonly=True, help="As customers pay it: with tax.")
    several = fields.Boolean("Of Several Orders", readonly=True, help="The invoice bills several orders.")

    # === READING === #

    @api.model
    def _is_kept(self):
        """Whether to read this table: filled, and few enough marks. Either way the figures are the same."""
        query = SQL(
            """
            SELECT EXISTS (SELECT 1 FROM crm_campaign_mark WHERE move_id IS NULL AND filled_at IS NOT NULL),
                   (SELECT COUNT(*) FROM (SELECT 1 FROM crm_campaign_mark LIMIT %s) mark)
            """,
            MOST,
        )
        [(filled, marks)] = self.env.execute_query(query)
        return filled and marks < MOST

    @api.model
    def _dirty(self, marked=None) -> SQL:
        """(move_id) of the entries marked and of those they are reconciled with: a payment changes its invoices."""
        if marked is None:
            marked = SQL("SELECT move_id FROM crm_campaign_mark WHERE move_id IS NOT NULL")
        return SQL(
            """
            %(marked)s
             UNION
            SELECT other.move_id FROM account_move_line item
              JOIN account_partial_reconcile partial ON partial.debit_move_id = item.id
              JOIN account_move_line other ON other.id = partial.credit_move_id
             WHERE item.move_id = ANY (ARRAY(%(marked)s))
             UNION
            SELECT other.move_id FROM account_move_line item
              JOIN account_partial_reconcile partial ON partial.credit_move_id = item.id
              JOIN account_move_line other ON other.id = partial.debit_move_id
             WHERE item.move_id = ANY (ARRAY(%(marked)s))
            """,
            marked=marked,
        )

    @api.model
    def _clean(self) -> SQL:
        """A condition: rows of entries that are not in `crm_dirty`."""
        return SQL("move_id NOT IN (SELECT move_id FROM crm_dirty)")

    # === KEEPING === #

    @api.model
    def _reset(self):
        """Forget that the table was ever filled: figures are read live until the next refresh fills it."""
        self.env.cr.execute(SQL("UPDATE crm_campaign_mark SET filled_at = NULL WHERE move_id IS NULL"))

    @api.model
    def _refresh(self, limit=BATCH):
        """Fill the table, or work off the oldest `limit` marks; with too many marks it is quicker to fill it anew.

        Return (marks worked off or rows filled, marks left).

        The state's row is the lock: of two refreshes at once, the later one fails and is run again by its caller.
        """
        self.env.flush_all()
        cr, kept = self.env.cr, self._is_kept()
        cr.execute(
            SQL("UPDATE crm_campaign_mark SET filled_at = %s WHERE move_id IS NULL", fields.Datetime.now()),
        )
        done = self._replace_marked(limit) if kept else self._replace_all()
        self.invalidate_model()
        cr.execute(SQL("SELECT COUNT(*) - 1 FROM crm_campaign_mark"))
        return done, cr.fetchone()[0]

    def _replace_all(self):
        cr = self.env.cr
        cr.execute(SQL("DELETE FROM crm_campaign_mark WHERE move_id IS NOT NULL"))
        cr.execute(SQL("DELETE FROM crm_campaign_money"))
        cr.execute(SQL("WITH crm_billed AS MATERIALIZED (%s) %s", self._entries()._invoice_weights(), self._insert()))
        count = cr.rowcount
        cr.execute(SQL("ANALYZE crm_campaign_money"))
        return count

    def _replace_marked(self, limit):
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                DELETE FROM crm_campaign_mark
                 WHERE id IN (SELECT id FROM crm_campaign_mark WHERE move_id IS NOT NULL ORDER BY id LIMIT %s)
             RETURNING move_id
                """,
                limit,
            )
        )
        marked = [move for (move,) in cr.fetchall()]
        if not marked:
            return 0
        moves = self.env.execute_query(self._dirty(SQL("SELECT UNNEST(%s::int[])", list(set(marked)))))
        moves = [move for (move,) in moves]
        cr.execute(SQL("DELETE FROM crm_campaign_money WHERE move_id = ANY (%s)", moves))
        dirty = self.with_context(crm_dirty_known=True)
        cr.execute(
            SQL(
                """
                WITH crm_dirty AS MATERIALIZED (SELECT UNNEST(%(moves)s::int[]) AS move_id),
                     crm_billed AS MATERIALIZED (%(billed)s)
                %(insert)s
                """,
                moves=moves,
                billed=dirty._entries()._invoice_weights(),
                insert=dirty._insert(),
            )
        )
        return len(marked)

    def _entries(self):
        return self.env["crm.campaign.entry"]

    def _insert(self) -> SQL:
        entries = self._entries().with_context(crm_billed_known=True)
        return SQL(
            """
            INSERT INTO crm_campaign_money (move_id, company_id, campaign_id, kind, date, amount, several)
            SELECT res_id, company_id, campaign_id, kind, CASE WHEN kind = 'collected' THEN date END, SUM(amount),
                   COALESCE(BOOL_OR(billed.several), FALSE)
              FROM (%s) part (id, kind, campaign_id, company_id, date, partner_id, cost_type_id, name, amount,
                              res_model, res_id)
              LEFT JOIN (SELECT move_id, COUNT(*) > 1 AS several FROM crm_billed GROUP BY move_id) billed
                ON billed.move_id = res_id
             GROUP BY 1, 2, 3, 4, 5
            """,
            SQL(" UNION ALL ").join([entries._part_invoiced(), entries._part_collected()]),
        )

    # === CRON === #

    @api.model
    def _cron_refresh(self):
        cron = self.env["ir.cron"]
        done, left = self._refresh()
        while cron._commit_progress(done, remaining=left) and left:
            done, left = self._refresh()
