from odoo import api, fields, models
from odoo.tools import SQL


class CrmOrderFlow(models.Model):
    """Deliveries to come: the day each line is due, and how urgent that is today.

    `date_due` is the delivery date of the order, else order date plus lead time. Days and weeks (Monday to Sunday)
    of the user's time zone.
    """

    _inherit = "crm.order.flow"

    date_due = fields.Datetime("Due", readonly=True, help="Delivery date of the order, else the expected date.")
    due = fields.Selection(
        [("1_late", "Late"), ("2_today", "Today"), ("3_week", "This week"), ("4_later", "Later")],
        string="Delivery",
        readonly=True,
        help="Goods that are still to leave, by the day they are due.",
    )
    qty_open = fields.Float("To Deliver", digits="Product Unit", readonly=True)
    crm_promised_date = fields.Date(related="order_line_id.crm_promised_date", related_sudo=True)
    crm_promise_reason = fields.Char(related="order_line_id.crm_promise_reason", related_sudo=True)
    crm_promise_late = fields.Boolean(related="order_line_id.crm_promise_late", related_sudo=True)

    @api.model
    def _date_due(self) -> SQL:
        return SQL("COALESCE(sale.commitment_date, %s)", self._promised())

    @api.model
    def _select(self) -> SQL:
        today = SQL("%s::date", fields.Date.context_today(self))
        return SQL(
            """%(before)s, %(date)s AS date_due,
            CASE WHEN NOT %(open)s THEN NULL
                 WHEN %(day)s < %(today)s THEN '1_late'
                 WHEN %(day)s = %(today)s THEN '2_today'
                 WHEN %(day)s < date_trunc('week', %(today)s::timestamp)::date + 7 THEN '3_week'
                 ELSE '4_later' END AS due,
            CASE WHEN %(open)s THEN line.product_uom_qty - COALESCE(ship.shipped, 0) ELSE 0 END AS qty_open""",
            before=super()._select(),
            date=self._date_due(),
            day=self._day(self._date_due()),
            today=today,
            open=SQL("(%s AND NOT %s AND ship.pending IS TRUE)", self._is_goods(), self._is_complete()),
        )
