from odoo import api, fields, models
from odoo.tools import SQL

from .sale_order_channel import SOURCES


class CrmSuggestionLog(models.Model):
    """A product that was suggested on a quotation, and what became of it.

    One row an order and product, written when the panel shows it; `uplift` is per unit, in company currency,
    what a higher tier costs more than what it replaces.
    """

    _name = "crm.suggestion.log"
    _description = "Suggestion on a Quotation"
    _order = "id desc"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    order_line_id = fields.Many2one("sale.order.line", readonly=True, index="btree_not_null", ondelete="set null")
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    replaces_id = fields.Many2one("product.product", string="Instead of", readonly=True, ondelete="set null")
    source = fields.Selection(SOURCES, required=True, readonly=True)
    state = fields.Selection(
        [("shown", "Shown"), ("accepted", "Accepted"), ("declined", "Declined")],
        required=True,
        default="shown",
        readonly=True,
    )
    reason = fields.Char(string="Why", readonly=True)
    confidence = fields.Float(digits=(8, 4), readonly=True, aggregator="avg")
    uplift = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    answer_user_id = fields.Many2one("res.users", string="Answered by", readonly=True, ondelete="set null")
    answered_on = fields.Datetime(readonly=True)

    _order_product_unique = models.UniqueIndex("(order_id, product_id)")

    @api.model
    def _note_shown(self, order, offers):
        """Write what the panel of the order shows, once a product; safe when two panels show it at once.

        A product shown for another reason keeps its row with the newer reason, until it is answered.
        """
        if not offers:
            return
        now = fields.Datetime.now()
        values = [
            SQL(
                "(%s, %s, %s, %s, %s, 'shown', %s, %s, %s, %s, %s)",
                *(order.company_id.id, order.id, offer["product"], offer.get("replaces"), offer["source"]),
                *(offer["reason"], offer["confidence"], offer["uplift"], self.env.uid, now),
            )
            for offer in offers
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_suggestion_log (company_id, order_id, product_id, replaces_id, source, state, reason,
                                                   confidence, uplift, create_uid, create_date)
                   VALUES %s ON CONFLICT (order_id, product_id) DO UPDATE
                      SET source = EXCLUDED.source, reason = EXCLUDED.reason, confidence = EXCLUDED.confidence,
                          uplift = EXCLUDED.uplift, replaces_id = EXCLUDED.replaces_id
                    WHERE crm_suggestion_log.state = 'shown' AND crm_suggestion_log.source <> EXCLUDED.source""",
                SQL(", ").join(values),
            )
        )
        self.invalidate_model()

    def _answer(self, state, line=None):
        """Keep the salesperson's answer and the line it led to."""
        self.sudo().write(
            {
                "state": state,
                "order_line_id": line.id if line else False,
                "answer_user_id": self.env.uid,
                "answered_on": fields.Datetime.now(),
            }
        )
