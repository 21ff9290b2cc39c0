from odoo import fields, models
from odoo.tools import SQL

from ..tools.attribution import MODELS


class CrmAttributionCredit(models.Model):
    """Money collected, shared by the touches before the sale: one row a part of money and touch, a column a model.

    Money: the rows of crm.collection to this minute, refunds negative; a credit note takes the path of the invoice it
    reverses. Weights: crm.attribution. Money whose sale has no touch keeps one row: on the campaign of its document
    (`origin` = document) or on none. Units: company currency. Each column sums to the money collected, to the cent:
    credits are differences of rounded running totals along the path, as in tools/attribution.py:credits.
    """

    _name = "crm.attribution.credit"
    _inherit = ["crm.fact", "crm.attribution.label"]
    _description = "Attributed Money"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "move_id"
    _depends = {
        "crm.collection": ["amount", "campaign_id", "company_id", "date", "move_id", "order_id", "partner_id"],
        "account.move": ["reversed_entry_id"],
        "crm.attribution": [
            "channel", "company_id", "deal", "position", "touch_id", "touches",
            *(f"weight_{model}" for model in MODELS),
        ],
        "crm.touch": ["campaign_id", "kind", "medium_id", "source_id"],
        "crm.lead": ["campaign_id"],
    }  # fmt: skip

    date = fields.Date(readonly=True, help="The day the money moved.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    touch_id = fields.Many2one("crm.touch", readonly=True)
    origin = fields.Selection(
        [("touch", "Touches"), ("document", "Document's campaign"), ("none", "No campaign known")],
        "Found by",
        readonly=True,
    )
    kind = fields.Selection(
        selection=lambda self: self.env["crm.touch"]._fields["kind"]._description_selection(self.env), readonly=True
    )
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    channel = fields.Char(readonly=True)
    position = fields.Integer(readonly=True, aggregator=None)
    touches = fields.Integer("Touches of the Path", readonly=True, aggregator="avg")
    credit_first = fields.Monetary("First Touch", readonly=True)
    credit_last = fields.Monetary("Last Touch", readonly=True)
    credit_linear = fields.Monetary("Linear", readonly=True)
    credit_position = fields.Monetary("Position (40/20/40)", readonly=True)
    credit_decay = fields.Monetary("Time Decay", readonly=True)
    credit_w_shaped = fields.Monetary("W-Shaped", readonly=True)
    credit_markov = fields.Monetary("Markov", readonly=True)
    credit_shapley = fields.Monetary("Shapley", readonly=True)

    @property
    def _table_query(self) -> SQL:
        credits = SQL(", ").join(
            SQL(
                "(%(upto)s - COALESCE(LAG(%(upto)s) OVER path, 0))::bigint * unit AS %(credit)s",
                upto=SQL.identifier(f"upto_{model}"),
                credit=SQL.identifier(f"credit_{model}"),
            )
            for model in MODELS
        )
        return SQL(
            """
            SELECT money_id * 10000 + position AS id, date, company_id, currency_id, partner_id, move_id, order_id,
                   touch_id, origin, kind, campaign_id, medium_id, source_id, channel, position, touches, %s
              FROM (%s) running
            WINDOW path AS (PARTITION BY money_id ORDER BY position)
            """,
            credits,
            self._running(),
        )

    def _running(self) -> SQL:
        """Money beside each touch of its sale, with what goes to the touches up to it in whole cents; all at the last.

        Cents are whole float8 numbers: with eight models in a row, numeric takes twice the time. The 1e-9 is that of
        tools/attribution.py:credits, for weights like 1/3 that miss half a cent by a rounding of their own.
        """
        upto = SQL(", ").join(
            SQL(
                """CASE WHEN step.deal IS NULL OR step.position = step.touches THEN money.cents
                        ELSE SIGN(money.cents) * FLOOR(ABS(money.cents) * SUM(%s) OVER path + 0.5 + 1e-9) END AS %s""",
                SQL.identifier("step", f"weight_{model}"),
                SQL.identifier(f"upto_{model}"),
            )
            for model in MODELS
        )
        return SQL(
            """
            SELECT money.id AS money_id, money.date, money.company_id, money.company_currency_id AS currency_id,
                   money.partner_id, money.move_id, money.order_id, step.touch_id,
                   CASE WHEN step.deal IS NOT NULL THEN 'touch' WHEN money.campaign_id IS NOT NULL THEN 'document'
                        ELSE 'none' END AS origin,
                   touch.kind,
                   CASE WHEN step.deal IS NULL THEN money.campaign_id ELSE touch.campaign_id END AS campaign_id,
                   touch.medium_id, touch.source_id, step.channel, COALESCE(step.position, 0) AS position, step.touches,
                   money.unit, %(upto)s
              FROM (SELECT money.*, (money.amount * 10::numeric ^ money.digits)::float8 AS cents,
                           ROUND(10::numeric ^ -money.digits, money.digits) AS unit,
                           COALESCE(money.order_id * 2, 2 * COALESCE(
                               CASE WHEN money.move_type = 'out_refund'
                                    THEN (SELECT reversed_entry_id FROM account_move WHERE id = money.move_id) END,
                               money.move_id) + 1) AS deal
                      FROM (%(money)s) money) money
              LEFT JOIN crm_attribution step ON step.deal = money.deal AND step.company_id = money.company_id
              LEFT JOIN crm_touch touch ON touch.id = step.touch_id
            WINDOW path AS (PARTITION BY money.id ORDER BY step.position)
            """,
            upto=upto,
            money=self.env["crm.campaign.entry"]._money(),
        )

    def action_open_document(self):
        """Open the invoice; who may not read it is told so."""
        self.ensure_one()
        return self.env["crm.campaign.entry"]._open_document(self.move_id)

    def action_open_touch(self):
        self.ensure_one()
        return self._open_form(self.touch_id)
