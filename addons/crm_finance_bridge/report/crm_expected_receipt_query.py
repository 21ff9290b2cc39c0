from odoo import api, models
from odoo.tools import SQL

KINDS = ("invoice", "promise", "disputed", "draft", "order", "pipeline")
BITS = 3  # low bits of an id that tell the kind
LATE_AGAIN = 14  # days from today for what is later already than the customer's habit


class CrmExpectedReceiptQuery(models.AbstractModel):
    """The SQL of crm.expected.receipt: one part a source, then dates and amounts for all of them."""

    _name = "crm.expected.receipt.query"
    _inherit = ["crm.fact"]
    _description = "Expected Receipts, Query"

    @api.model
    def _query(self, roots, today=None) -> SQL:
        """Rows of the legal entities; `today` for all of them (default: each one's own day)."""
        return SQL(
            """
            WITH entity AS (%(entity)s), item AS (%(items)s)
            SELECT (source.source_id::bigint << %(bits)s) + ARRAY_POSITION(%(kinds)s, source.kind) AS id,
                   source.kind, source.company_id, entity.currency_id, source.partner_id, source.user_id,
                   source.move_id, source.order_id, source.lead_id, source.due_date, source.chance,
                   CASE WHEN source.kind = 'promise' THEN 0 ELSE habit.delay END AS delay,
                   CASE WHEN source.kind = 'disputed' THEN NULL
                        WHEN source.kind = 'promise' THEN GREATEST(source.due_date, entity.today)
                        WHEN source.due_date + habit.delay < entity.today AND source.due_date >= entity.today
                            THEN source.due_date
                        WHEN source.due_date + habit.delay < entity.today THEN entity.today + %(again)s
                        ELSE source.due_date + habit.delay END AS date,
                   ROUND(source.amount::numeric, entity.digits) AS amount
              FROM (%(sources)s) source
              JOIN entity ON entity.company_id = source.company_id
         LEFT JOIN crm_payment_score score ON score.partner_id = source.partner_id AND score.company_id = entity.root_id
              JOIN LATERAL (SELECT COALESCE(score.expected_delay, entity.delay) AS delay) habit ON TRUE
             WHERE ROUND(source.amount::numeric, entity.digits) > 0
            """,
            entity=self._sql_entity(roots, today),
            items=self._sql_items(roots, today),
            bits=BITS,
            kinds=list(KINDS),
            again=LATE_AGAIN,
            sources=SQL(" UNION ALL ").join(
                [*self._sql_item_sources(), self._sql_drafts(), self._sql_orders(), self._sql_pipeline()]
            ),
        )

    def _sql_entity(self, roots, today):
        """Each company with its root, the root's day and the habits of all its customers."""
        rows = []
        for root in roots.sudo():
            day = today or root._crm_credit_today()
            common = (root.currency_id.id, root.currency_id.decimal_places)
            habits = (root.crm_usual_delay, root.crm_usual_term)
            rows.extend(
                SQL("(%s, %s, %s, %s, %s::date, %s, %s)", company.id, root.id, *common, day, *habits)
                for company in self.env["crm.payment.history"]._branches(root)
            )
        return SQL(
            "SELECT * FROM (VALUES %s) AS entity(company_id, root_id, currency_id, digits, today, delay, term)",
            SQL(", ").join(rows),
        )

    def _sql_items(self, roots, today):
        """Open invoices less what unapplied receipts and credit notes cover, oldest first, with the parts said."""
        companies = self.env["crm.payment.history"]._branches(roots).ids
        day = today or roots[:1]._crm_credit_today()
        return SQL(
            """
            SELECT net.*, promised.date AS promised_date,
                   LEAST(net.amount, COALESCE(promised.amount, 0)) AS promised,
                   LEAST(net.amount - LEAST(net.amount, COALESCE(promised.amount, 0)), COALESCE(disputed.amount, 0))
                       AS disputed
              FROM (
                SELECT id, company_id, partner_id, move_id, user_id, due_date,
                       GREATEST(LEAST(residual, running + credits), 0)::numeric AS amount
                  FROM (
                    SELECT open.id, open.company_id, open.partner_id, open.move_id, open.user_id, open.due_date,
                           open.residual,
                           SUM(GREATEST(open.residual, 0)) OVER (PARTITION BY entity.root_id, open.partner_id
                               ORDER BY open.due_date, open.id) AS running,
                           SUM(LEAST(open.residual, 0)) OVER (PARTITION BY entity.root_id, open.partner_id) AS credits
                      FROM (%(open)s) open JOIN entity ON entity.company_id = open.company_id
                  ) debt
                 WHERE residual > 0 AND running + credits > 0
              ) net
         LEFT JOIN (%(promised)s) promised ON promised.line_id = net.id
         LEFT JOIN (%(disputed)s) disputed ON disputed.line_id = net.id
            """,
            open=self.env["crm.open.item"].with_context(as_of=day)._table_query,
            promised=self.env["crm.payment.promise"]._promised_query(companies, day),
            disputed=self.env["crm.dispute"]._disputed_query(companies, day),
        )

    @api.model
    def _net_items(self, root, today):
        """Open invoices of a legal entity less unapplied receipts: (customer, due date, amount)."""
        return self.env.execute_query(
            SQL(
                "WITH entity AS (%s) SELECT partner_id, due_date, amount::float FROM (%s) item",
                self._sql_entity(root, today),
                self._sql_items(root, today),
            )
        )

    def _sql_item_sources(self):
        """The promised, disputed and other part of each open item."""
        parts = (
            ("invoice", SQL("item.amount - item.promised - item.disputed"), SQL("item.due_date")),
            ("promise", SQL("item.promised"), SQL("item.promised_date")),
            ("disputed", SQL("item.disputed"), SQL("item.due_date")),
        )
        return [
            SQL(
                """
                SELECT %s AS kind, item.id AS source_id, item.company_id, item.partner_id, item.user_id,
                       item.move_id, NULL::int AS order_id, NULL::int AS lead_id,
                       %s AS due_date, 1.0::float AS chance, %s AS amount
                  FROM item
                """,
                kind,
                due,
                amount,
            )
            for kind, amount, due in parts
        ]

    def _sql_drafts(self):
        return SQL(
            """
            SELECT 'draft', move.id, move.company_id, customer.commercial_partner_id, move.invoice_user_id,
                   move.id, NULL, NULL,
                   COALESCE(move.invoice_date_due, COALESCE(move.invoice_date, entity.today) + entity.term),
                   1.0, move.amount_total_signed
              FROM account_move move
              JOIN entity ON entity.company_id = move.company_id
              JOIN res_partner customer ON customer.id = move.partner_id
             WHERE move.state = 'draft' AND move.move_type IN ('out_invoice', 'out_receipt')
            """
        )

    def _sql_orders(self):
        """Confirmed orders: what is not on any invoice yet, due after delivery by the terms of the order."""
        return SQL(
            """
            SELECT 'order', o.id, o.company_id, customer.commercial_partner_id, o.user_id, NULL, o.id, NULL,
                   GREATEST(COALESCE(o.commitment_date, o.date_order + line.lead * INTERVAL '1 day')::date,
                            entity.today) + COALESCE(term.days, 0),
                   1.0, (line.rest - line.prepaid) / COALESCE(NULLIF(o.currency_rate, 0), 1)
              FROM sale_order o
              JOIN entity ON entity.company_id = o.company_id
              JOIN res_partner customer ON customer.id = o.partner_invoice_id
         LEFT JOIN LATERAL (SELECT MAX(part.nb_days) AS days FROM account_payment_term_line part
                             WHERE part.payment_id = o.payment_term_id) term ON TRUE
              JOIN LATERAL (
                SELECT COALESCE(SUM(sol.price_total * GREATEST(GREATEST(sol.product_uom_qty, sol.qty_delivered)
                            - sol.qty_invoiced, 0) / NULLIF(sol.product_uom_qty, 0))
                            FILTER (WHERE sol.is_downpayment IS NOT TRUE), 0) AS rest,
                       COALESCE(SUM(billed.amount) FILTER (WHERE sol.is_downpayment), 0) AS prepaid,
                       COALESCE(MAX(sol.customer_lead), 0) AS lead
                  FROM sale_order_line sol
             LEFT JOIN LATERAL (
                    SELECT SUM(aml.price_total * CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END) AS amount
                      FROM sale_order_line_invoice_rel rel
                      JOIN account_move_line aml ON aml.id = rel.invoice_line_id
                      JOIN account_move move ON move.id = aml.move_id AND move.state <> 'cancel'
                     WHERE sol.is_downpayment AND rel.order_line_id = sol.id) billed ON TRUE
                 WHERE sol.order_id = o.id AND sol.display_type IS NULL) line ON TRUE
             WHERE o.state = 'sale' AND o.invoice_status IS DISTINCT FROM 'invoiced'
            """
        )

    def _sql_pipeline(self):
        """Open opportunities, each in one company: one of none is its team's, its salesperson's, else the first's."""
        return SQL(
            """
            SELECT 'pipeline', lead.id, entity.company_id, customer.commercial_partner_id, lead.user_id,
                   NULL, NULL, lead.id,
                   CASE WHEN lead.date_deadline IS NOT NULL
                        THEN GREATEST(lead.date_deadline, entity.today) + entity.term END,
                   lead.probability / 100, lead.expected_revenue * lead.probability / 100
              FROM crm_lead lead
         LEFT JOIN crm_team team ON team.id = lead.team_id
         LEFT JOIN res_users usr ON usr.id = lead.user_id
              JOIN entity ON entity.company_id = %s
              JOIN crm_stage stage ON stage.id = lead.stage_id
         LEFT JOIN res_partner customer ON customer.id = lead.partner_id
             WHERE lead.type = 'opportunity' AND lead.active AND stage.is_won IS NOT TRUE
               AND lead.probability > 0 AND lead.expected_revenue > 0
               AND NOT EXISTS (SELECT 1 FROM sale_order o WHERE o.opportunity_id = lead.id AND o.state = 'sale')
            """,
            self.env["crm.performance.parts"]._lead_company(),
        )
