from odoo import api, models
from odoo.tools import SQL


class CrmPerformanceParts(models.AbstractModel):
    """What the work brought: opportunities, shipments, new customers."""

    _inherit = "crm.performance.parts"

    @api.model
    def _parts(self, start=None, stop=None):
        return {
            **super()._parts(start, stop),
            "opportunity": self._part_opportunity(start, stop),
            "shipment": self._part_shipment(start, stop),
            "new_customer": self._part_new_customer(start, stop),
        }

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
