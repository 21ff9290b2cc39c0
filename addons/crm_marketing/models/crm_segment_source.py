from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.tools import SQL

from ..tools import segments
from .crm_segment_condition import FACT_PREFIX


class CrmSegmentCondition(models.Model):
    """Where a condition reads: one query of (partner_id, value) for each kind, commercial partners of one company.

    Sources: the newest scorecard and its metrics, the order rhythm, lifetime values, posted invoices, needs,
    members of another segment, and `_crm_live_facts` of the addons installed.
    """

    _inherit = "crm.segment.condition"

    def _source(self, company, today):
        """Query of (partner_id, value), one row a customer at most."""
        self.ensure_one()
        if (self.kind or "").startswith(FACT_PREFIX):
            facts = self.env["res.partner"].sudo()._crm_live_facts(company)
            found = facts.get(self.kind.removeprefix(FACT_PREFIX))
            return found[1] if found else SQL("SELECT NULL::int AS partner_id, NULL::numeric AS value WHERE FALSE")
        return getattr(self.sudo(), f"_source_{self.kind}")(company, today)

    def _scorecard(self, company, column):
        return SQL(
            "SELECT partner_id, %s AS value FROM crm_scorecard WHERE company_id = %s AND is_latest",
            column,
            company.id,
        )

    def _source_class(self, company, _today):
        return self._scorecard(company, SQL("customer_class"))

    def _source_lifecycle(self, company, _today):
        return self._scorecard(company, SQL("lifecycle"))

    def _source_sales(self, company, _today):
        return self._scorecard(company, SQL("revenue"))

    def _source_score(self, company, _today):
        return self._scorecard(company, SQL("CASE WHEN score_state = 'ok' THEN score END"))

    def _metric_source(self, company, code):
        return SQL(
            """SELECT card.partner_id, measured.value
                 FROM crm_scorecard card
                 JOIN crm_metric_value measured ON measured.scorecard_id = card.id AND measured.state = 'ok'
                 JOIN crm_metric metric ON metric.id = measured.metric_id AND metric.code = %s
                WHERE card.company_id = %s AND card.is_latest""",
            code or "",
            company.id,
        )

    def _source_metric(self, company, _today):
        return self._metric_source(company, self.metric_id.code)

    def _source_payer(self, company, _today):
        """Class of the payer by mean days late; 'none' for a customer of the scorecard without a payment."""
        return SQL(
            """SELECT card.partner_id,
                      CASE WHEN late.value IS NULL THEN 'none' WHEN late.value <= %(prompt)s THEN 'prompt'
                           WHEN late.value <= %(late)s THEN 'slow' ELSE 'late' END AS value
                 FROM crm_scorecard card LEFT JOIN (%(source)s) late ON late.partner_id = card.partner_id
                WHERE card.company_id = %(company)s AND card.is_latest""",
            source=self._metric_source(company, "days_late"),
            prompt=segments.PROMPT_DAYS,
            late=segments.LATE_DAYS,
            company=company.id,
        )

    def _source_lifetime(self, company, _today):
        return SQL("SELECT partner_id, total AS value FROM crm_lifetime_value WHERE company_id = %s", company.id)

    def _rfm(self, company, column):
        return SQL(
            "SELECT partner_id, %s AS value FROM crm_rfm_score WHERE company_id = %s AND rfm_group <> 'no_data'",
            column,
            company.id,
        )

    def _source_rfm(self, company, _today):
        return SQL("SELECT partner_id, rfm_group AS value FROM crm_rfm_score WHERE company_id = %s", company.id)

    def _source_cell(self, company, _today):
        return self._rfm(company, SQL("cell"))

    def _rhythm(self, company):
        rhythm = self.env["crm.order.rhythm"].with_context(allowed_company_ids=company.ids)
        return rhythm._table_query

    def _source_overdue(self, company, today):
        return SQL(
            """SELECT partner_id, (%s::date - next_date) AS value FROM (%s) rhythm
                WHERE next_date < %s AND company_id = %s""",
            today,
            self._rhythm(company),
            today,
            company.id,
        )

    def _source_pattern(self, company, today):
        return SQL(
            "SELECT partner_id, %s AS value FROM (%s) rhythm WHERE company_id = %s",
            self.env["crm.buying.pattern"]._pattern_case(today),
            self._rhythm(company),
            company.id,
        )

    def _source_idle(self, company, today):
        return SQL(
            """SELECT commercial_partner_id AS partner_id, %s::date - MAX(invoice_date) AS value FROM account_move
                WHERE company_id = %s AND move_type = 'out_invoice' AND state = 'posted' AND invoice_date <= %s
                GROUP BY commercial_partner_id""",
            today,
            company.id,
            today,
        )

    def _source_need(self, company, _today):
        """Open needs: without an offer, of the kinds of goods asked for or of any."""
        needs = self.env["crm.customer.need"].sudo()
        domain = [("company_id", "=", company.id), ("has_offer", "=", False)]
        if self.categ_ids:
            domain.append(("categ_id", "child_of", self.categ_ids.ids))
        return SQL(
            """SELECT DISTINCT partner.commercial_partner_id AS partner_id, 1 AS value FROM crm_customer_need need
                 JOIN res_partner partner ON partner.id = need.partner_id WHERE need.id IN %s""",
            needs._search(domain).subselect(),
        )

    def _source_segment(self, _company, _today):
        return SQL(
            """SELECT DISTINCT partner.commercial_partner_id AS partner_id, 1 AS value
                 FROM crm_segment_member member JOIN res_partner partner ON partner.id = member.partner_id
                WHERE member.segment_id = %s""",
            self.other_segment_id._origin.id or 0,
        )

    # === BOUGHT A, NOT B === #

    def _source_bought(self, company, today):
        start = today - relativedelta(months=self.months) if self.months else None
        wanted = self._products(self.product_ids, self.categ_ids)
        unwanted = self._products(self.without_product_ids, self.without_categ_ids)
        query = SQL(
            "SELECT partner_id, MAX(day) AS value FROM (%s) bought GROUP BY partner_id",
            self._sales(company, start, today, wanted),
        )
        if unwanted is None:
            return query
        return SQL(
            """SELECT bought.partner_id, bought.value FROM (%s) bought
                WHERE NOT EXISTS (SELECT 1 FROM (%s) other WHERE other.partner_id = bought.partner_id)""",
            query,
            self._sales(company, start, today, unwanted),
        )

    def _products(self, products, categories):
        """Query of the ids of the products asked for; None where nothing is."""
        if not products and not categories:
            return None
        domain = fields.Domain("id", "in", products.ids) | fields.Domain("categ_id", "child_of", categories.ids)
        return self.env["product.product"].sudo().with_context(active_test=False)._search(domain).subselect()

    def _sales(self, company, start, stop, products):
        """Query of (partner_id, day) of posted invoice lines with a quantity sold, start < day <= stop."""
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id, line.date AS day
                 FROM account_move_line line JOIN account_move move ON move.id = line.move_id
                WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                  AND line.display_type = 'product' AND move.move_type IN ('out_invoice', 'out_receipt')
                  AND line.quantity > 0 AND line.date <= %(stop)s AND line.product_id IS NOT NULL
                  AND move.commercial_partner_id IS NOT NULL %(start)s %(products)s""",
            company=company.id,
            stop=stop,
            start=SQL("AND line.date > %s", start) if start else SQL(),
            products=SQL("AND line.product_id IN %s", products) if products is not None else SQL(),
        )

    # === TEXT OF A VALUE === #

    def _value_text(self, alias):
        """SQL of the value of now as text; None where it says nothing."""
        value = SQL.identifier(alias, "value")
        if self.value_type == "number":
            return SQL("TRIM_SCALE(ROUND(%s::numeric, 2))::text", value)
        if self.value_type in ("bought", "cell"):
            return SQL("%s::text", value)
        if self.value_type != "choice":
            return None
        choices = self.env["crm.segment.choice"].search([("kind", "=", self.kind)])
        cases = [SQL("WHEN %s THEN %s", choice.code, choice.name or choice.code) for choice in choices]
        if not cases:
            return SQL("%s::text", value)
        return SQL("CASE %s %s ELSE %s END", value, SQL(" ").join(cases), value)
