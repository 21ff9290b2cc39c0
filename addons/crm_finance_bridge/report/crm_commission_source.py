from odoo import api, models
from odoo.tools import SQL

from .crm_commission_source_change import COLUMNS


class CrmCommissionSource(models.AbstractModel):
    """What a plan earns on, as SQL: one row per part of money, invoice line, order line, loss.

    Amounts in company currency, + = sold or received, - = taken back. `source_key` names the row for good: the first
    letter its kind, then an id; a row of an order that people share (`crm.commission.split`) is one a person, whose
    id follows behind a slash. Money, credit notes, losses and late money are with tax; invoice and order lines
    without. Dates: the day of the money, invoice, order (in the company's time zone), write-off or of being too late.
    """

    _name = "crm.commission.source"
    _inherit = ["crm.commission.source.change"]
    _description = "Sources of Commission, Query"

    @api.model
    def _rows(self, plan, start, stop) -> SQL:
        """The rows of a plan from a day to a day, with the people and the territory of the customer."""
        parts = [SQL("SELECT * FROM (%s) part", part) for part in self._parts(plan, stop)]
        return SQL(
            """
            SELECT part.*, customer.user_id AS partner_user_id, team.user_id AS leader_id, member.territory_id,
                   template.categ_id, note.reversed_entry_id AS reversed_id
              FROM (%(part)s) part
              LEFT JOIN account_move note ON note.id = part.move_id AND note.move_type = 'out_refund'
              LEFT JOIN res_partner customer ON customer.id = part.partner_id
              LEFT JOIN crm_team team ON team.id = part.team_id
              LEFT JOIN product_product product ON product.id = part.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN LATERAL (%(member)s) member ON TRUE
             WHERE part.amount <> 0 AND part.date BETWEEN %(start)s AND %(stop)s
            """,
            part=self._cut(plan, SQL(" UNION ALL ").join(parts)),
            member=self.env["crm.territory.member"]._sql_at(SQL("part.partner_id"), SQL("part.date")),
            start=start,
            stop=stop,
        )

    @api.model
    def _parts(self, plan, stop):
        if plan.base == "ordered":
            return [self._part_order(plan)]
        if plan.base == "invoiced":
            parts = [self._part_invoice(plan)]
            parts += [self._part_write_off(plan)] if plan.take_back_loss else []
            return [*parts, *([self._part_late(plan, stop)] if plan.late_days else [])]
        return [self._part_collection(plan), *([self._part_credit_note(plan)] if plan.take_back_credit else [])]

    @api.model
    def _part(self, source, tables, where, **columns):
        empty = {"order_id": SQL("NULL::int"), "product_id": SQL("NULL::int"), "discount": SQL("0::numeric"),
                 "days_late": SQL("0")}  # fmt: skip
        columns = {**empty, **columns, "source": SQL("%s::varchar", source)}
        selected = SQL(", ").join(SQL("%s AS %s", columns[name], SQL.identifier(name)) for name in COLUMNS)
        return SQL("SELECT %s FROM %s WHERE %s", selected, tables, where)

    @api.model
    def _money(self) -> SQL:
        return self.env["crm.collection"].sudo()._table_query

    @api.model
    def _part_collection(self, plan):
        return self._part(
            "collection",
            SQL("(%s) money", self._money()),
            SQL("money.company_id = %s", plan.company_id.id),
            source_key=SQL("'c' || money.id"),
            date=SQL("money.date"),
            partner_id=SQL("money.partner_id"),
            user_id=SQL("money.user_id"),
            team_id=SQL("money.team_id"),
            move_id=SQL("money.move_id"),
            order_id=SQL("money.order_id"),
            days_late=SQL("money.days_late"),
            amount=SQL("money.amount"),
        )

    @api.model
    def _part_credit_note(self, plan):
        """Money held on an invoice that was credited since: open credit beyond what is still open, at most the money.

        It disappears when the money goes back (which counts itself) or when the credit pays another invoice.
        """
        return SQL(
            """
            SELECT 'r' || invoice.id AS source_key, 'credit_note'::varchar AS source, credit.date,
                   invoice.commercial_partner_id AS partner_id, invoice.invoice_user_id AS user_id, invoice.team_id,
                   invoice.id AS move_id, NULL::int AS order_id, NULL::int AS product_id, 0::numeric AS discount,
                   0 AS days_late,
                   -GREATEST(0, LEAST(paid.amount, credit.amount - rest.amount)) AS amount
              FROM (
                    SELECT note.reversed_entry_id AS id, MAX(note.date) AS date, -SUM(line.amount_residual) AS amount
                      FROM account_move note
                      JOIN account_move_line line ON line.move_id = note.id AND line.amount_residual < 0
                      JOIN account_account account ON account.id = line.account_id
                           AND account.account_type = 'asset_receivable'
                     WHERE note.move_type = 'out_refund' AND note.state = 'posted' AND note.company_id = %(company)s
                       AND note.reversed_entry_id IS NOT NULL
                     GROUP BY note.reversed_entry_id
                   ) credit
              JOIN account_move invoice ON invoice.id = credit.id AND invoice.state = 'posted'
                   AND invoice.move_type IN ('out_invoice', 'out_receipt')
              CROSS JOIN LATERAL (
                    SELECT COALESCE(SUM(money.amount), 0) AS amount FROM (%(money)s) money
                     WHERE money.move_id = invoice.id
                   ) paid
              CROSS JOIN LATERAL (
                    SELECT COALESCE(SUM(line.amount_residual), 0) AS amount FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                           AND account.account_type = 'asset_receivable'
                     WHERE line.move_id = invoice.id
                   ) rest
            """,
            company=plan.company_id.id,
            money=self._money(),
        )

    @api.model
    def _part_invoice(self, plan):
        return self._part(
            "invoice",
            SQL(
                """account_move_line line JOIN account_move move ON move.id = line.move_id
                   LEFT JOIN LATERAL (
                        SELECT MIN(sale_line.order_id) AS order_id FROM sale_order_line_invoice_rel link
                          JOIN sale_order_line sale_line ON sale_line.id = link.order_line_id
                         WHERE link.invoice_line_id = line.id
                   ) sale ON TRUE"""
            ),
            SQL(
                """line.company_id = %s AND line.parent_state = 'posted' AND line.display_type = 'product'
                   AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""",
                plan.company_id.id,
            ),
            source_key=SQL("'i' || line.id"),
            date=SQL("move.invoice_date"),
            partner_id=SQL("move.commercial_partner_id"),
            user_id=SQL("move.invoice_user_id"),
            team_id=SQL("move.team_id"),
            move_id=SQL("move.id"),
            order_id=SQL("sale.order_id"),
            product_id=SQL("line.product_id"),
            discount=SQL("COALESCE(line.discount, 0)::numeric"),
            amount=SQL("-line.balance"),
        )

    @api.model
    def _invoice_items(self) -> SQL:
        return SQL(
            """JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
                    AND move.move_type IN ('out_invoice', 'out_receipt')
               JOIN account_account account ON account.id = line.account_id
                    AND account.account_type = 'asset_receivable'
               JOIN res_company company ON company.id = line.company_id
               JOIN res_currency currency ON currency.id = company.currency_id"""
        )

    @api.model
    def _part_write_off(self, plan):
        """What settled an invoice without being money or a credit note: write-offs, discounts, other entries."""
        return self._part(
            "write_off",
            SQL(
                """account_partial_reconcile partial
                   JOIN account_move_line line ON line.id = partial.debit_move_id %s
                   JOIN account_move_line other ON other.id = partial.credit_move_id
                   JOIN account_move entry ON entry.id = other.move_id AND entry.move_type = 'entry'
                   LEFT JOIN LATERAL (
                        SELECT SUM(money.amount_currency) AS amount FROM (%s) money WHERE money.partial_id = partial.id
                   ) paid ON TRUE""",
                self._invoice_items(),
                self._money(),
            ),
            SQL("line.company_id = %s", plan.company_id.id),
            source_key=SQL("'w' || partial.id"),
            date=SQL("partial.max_date"),
            partner_id=SQL("move.commercial_partner_id"),
            user_id=SQL("move.invoice_user_id"),
            team_id=SQL("move.team_id"),
            move_id=SQL("move.id"),
            amount=SQL(
                """-ROUND((partial.debit_amount_currency - COALESCE(paid.amount, 0)) * ABS(line.balance)
                   / NULLIF(ABS(line.amount_currency), 0), currency.decimal_places)"""
            ),
        )

    @api.model
    def _part_late(self, plan, stop):
        """Instalments still open too long after their due date; they disappear when paid."""
        return self._part(
            "late",
            SQL("account_move_line line %s", self._invoice_items()),
            SQL(
                """line.company_id = %s AND line.amount_residual > 0
                   AND COALESCE(line.date_maturity, line.date) < %s::date""",
                plan.company_id.id,
                stop,
            ),
            source_key=SQL("'l' || line.id"),
            date=SQL("COALESCE(line.date_maturity, line.date) + %s + 1", plan.late_days),
            partner_id=SQL("move.commercial_partner_id"),
            user_id=SQL("move.invoice_user_id"),
            team_id=SQL("move.team_id"),
            move_id=SQL("move.id"),
            days_late=SQL("%s::date - COALESCE(line.date_maturity, line.date)", stop),
            amount=SQL(
                "-ROUND(line.amount_residual * %s::numeric, currency.decimal_places)",
                str((100 - plan.late_percent) / 100),
            ),
        )

    @api.model
    def _part_order(self, plan):
        rate = SQL("COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric")
        return self._part(
            "order",
            SQL(
                """sale_order_line line JOIN sale_order sale ON sale.id = line.order_id
                   JOIN res_partner partner ON partner.id = sale.partner_id
                   JOIN res_company company ON company.id = sale.company_id
                   JOIN res_partner home ON home.id = company.partner_id
                   JOIN res_currency currency ON currency.id = company.currency_id"""
            ),
            SQL(
                """sale.company_id = %s AND sale.state = 'sale' AND line.display_type IS NULL
                   AND line.is_downpayment IS NOT TRUE""",
                plan.company_id.id,
            ),
            source_key=SQL("'o' || line.id"),
            date=SQL("(sale.date_order AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(home.tz, 'UTC'))::date"),
            partner_id=SQL("partner.commercial_partner_id"),
            user_id=SQL("sale.user_id"),
            team_id=SQL("sale.team_id"),
            move_id=SQL("NULL::int"),
            order_id=SQL("sale.id"),
            product_id=SQL("line.product_id"),
            discount=SQL("COALESCE(line.discount, 0)::numeric"),
            amount=SQL("ROUND(line.price_subtotal / %s, currency.decimal_places)", rate),
        )
