from odoo import fields, models
from odoo.tools import SQL


class CrmDunningResult(models.Model):
    """What came in after each letter, and after each letter that was held out, in the same number of days.

    One row a letter. Collected: money (payment or bank line) matched with its lines after its day, up to the days of
    the strategy's delay, never more than the line's amount; company currency. No write-offs, no credit notes.
    """

    _name = "crm.dunning.result"
    _description = "Effect of Reminders"
    _auto = False
    _rec_name = "partner_id"
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    letter_id = fields.Many2one("crm.dunning.letter", readonly=True)
    strategy_id = fields.Many2one("crm.dunning.strategy", readonly=True)
    level_id = fields.Many2one("crm.dunning.level", readonly=True)
    date = fields.Date(readonly=True)
    arm = fields.Selection(
        [("sent", "Reminded"), ("held", "Held out"), ("late", "Reminded after the delay")], "Group", readonly=True
    )
    is_complete = fields.Boolean("Days Are Over", readonly=True)
    amount = fields.Monetary("Overdue", readonly=True)
    collected = fields.Monetary("Collected in Time", readonly=True)
    paid = fields.Integer("Paying Customers", readonly=True, help="1 if anything came in in these days.")
    paid_rate = fields.Float("Paying %", readonly=True, aggregator="avg")
    days_to_cash = fields.Float(
        "Days to Cash", readonly=True, aggregator="avg", help="Average over the money that came in, weighted by amount."
    )

    _depends = {
        "crm.dunning.letter": ["amount", "company_id", "date", "level_id", "partner_id", "state", "strategy_id"],
        "crm.dunning.letter.line": ["amount", "letter_id", "move_line_id"],
        "crm.dunning.strategy": ["holdout_days"],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "account.move.line": ["payment_id", "statement_line_id"],
        "res.company": ["currency_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT letter.id, letter.id AS letter_id, letter.company_id, company.currency_id, letter.partner_id,
                   letter.strategy_id, letter.level_id, letter.date, letter.amount,
                   CASE WHEN letter.state = 'held' THEN 'held'
                        WHEN EXISTS (
                            SELECT FROM crm_dunning_letter_line line
                              JOIN crm_dunning_letter_line earlier ON earlier.move_line_id = line.move_line_id
                                   AND earlier.rank = line.rank AND earlier.id < line.id
                              JOIN crm_dunning_letter delayed ON delayed.id = earlier.letter_id
                                   AND delayed.state = 'held'
                             WHERE line.letter_id = letter.id) THEN 'late'
                        ELSE 'sent' END AS arm,
                   letter.date + strategy.holdout_days <= %(today)s AS is_complete,
                   COALESCE(money.amount, 0) AS collected,
                   CASE WHEN money.amount > 0 THEN 1 ELSE 0 END AS paid,
                   CASE WHEN money.amount > 0 THEN 100.0 ELSE 0.0 END AS paid_rate, money.days AS days_to_cash
              FROM crm_dunning_letter letter
              JOIN crm_dunning_strategy strategy ON strategy.id = letter.strategy_id
              JOIN res_company company ON company.id = letter.company_id
         LEFT JOIN LATERAL (
                SELECT SUM(LEAST(part.amount, line.amount)) AS amount,
                       SUM(part.days) / NULLIF(SUM(part.amount), 0) AS days
                  FROM crm_dunning_letter_line line
                  JOIN LATERAL (
                    SELECT SUM(partial.amount) AS amount,
                           SUM(partial.amount * (partial.max_date - letter.date)) AS days
                      FROM account_partial_reconcile partial
                      JOIN account_move_line receipt ON receipt.id = partial.credit_move_id
                           AND (receipt.payment_id IS NOT NULL OR receipt.statement_line_id IS NOT NULL)
                     WHERE partial.debit_move_id = line.move_line_id AND partial.max_date > letter.date
                       AND partial.max_date <= letter.date + strategy.holdout_days
                  ) part ON part.amount > 0
                 WHERE line.letter_id = letter.id
              ) money ON TRUE
             WHERE letter.state IN ('sent', 'todo', 'held')
            """,
            today=self.env.company.root_id._crm_credit_today(),
        )
