from odoo import fields, models
from odoo.tools import SQL


class CrmEventResult(models.Model):
    """What an event or lottery brought: entries, leads, won deals, orders and their amount; one row an event.

    Leads are those that Odoo made of the entries (crm.lead.event_id); orders the confirmed ones of these leads,
    untaxed, turned to company currency by the rate of the order. Visible without sales or event rights.
    """

    _name = "crm.event.result"
    _inherit = ["crm.fact"]
    _description = "Result of an Event"
    _auto = False
    _order = "date_begin desc, id desc"
    _rec_name = "event_id"

    event_id = fields.Many2one("event.event", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    is_lottery = fields.Boolean("Lottery", readonly=True)
    date_begin = fields.Datetime("Starts", readonly=True)
    entries = fields.Integer(readonly=True)
    leads = fields.Integer(readonly=True)
    won = fields.Integer("Won Deals", readonly=True)
    orders = fields.Integer("Won Orders", readonly=True)
    ordered = fields.Monetary(readonly=True, help="Untaxed.")

    _depends = {
        "event.event": ["company_id", "crm_campaign_id", "crm_is_lottery", "date_begin"],
        "event.registration": ["active", "event_id", "state"],
        "crm.lead": ["event_id", "won_status"],
        "sale.order": ["amount_untaxed", "currency_rate", "opportunity_id", "state"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT event.id, event.id AS event_id, company.id AS company_id,
                      company.currency_id, event.crm_campaign_id AS campaign_id,
                      COALESCE(event.crm_is_lottery, FALSE) AS is_lottery, event.date_begin,
                      COALESCE(entry.entries, 0) AS entries, COALESCE(won.leads, 0) AS leads,
                      COALESCE(won.won, 0) AS won, COALESCE(won.orders, 0) AS orders,
                      COALESCE(won.ordered, 0) AS ordered
                 FROM event_event event
                 JOIN res_company company ON company.id = COALESCE(event.company_id, %(company)s)
                 LEFT JOIN (SELECT event_id, COUNT(*) AS entries FROM event_registration
                             WHERE active AND state IN ('open', 'done') GROUP BY event_id) entry
                   ON entry.event_id = event.id
                 LEFT JOIN (SELECT lead.event_id, COUNT(*) AS leads,
                                   COUNT(*) FILTER (WHERE lead.won_status = 'won') AS won,
                                   SUM(sold.orders) AS orders, SUM(sold.ordered) AS ordered
                              FROM crm_lead lead
                              LEFT JOIN (%(orders)s) sold ON sold.opportunity_id = lead.id
                             WHERE lead.event_id IS NOT NULL GROUP BY lead.event_id) won ON won.event_id = event.id""",
            company=self.env.company.id,
            orders=self._orders(),
        )

    def _orders(self) -> SQL:
        """Query of (opportunity_id, orders, ordered)."""
        return SQL(
            """SELECT opportunity_id, COUNT(*) AS orders,
                      SUM(amount_untaxed / COALESCE(NULLIF(currency_rate, 0), 1)) AS ordered
                 FROM sale_order WHERE state = 'sale' AND opportunity_id IS NOT NULL GROUP BY opportunity_id"""
        )

    def action_open_event(self):
        self.ensure_one()
        return self._open_form(self.event_id)
