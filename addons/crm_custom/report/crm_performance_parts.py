from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

MEASURES = (
    "visits", "opportunities", "quotations", "orders", "new_customers", "quantity", "ordered", "margin", "shipped",
    "invoiced", "collected", "forecast", "target_ordered", "target_invoiced", "target_collected",
)  # fmt: skip
PEOPLE = ("user_id", "team_id", "territory_id", "partner_id", "product_categ_id")
SALES = ("out_invoice", "out_refund", "out_receipt")


class CrmPerformanceParts(models.AbstractModel):
    """The SELECTs behind crm.performance: one a source. `code` makes the id unique: source id * 16 + code."""

    _name = "crm.performance.parts"
    _inherit = ["crm.fact"]
    _description = "Sales Performance, Query"

    @api.model
    def _part(self, code, source, where, start=None, stop=None, moment=None, **columns):
        """One SELECT; `columns` are SQL, those not named are empty or 0. Only days from start to stop, if given.

        `moment` is the UTC timestamp behind the date, if it is one: compared as it is stored, a day wider, so that
        its index can be used.
        """
        conditions = [where]
        if moment:
            columns["date"] = self._day(moment)
        if start:
            conditions.append(SQL("%s >= %s", columns["date"], start))
            conditions += [SQL("%s >= %s", moment, start - timedelta(1))] if moment else []
        if stop:
            conditions.append(SQL("%s <= %s", columns["date"], stop))
            conditions += [SQL("%s < %s", moment, stop + timedelta(2))] if moment else []
        empty = {name: SQL("NULL::int") for name in PEOPLE} | {name: SQL("0::numeric") for name in MEASURES}
        columns = {**empty, **columns}
        columns["id"] = SQL("%s::bigint * 16 + %s", columns.pop("row_id"), code)
        names = ("id", "date", "company_id", *PEOPLE, *MEASURES)
        selected = SQL(", ").join(SQL("%s AS %s", columns[name], SQL.identifier(name)) for name in names)
        return SQL("SELECT %s FROM %s WHERE %s", selected, source, SQL(" AND ").join(conditions))

    @api.model
    def _day(self, moment: SQL) -> SQL:
        """Return the calendar day of a UTC timestamp in the user's time zone."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, self.env.tz.zone)

    @api.model
    def _parts(self, start=None, stop=None):
        """{source: SQL}; another topic adds its own by super()."""
        return {
            "order_line": self._part_order_line(start, stop),
            "order": self._part_order(start, stop),
            "quotation": self._part_quotation(start, stop),
            "invoice": self._part_invoice(start, stop),
            "collection": self._part_collection(start, stop),
        }

    @api.model
    def _order_columns(self):
        return {
            "company_id": SQL("sale.company_id"),
            "user_id": SQL("sale.user_id"),
            "team_id": SQL("sale.team_id"),
            "partner_id": SQL("partner.commercial_partner_id"),
        }

    @api.model
    def _part_order_line(self, start, stop):
        rate = SQL("COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric")
        return self._part(
            1,
            SQL(
                """sale_order_line line JOIN sale_order sale ON sale.id = line.order_id
                   JOIN res_company company ON company.id = sale.company_id
                   JOIN res_currency currency ON currency.id = company.currency_id
                   JOIN res_partner partner ON partner.id = sale.partner_id
                   LEFT JOIN product_product product ON product.id = line.product_id
                   LEFT JOIN product_template template ON template.id = product.product_tmpl_id"""
            ),
            SQL("sale.state = 'sale' AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE"),
            start,
            stop,
            row_id=SQL("line.id"),
            moment=SQL("sale.date_order"),
            product_categ_id=SQL("template.categ_id"),
            quantity=SQL("line.product_uom_qty"),
            ordered=SQL("ROUND(line.price_subtotal / %s, currency.decimal_places)", rate),
            margin=SQL("ROUND(COALESCE(line.margin, 0)::numeric / %s, currency.decimal_places)", rate),
            **self._order_columns(),
        )

    @api.model
    def _part_order(self, start, stop):
        return self._part(
            2,
            SQL("sale_order sale JOIN res_partner partner ON partner.id = sale.partner_id"),
            SQL("sale.state = 'sale'"),
            start,
            stop,
            row_id=SQL("sale.id"),
            moment=SQL("sale.date_order"),
            orders=SQL("1"),
            **self._order_columns(),
        )

    @api.model
    def _part_quotation(self, start, stop):
        """Every quotation made, also those that became orders or were refused."""
        return self._part(
            3,
            SQL("sale_order sale JOIN res_partner partner ON partner.id = sale.partner_id"),
            SQL("TRUE"),
            start,
            stop,
            row_id=SQL("sale.id"),
            moment=SQL("sale.create_date"),
            quotations=SQL("1"),
            **self._order_columns(),
        )

    @api.model
    def _part_invoice(self, start, stop):
        return self._part(
            4,
            SQL(
                """account_move_line line JOIN account_move move ON move.id = line.move_id
                   LEFT JOIN product_product product ON product.id = line.product_id
                   LEFT JOIN product_template template ON template.id = product.product_tmpl_id"""
            ),
            SQL("line.parent_state = 'posted' AND line.display_type = 'product' AND move.move_type IN %s", SALES),
            start,
            stop,
            row_id=SQL("line.id"),
            date=SQL("move.invoice_date"),
            company_id=SQL("move.company_id"),
            user_id=SQL("move.invoice_user_id"),
            team_id=SQL("move.team_id"),
            partner_id=SQL("move.commercial_partner_id"),
            product_categ_id=SQL("template.categ_id"),
            invoiced=SQL("-line.balance"),
        )

    @api.model
    def _part_collection(self, start, stop):
        return self._part(
            5,
            SQL("(%s) money", self.env["crm.collection"]._table_query),
            SQL("TRUE"),
            start,
            stop,
            row_id=SQL("money.id"),
            date=SQL("money.date"),
            company_id=SQL("money.company_id"),
            user_id=SQL("money.user_id"),
            team_id=SQL("money.team_id"),
            partner_id=SQL("money.partner_id"),
            collected=SQL("money.amount"),
        )
