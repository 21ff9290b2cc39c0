from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES
from odoo.addons.crm_custom.tools.aging import BUCKETS
from odoo.tools import SQL


class CrmOpenItem(models.Model):
    """What receivables are grouped by besides, their age since the invoice, and what is promised or disputed of them.

    `promised` and `disputed` are in company currency, at the date judged, and never more than the item's open amount.
    All of it is joined by key: a query that does not read a column does not pay for it.
    """

    _inherit = "crm.open.item"

    territory_id = fields.Many2one("crm.territory", readonly=True, help="Of the customer, today.")
    customer_class = fields.Selection(CLASSES, "Class", readonly=True, help="Of the customer, today.")
    invoice_days = fields.Integer(
        "Days Since Invoice",
        readonly=True,
        aggregator="max",
        depends_context=("as_of",),
        help="Days between invoice date and the date judged.",
    )
    invoice_bucket = fields.Selection(
        selection="_selection_invoice_bucket", string="Age of Invoice", readonly=True, depends_context=("as_of",)
    )
    promised = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        depends_context=("as_of",),
        help="Of the open amount, what the customer has promised to pay.",
    )
    disputed = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        depends_context=("as_of",),
        help="Of the open amount, what the customer disputes.",
    )

    # What the columns read of other tables, to be written to the database before.
    _depends = {
        "res.partner": ["territory_id"],
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "partner_id"],
    }

    @api.model
    def _selection_invoice_bucket(self):
        """The buckets' labels; an invoice of the day itself is in the first."""
        [(_key, _label), *others] = self._selection_bucket()
        return [(BUCKETS[0], self.env._("Issued today")), *others]

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        """Buckets of the invoice's age come in order of age as well."""
        if "invoice_bucket" not in groupby_terms:
            return super()._read_group_orderby(order, groupby_terms, query)
        aged = SQL("ARRAY_POSITION(%s, %s)", list(BUCKETS), groupby_terms["invoice_bucket"])
        terms = dict(groupby_terms, invoice_bucket=aged)
        result = super()._read_group_orderby(order, terms, query)
        groupby_terms.update({key: term for key, term in terms.items() if key != "invoice_bucket"})
        return result

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            %(select)s,
                customer.territory_id,
                (SELECT card.customer_class FROM crm_scorecard card
                  WHERE card.company_id = item.company_id AND card.partner_id = item.partner_id AND card.is_latest
                  LIMIT 1) AS customer_class,
                %(days)s AS invoice_days,
                CASE
                    WHEN %(days)s <= 0 THEN 'not_due'
                    WHEN %(days)s <= entity.crm_bucket_1 THEN '1_30'
                    WHEN %(days)s <= entity.crm_bucket_2 THEN '31_60'
                    WHEN %(days)s <= entity.crm_bucket_3 THEN '61_90'
                    WHEN %(days)s <= entity.crm_bucket_4 THEN '91_180'
                    ELSE 'over_180'
                END AS invoice_bucket,
                LEAST(COALESCE(promise.amount, 0), GREATEST(item.residual, 0)) AS promised,
                LEAST(COALESCE(dispute.amount, 0), GREATEST(item.residual, 0)) AS disputed
            """,
            select=super()._select(),
            days=SQL("(%s::date - COALESCE(item.invoice_date, item.date))", self._as_of()),
        )

    @api.model
    def _from(self) -> SQL:
        return SQL(
            """
            %(tables)s
            LEFT JOIN (SELECT line_id, SUM(amount) AS amount FROM (%(promised)s) found GROUP BY line_id) promise
                ON promise.line_id = item.id
            LEFT JOIN (SELECT line_id, SUM(amount) AS amount FROM (%(disputed)s) found GROUP BY line_id) dispute
                ON dispute.line_id = item.id
            """,
            tables=super()._from(),
            promised=self._sql_promised(),
            disputed=self._sql_disputed(),
        )

    @api.model
    def _sql_promised(self) -> SQL:
        """(line_id, amount) of the promises open at the date."""
        return self.env["crm.payment.promise"]._promised_query(self._known_companies(), self._as_of())

    @api.model
    def _known_companies(self):
        """The companies whose promises and disputes count: those of the user, all for the system itself."""
        return list(self.env["res.company"]._crm_company_ids()) if self.env.su else self.env.companies.ids

    @api.model
    def _sql_disputed(self) -> SQL:
        """(line_id, amount) of the disputes open at the date."""
        return self.env["crm.dispute"]._disputed_query(self._known_companies(), self._as_of())
