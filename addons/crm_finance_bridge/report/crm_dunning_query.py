"""The SQL of who is reminded of what today; `tools/dunning.py` says the same for one customer."""

from odoo import models
from odoo.tools import SQL


class CrmDunningQuery(models.AbstractModel):
    """Every overdue receivable line of a legal entity, with what stands in the way of a reminder or its next level."""

    _name = "crm.dunning.query"
    _description = "Reminder Rule"

    def _dunning_flush(self):
        for model, names in self.env["crm.dunning.status"]._depends.items():
            self.env[model].flush_model(names)

    def _dunning_query(self, root, today, partners=None, run=None, parts=False):
        """One row a line overdue on `today`; `partners`: only these commercial ids; `run`: as if it had no letters.

        `parts`: an accepted promise or confirmed dispute takes its amount off instead of keeping the line out.
        """
        branches = self.env["res.company"].sudo().search([("id", "child_of", root.ids)]).ids
        only = SQL("AND customer.commercial_partner_id = ANY(%s)", list(partners)) if partners is not None else SQL()
        return SQL(
            """
            WITH item AS (%(items)s), money AS (%(money)s),
            coin AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY partner_id, amount ORDER BY key) AS place FROM money),
            debt AS (%(debts)s), claim AS (%(claims)s),
            choice AS (%(choice)s), step AS (%(steps)s), past AS (%(past)s), met AS (%(met)s)
            %(select)s
            """,
            items=self._dunning_items(branches, only),
            money=self._dunning_money(branches, only),
            debts=self._dunning_debts(branches, today, parts),
            claims=self._dunning_claims(),
            choice=self._dunning_choice(root),
            steps=self._dunning_steps(root, today),
            past=self._dunning_past(today, run),
            met=self._dunning_met(root, run),
            select=self._dunning_select(root, today),
        )

    def _dunning_claims(self):
        """What each debt still claims: a receipt of its exact amount pays it, other money pays the oldest first."""
        return SQL(
            """
            SELECT debt.*, CASE
                       WHEN debt.bar IS NOT NULL THEN debt.amount
                       WHEN exact.key IS NOT NULL THEN 0
                       ELSE LEAST(debt.amount, GREATEST(
                           SUM(CASE WHEN exact.key IS NULL AND debt.bar IS NULL THEN debt.amount ELSE 0 END)
                               OVER (PARTITION BY debt.partner_id ORDER BY debt.due, debt.id)
                           - COALESCE(spare.amount, 0), 0)) END AS claim
              FROM debt
         LEFT JOIN coin exact ON exact.partner_id = debt.partner_id AND exact.amount = debt.amount
                   AND exact.place = debt.place AND debt.bar IS NULL
         LEFT JOIN (
                SELECT coin.partner_id, SUM(coin.amount) AS amount
                  FROM coin
             LEFT JOIN debt ON debt.partner_id = coin.partner_id AND debt.amount = coin.amount
                       AND debt.place = coin.place AND debt.bar IS NULL
                 WHERE debt.id IS NULL
                 GROUP BY coin.partner_id) spare ON spare.partner_id = debt.partner_id
            """
        )

    def _dunning_choice(self, root):
        """The strategy of each customer: named, else of its class, else the one for all others."""
        strategies = self.env["crm.dunning.strategy"].sudo().search([("company_id", "=", root.id)])
        classes = strategies.filtered(lambda strategy: strategy.applies_to in ("a", "b", "c"))
        default = strategies.filtered(lambda strategy: strategy.applies_to == "default")[:1]
        return SQL(
            """
            SELECT debtor.partner_id, COALESCE(named.strategy_id, own.strategy_id, %(default)s::int) AS strategy_id
              FROM (SELECT DISTINCT partner_id FROM claim) debtor
         LEFT JOIN crm_dunning_strategy_partner_rel named
                   ON named.partner_id = debtor.partner_id AND named.strategy_id = ANY(%(ids)s::int[])
         LEFT JOIN crm_scorecard card
                   ON card.partner_id = debtor.partner_id AND card.company_id = %(root)s AND card.is_latest
         LEFT JOIN unnest(%(classes)s::varchar[], %(class_ids)s::int[]) AS own(customer_class, strategy_id)
                   ON own.customer_class = card.customer_class
            """,
            default=default.id or None,
            ids=strategies.ids,
            root=root.id,
            classes=classes.mapped("applies_to"),
            class_ids=classes.ids,
        )

    def _dunning_steps(self, root, today):
        steps = self.env["crm.dunning.strategy"]._steps(root, today)
        columns = [list(column) for column in zip(*steps, strict=True)] or [[]] * 4
        return SQL(
            """SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::date[])
                   AS level(strategy_id, rank, level_id, cutoff)""",
            *columns,
        )

    def _dunning_past(self, today, run):
        """The last level of each line; a letter whose hold-out is over no longer counts."""
        return SQL(
            """
            SELECT line.move_line_id, MAX(line.rank) AS rank
              FROM crm_dunning_letter_line line
              JOIN crm_dunning_letter letter ON letter.id = line.letter_id
              JOIN claim ON claim.id = line.move_line_id
             WHERE line.advances AND letter.run_id <> %s
               AND NOT (letter.state = 'held' AND letter.held_until <= %s)
             GROUP BY line.move_line_id
            """,
            run.id if run else 0,
            today,
        )

    def _dunning_met(self, root, run):
        """When each customer got its last letter, and until when one is held out."""
        return SQL(
            """
            SELECT partner_id, MAX(date) FILTER (WHERE state <> 'held') AS last_date,
                   MAX(held_until) FILTER (WHERE state = 'held') AS held_until,
                   BOOL_OR(state = 'draft') AS open
              FROM crm_dunning_letter
             WHERE company_id = %s AND state <> 'cancelled' AND run_id <> %s
             GROUP BY partner_id
            """,
            root.id,
            run.id if run else 0,
        )

    def _dunning_select(self, root, today):
        return SQL(
            """
            SELECT judged.*, letter AND claims AS in_letter,
                   CASE WHEN bar IS NOT NULL THEN bar
                        WHEN claim <= 0 THEN 'covered'
                        WHEN strategy_id IS NULL OR top IS NULL THEN 'none'
                        WHEN advances AND letter THEN 'due'
                        WHEN advances AND open THEN 'draft'
                        WHEN advances AND held THEN 'held'
                        WHEN advances AND small THEN 'small'
                        WHEN advances THEN 'pause'
                        WHEN last_rank >= top THEN 'final'
                        ELSE 'waiting' END AS state
              FROM (
                SELECT line.*, BOOL_OR(advances) OVER customer AND NOT small AND NOT open AND NOT held AND NOT pause
                               AS letter
                  FROM (
                    SELECT row.*, COALESCE(SUM(claim) FILTER (WHERE claims) OVER (PARTITION BY row.partner_id), 0)
                               < COALESCE(strategy.minimum_amount, 0) AS small,
                           COALESCE(met.open, FALSE) AS open,
                           COALESCE(met.held_until > %(today)s, FALSE) AS held,
                           COALESCE(met.last_date + strategy.gap_days > %(today)s, FALSE) AS pause,
                           met.last_date, strategy.holdout_share, strategy.holdout_days
                      FROM (%(rows)s) row
                 LEFT JOIN crm_dunning_strategy strategy ON strategy.id = row.strategy_id
                 LEFT JOIN met ON met.partner_id = row.partner_id
                  ) AS line
                WINDOW customer AS (PARTITION BY partner_id)
              ) AS judged
            """,
            today=today,
            rows=SQL(
                """
                SELECT claim.id, %(root)s AS company_id, claim.partner_id, claim.move_id, claim.due AS due_date,
                       %(today)s::date - claim.due AS days_overdue, claim.amount, claim.claim, claim.bar,
                       ROUND(claim.amount_document * claim.claim / NULLIF(claim.amount, 0), currency.decimal_places)
                           AS claim_document,
                       choice.strategy_id, COALESCE(past.rank, 0) AS last_rank, step.rank AS next_rank,
                       step.level_id, highest.top,
                       claim.bar IS NULL AND claim.claim > 0 AND choice.strategy_id IS NOT NULL AS claims,
                       claim.bar IS NULL AND claim.claim > 0 AND step.rank IS NOT NULL AS advances
                  FROM claim
                  JOIN res_currency currency ON currency.id = claim.currency_id
             LEFT JOIN choice ON choice.partner_id = claim.partner_id
             LEFT JOIN past ON past.move_line_id = claim.id
             LEFT JOIN step ON step.strategy_id = choice.strategy_id AND step.rank = COALESCE(past.rank, 0) + 1
                       AND step.cutoff >= claim.due
             LEFT JOIN (SELECT strategy_id, MAX(rank) AS top FROM step GROUP BY strategy_id) highest
                       ON highest.strategy_id = choice.strategy_id
                 WHERE claim.due < %(today)s
                """,
                root=root.id,
                today=today,
            ),
        )
