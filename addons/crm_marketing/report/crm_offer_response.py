from odoo import fields, models
from odoo.tools import SQL

SOONER = 0.75
"""An order counts as sooner when it came within this share of the customer's usual days between orders."""


class CrmOfferResponse(models.Model):
    """Whether a targeted customer behaves otherwise since an offer: another product, another channel, or sooner.

    One row a customer targeted and offer. Before: `response_days` up to the day the offer started; since: from that
    day to its end plus 30 days. Product: bought an offered product and had not before. Channel: ordered over one that
    was not used before, by a customer who ordered before. Sooner: the first order since came within 75 % of the usual
    days after the last one before (at least three orders before). Confirmed orders of the offer's company; UTC days.
    """

    _name = "crm.offer.response"
    _description = "Response to an Offer"
    _auto = False
    _rec_name = "partner_id"

    offer_id = fields.Many2one("crm.offer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    orders_before = fields.Integer(readonly=True)
    orders_since = fields.Integer(readonly=True)
    changed = fields.Boolean("Changed Behaviour", readonly=True)
    product_changed = fields.Boolean("Another Product", readonly=True)
    channel_changed = fields.Boolean("Another Channel", readonly=True)
    timing_changed = fields.Boolean("Sooner", readonly=True)
    changed_count = fields.Integer("Customers Changed", readonly=True)
    product_count = fields.Integer("With Another Product", readonly=True)
    channel_count = fields.Integer("With Another Channel", readonly=True)
    timing_count = fields.Integer("Ordered Sooner", readonly=True)

    _depends = {
        "crm.offer": ["company_id", "date_end", "date_start", "product_ids", "response_days", "segment_version_id"],
        "crm.segment.version.line": ["excluded_reason", "partner_id", "version_id"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": ["company_id", "crm_channel", "date_order", "partner_id", "state"],
        "sale.order.line": ["order_id", "product_id"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT row.*, product_changed OR channel_changed OR timing_changed AS changed,
                      (product_changed OR channel_changed OR timing_changed)::int AS changed_count,
                      product_changed::int AS product_count, channel_changed::int AS channel_count,
                      timing_changed::int AS timing_count
                 FROM (%s) row""",
            self._rows(),
        )

    def _rows(self):
        return SQL(
            """SELECT MIN(line.id) AS id, offer.id AS offer_id, offer.company_id,
                      person.commercial_partner_id AS partner_id,
                      MAX(COALESCE(act.before, 0))::int AS orders_before,
                      MAX(COALESCE(act.since, 0))::int AS orders_since,
                      COALESCE(BOOL_OR(act.offered_since AND NOT act.offered_before), FALSE) AS product_changed,
                      COALESCE(BOOL_OR(act.before > 0 AND NOT act.channels_since <@ act.channels_before), FALSE)
                          AS channel_changed,
                      COALESCE(BOOL_OR(act.before >= 3 AND act.first_since - act.last_before
                               < %(sooner)s * (act.last_before - act.first_before) / (act.before - 1)), FALSE)
                          AS timing_changed
                 FROM crm_offer offer
                 JOIN crm_segment_version_line line
                   ON line.version_id = offer.segment_version_id AND line.excluded_reason IS NULL
                 JOIN res_partner person ON person.id = line.partner_id
                 LEFT JOIN (%(activity)s) act
                   ON act.offer_id = offer.id AND act.partner_id = person.commercial_partner_id
                GROUP BY offer.id, offer.company_id, person.commercial_partner_id""",
            sooner=SOONER,
            activity=self._activity(),
        )

    def _activity(self):
        """Orders of a customer around each offer, as seen from its first day."""
        return SQL(
            """SELECT offer.id AS offer_id, buyer.commercial_partner_id AS partner_id,
                      COUNT(*) FILTER (WHERE NOT o.since) AS before, COUNT(*) FILTER (WHERE o.since) AS since,
                      MIN(o.day) FILTER (WHERE NOT o.since) AS first_before,
                      MAX(o.day) FILTER (WHERE NOT o.since) AS last_before,
                      MIN(o.day) FILTER (WHERE o.since) AS first_since,
                      COALESCE(ARRAY_AGG(o.channel) FILTER (WHERE NOT o.since), '{}') AS channels_before,
                      COALESCE(ARRAY_AGG(o.channel) FILTER (WHERE o.since), '{}') AS channels_since,
                      COALESCE(BOOL_OR(o.offered) FILTER (WHERE NOT o.since), FALSE) AS offered_before,
                      COALESCE(BOOL_OR(o.offered) FILTER (WHERE o.since), FALSE) AS offered_since
                 FROM crm_offer offer
                 JOIN sale_order so ON so.company_id = offer.company_id AND so.state = 'sale'
                      AND so.date_order >= offer.date_start - offer.response_days
                      AND so.date_order < offer.date_end + 31
                 JOIN res_partner buyer ON buyer.id = so.partner_id
                CROSS JOIN LATERAL (
                      SELECT so.date_order >= offer.date_start AS since, so.date_order::date AS day,
                             COALESCE(so.crm_channel, 'direct')::varchar AS channel,
                             EXISTS (SELECT 1 FROM sale_order_line line JOIN crm_offer_product_rel rel
                                         ON rel.product_product_id = line.product_id AND rel.crm_offer_id = offer.id
                                      WHERE line.order_id = so.id) AS offered) o
                WHERE offer.segment_version_id IS NOT NULL
                GROUP BY offer.id, buyer.commercial_partner_id"""
        )
