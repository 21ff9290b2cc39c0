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
        parts = {
            "order_line": self._part_order_line(start, stop),
            "order": self._part_order(start, stop),
            "quotation": self._part_quotation(start, stop),
            "invoice": self._part_invoice(start, stop),
            "collection": self._part_collection(start, stop),
            "opportunity": self._part_opportunity(start, stop),
            "shipment": self._part_shipment(start, stop),
            "new_customer": self._part_new_customer(start, stop),
            "target": self._part_target(start, stop),
            "forecast": self._part_forecast(start, stop),
        }
        visits = self._part_visit(start, stop)
        return {**parts, "visit": visits} if visits else parts

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

    @api.model
    def _part_opportunity(self, start, stop):
        return self._part(
            6,
            SQL(
                """crm_lead lead LEFT JOIN res_partner partner ON partner.id = lead.partner_id
                   LEFT JOIN crm_team team ON team.id = lead.team_id
                   LEFT JOIN res_users usr ON usr.id = lead.user_id"""
            ),
            SQL("lead.type = 'opportunity'"),
            start,
            stop,
            row_id=SQL("lead.id"),
            date=self._day(SQL("COALESCE(lead.date_conversion, lead.create_date)")),
            company_id=self._lead_company(),
            user_id=SQL("lead.user_id"),
            team_id=SQL("lead.team_id"),
            territory_id=SQL("lead.territory_id"),
            partner_id=SQL("partner.commercial_partner_id"),
            opportunities=SQL("1"),
        )

    @api.model
    def _lead_company(self) -> SQL:
        """Company of an opportunity; one without belongs to that of its team, salesperson, else to the first."""
        return SQL(
            """COALESCE(lead.company_id, team.company_id, usr.company_id,
                        (SELECT MIN(id) FROM res_company WHERE active))"""
        )

    @api.model
    def _part_shipment(self, start, stop):
        """Goods that left for, less those that came back from, customers, at the price of their order line."""
        flow = self.env["crm.order.flow"]
        out, back = flow._at_customer("target"), flow._at_customer("source")
        return self._part(
            7,
            SQL(
                """stock_move move JOIN sale_order_line line ON line.id = move.sale_line_id
                     AND line.product_id = move.product_id
                   JOIN sale_order sale ON sale.id = line.order_id
                   JOIN res_company company ON company.id = sale.company_id
                   JOIN res_currency currency ON currency.id = company.currency_id
                   JOIN res_partner partner ON partner.id = sale.partner_id
                   JOIN stock_location source ON source.id = move.location_id
                   JOIN stock_location target ON target.id = move.location_dest_id
                   JOIN uom_uom unit ON unit.id = move.product_uom
                   JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
                   JOIN product_product product ON product.id = line.product_id
                   JOIN product_template template ON template.id = product.product_tmpl_id"""
            ),
            SQL("move.state = 'done' AND %s <> %s", out, back),
            start,
            stop,
            row_id=SQL("move.id"),
            moment=SQL("move.date"),
            product_categ_id=SQL("template.categ_id"),
            shipped=SQL(
                """ROUND(CASE WHEN %s THEN 1 ELSE -1 END * (move.quantity * unit.factor / line_unit.factor)::numeric
                   * line.price_reduce_taxexcl / COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric,
                   currency.decimal_places)""",
                out,
            ),
            **self._order_columns(),
        )

    @api.model
    def _part_new_customer(self, start, stop):
        """The first posted invoice of a customer in a company."""
        return self._part(
            8,
            SQL(
                """(SELECT DISTINCT ON (company_id, commercial_partner_id) id, company_id, commercial_partner_id,
                           invoice_date, invoice_user_id, team_id
                      FROM account_move
                     WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_receipt')
                       AND commercial_partner_id IS NOT NULL
                     ORDER BY company_id, commercial_partner_id, invoice_date, id) move"""
            ),
            SQL("TRUE"),
            start,
            stop,
            row_id=SQL("move.id"),
            date=SQL("move.invoice_date"),
            company_id=SQL("move.company_id"),
            user_id=SQL("move.invoice_user_id"),
            team_id=SQL("move.team_id"),
            partner_id=SQL("move.commercial_partner_id"),
            new_customers=SQL("1"),
        )

    @api.model
    def _part_visit(self, start, stop):
        """Visits that took place; None where no visits are kept."""
        if "crm.visit" not in self.env:
            return None
        return self._part(
            9,
            SQL(
                """crm_visit visit JOIN res_partner partner ON partner.id = visit.partner_id
                   LEFT JOIN res_users usr ON usr.id = visit.user_id"""
            ),
            SQL("visit.state = 'done'"),
            start,
            stop,
            row_id=SQL("visit.id"),
            moment=SQL("visit.start"),
            company_id=SQL("visit.company_id"),
            user_id=SQL("visit.user_id"),
            team_id=SQL("usr.sale_team_id"),
            partner_id=SQL("partner.commercial_partner_id"),
            visits=SQL("1"),
        )

    @api.model
    def _part_target(self, start, stop):
        """Periods of targets in force that no other target is part of: so every amount counts once."""

        def amount(measure):
            return SQL("CASE WHEN target.measure = %s THEN line.amount ELSE 0 END", measure)

        return self._part(
            10,
            SQL(
                """crm_target_line line JOIN crm_target target ON target.id = line.target_id
                   LEFT JOIN crm_target above ON above.id = target.parent_id
                   LEFT JOIN res_users usr ON usr.id = target.user_id"""
            ),
            SQL(
                """target.state = 'confirmed' AND target.active
                   AND NOT EXISTS (SELECT 1 FROM crm_target part WHERE part.parent_id = target.id AND part.active)"""
            ),
            start,
            stop,
            row_id=SQL("line.id"),
            date=SQL("line.date_from"),
            company_id=SQL("target.company_id"),
            user_id=SQL("target.user_id"),
            team_id=SQL("COALESCE(target.team_id, above.team_id, usr.sale_team_id)"),
            territory_id=SQL("target.territory_id"),
            partner_id=SQL("target.partner_id"),
            product_categ_id=SQL("target.product_categ_id"),
            target_ordered=amount("ordered"),
            target_invoiced=amount("invoiced"),
            target_collected=amount("collected"),
        )

    @api.model
    def _part_forecast(self, start, stop):
        """Weighted pipeline of each month as it was frozen last before the month began."""
        return self._part(
            11,
            SQL("crm_forecast_line line"),
            SQL("line.span = 'month' AND line.is_reference"),
            start,
            stop,
            row_id=SQL("line.id"),
            date=SQL("line.date_from"),
            company_id=SQL("line.company_id"),
            user_id=SQL("line.user_id"),
            team_id=SQL("line.team_id"),
            territory_id=SQL("line.territory_id"),
            forecast=SQL("line.weighted::numeric"),
        )
