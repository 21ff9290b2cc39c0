from odoo import fields, models
from odoo.addons.crm_custom.report.crm_collection import ORDER_BITS
from odoo.exceptions import AccessError
from odoo.tools import SQL

KINDS = ("budget", "cost", "ordered", "invoiced", "credited", "collected")


class CrmCampaignEntry(models.Model):
    """Every entry behind a campaign's figures: plan, cost, order, invoice, credit note, money collected.

    Units: company currency of the row. `amount` is positive in the sense of its kind (a cost of
    100, a credit note of 100, 100 collected; a refund paid out is -100 collected). Each kind has
    its own column as well, so that a pivot shows plan beside cost and output beside input.
    Ordered, invoiced, credited and collected include tax, as the customer pays it; cost does
    not include recoverable tax.

    A part is one SELECT with the columns of `_columns()`; another addon adds one by extending
    `_entry_parts()`. ids: the source row's id times ten plus the part's digit.
    """

    _name = "crm.campaign.entry"
    _description = "Campaign Entry"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "crm.campaign.cost": ["amount", "campaign_id", "company_id", "cost_type_id", "date", "name", "partner_id"],
        "crm.campaign.budget.line": ["amount", "campaign_id", "company_id", "cost_type_id", "date", "name"],
        "crm.collection": ["amount", "campaign_id", "company_id", "date", "move_id", "opportunity_id", "partner_id"],
        "sale.order": [
            *("amount_total", "campaign_id", "company_id", "currency_rate", "date_order", "name", "opportunity_id"),
            *("partner_id", "state"),
        ],
        "crm.lead": ["campaign_id"],
        "account.move": [
            *("amount_total_signed", "campaign_id", "commercial_partner_id", "company_id", "date", "move_type", "name"),
            "state",
        ],
        "account.move.line": ["display_type", "move_id", "parent_state", "price_total"],
        "sale.order.line": ["invoice_lines", "order_id"],
        "utm.campaign": ["date_start"],
        "res.company": ["currency_id", "partner_id"],
        "res.partner": ["commercial_partner_id", "tz"],
    }

    name = fields.Char("Document", readonly=True)
    kind = fields.Selection(
        [
            ("budget", "Budget"),
            ("cost", "Cost"),
            ("ordered", "Ordered"),
            ("invoiced", "Invoiced"),
            ("credited", "Credit Notes"),
            ("collected", "Collected"),
        ],
        readonly=True,
    )
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    cost_type_id = fields.Many2one("crm.campaign.cost.type", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    budget = fields.Monetary(readonly=True)
    cost = fields.Monetary(readonly=True)
    ordered = fields.Monetary("Ordered (with tax)", readonly=True)
    invoiced = fields.Monetary("Invoiced (with tax)", readonly=True)
    credited = fields.Monetary("Credit Notes (with tax)", readonly=True)
    collected = fields.Monetary("Collected (with tax)", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    @property
    def _table_query(self) -> SQL:
        measures = SQL(", ").join(
            SQL("CASE WHEN kind = %s THEN amount ELSE 0 END AS %s", kind, SQL.identifier(kind)) for kind in KINDS
        )
        return SQL(
            """
            SELECT part.*, company.currency_id, %s
              FROM (%s) part
              JOIN res_company company ON company.id = part.company_id
            """,
            measures,
            SQL(" UNION ALL ").join(self._entry_parts()),
        )

    def _entry_parts(self) -> list[SQL]:
        """SELECTs of: id, kind, campaign_id, company_id, date, partner_id, cost_type_id, name, amount,
        res_model, res_id; each restricted to rows with a campaign."""
        return [
            self._part_budget(),
            self._part_cost(),
            self._part_ordered(),
            self._part_invoiced(),
            self._part_collected(),
        ]

    def _part_budget(self) -> SQL:
        """A budget line without a month belongs to the start of the campaign."""
        return SQL(
            """
            SELECT line.id * 10::bigint AS id, 'budget' AS kind, line.campaign_id, line.company_id,
                   COALESCE(line.date, campaign.date_start) AS date, NULL::integer AS partner_id, line.cost_type_id,
                   line.name, line.amount, 'utm.campaign' AS res_model, line.campaign_id AS res_id
              FROM crm_campaign_budget_line line
              JOIN utm_campaign campaign ON campaign.id = line.campaign_id
            """
        )

    def _part_cost(self, kind="cost") -> SQL:
        return SQL(
            """
            SELECT cost.id * 10::bigint + 1, %s, cost.campaign_id, cost.company_id, cost.date, cost.partner_id,
                   cost.cost_type_id, cost.name, cost.amount, 'crm.campaign.cost', cost.id
              FROM (%s) cost
            """,
            kind,
            self.env["crm.campaign.cost"]._table_query,
        )

    def _part_ordered(self) -> SQL:
        """Confirmed orders, with tax, at the order's own rate; the day of the order in the company's time zone."""
        return SQL(
            """
            SELECT so.id * 10::bigint + 2, 'ordered', COALESCE(so.campaign_id, lead.campaign_id), so.company_id,
                   (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(home.tz, 'UTC'))::date,
                   partner.commercial_partner_id, NULL::integer, so.name,
                   ROUND(so.amount_total / CASE COALESCE(so.currency_rate, 0) WHEN 0 THEN 1 ELSE so.currency_rate END,
                         currency.decimal_places),
                   'sale.order', so.id
              FROM sale_order so
              JOIN res_partner partner ON partner.id = so.partner_id
              JOIN res_company company ON company.id = so.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              JOIN res_partner home ON home.id = company.partner_id
              LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
             WHERE so.state = 'sale' AND COALESCE(so.campaign_id, lead.campaign_id) IS NOT NULL
            """
        )

    def _part_invoiced(self) -> SQL:
        """Posted customer invoices and credit notes, split by the orders they bill.

        The campaign is found as for money collected (crm.collection): an invoice of one order speaks for
        itself and then for its order, of several orders each order has its own. The shares of an invoice are
        differences of rounded running totals, so that they sum to the invoice to the cent:
        100.00 over three equal orders: 33.33, 33.34, 33.33.
        """
        return SQL(
            """
            SELECT (move.id::bigint * 16777216 + COALESCE(share.order_id, 0)) * 10 + 3,
                   CASE move.move_type WHEN 'out_refund' THEN 'credited' ELSE 'invoiced' END,
                   %(campaign)s, move.company_id, move.date, move.commercial_partner_id, NULL::integer, move.name,
                   CASE WHEN share.orders > 1
                        THEN ROUND(move.amount_total_signed * COALESCE(share.upto, 1), currency.decimal_places)
                             - ROUND(move.amount_total_signed * COALESCE(share.before, 0), currency.decimal_places)
                        ELSE move.amount_total_signed END
                   * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END,
                   'account.move', move.id
              FROM account_move move
              JOIN res_company company ON company.id = move.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              LEFT JOIN (%(shares)s) share ON share.move_id = move.id
              LEFT JOIN sale_order so ON so.id = share.order_id
              LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND %(campaign)s IS NOT NULL
               AND %(dirty)s
            """,
            campaign=self._invoice_campaign(),
            dirty=self._only_dirty("move", "id"),
            shares=self._invoice_shares(),
        )

    def _invoice_campaign(self) -> SQL:
        return SQL(
            """CASE WHEN share.orders > 1 THEN COALESCE(so.campaign_id, move.campaign_id, lead.campaign_id)
                    ELSE COALESCE(move.campaign_id, so.campaign_id, lead.campaign_id) END"""
        )

    def _invoice_shares(self) -> SQL:
        """(move, order, part of the invoice from `before` to `upto`, both 0 to 1); lines of no order are a share.

        Invoices that bill no order are left out: they are one part, and most of an imported history.
        """
        return SQL(
            """
            SELECT move_id, order_id, COUNT(*) OVER (PARTITION BY move_id) AS orders,
                   SUM(weight) OVER upto / NULLIF(SUM(weight) OVER (PARTITION BY move_id), 0) AS upto,
                   (SUM(weight) OVER upto - weight) / NULLIF(SUM(weight) OVER (PARTITION BY move_id), 0) AS before
              FROM (%s) weighted
            WINDOW upto AS (PARTITION BY move_id ORDER BY order_id NULLS FIRST)
            """,
            self._invoice_weights(),
        )

    def _invoice_weights(self) -> SQL:
        """(move, order or none, total of its lines) of the invoices that bill an order.

        A query that needs it twice computes it once, as `crm_billed`, and says so in the context.
        """
        if self.env.context.get("crm_billed_known"):
            return SQL("SELECT * FROM crm_billed")
        return SQL(
            """
            SELECT line.move_id, billed.order_id, SUM(line.price_total) AS weight
              FROM account_move_line line
              LEFT JOIN (SELECT link.invoice_line_id, MIN(sol.order_id) AS order_id
                           FROM sale_order_line_invoice_rel link
                           JOIN sale_order_line sol ON sol.id = link.order_line_id
                          WHERE %(billed)s
                          GROUP BY link.invoice_line_id) billed ON billed.invoice_line_id = line.id
             WHERE line.display_type = 'product' AND line.parent_state = 'posted' AND %(dirty)s
               AND line.move_id IN (SELECT linked.move_id
                                      FROM sale_order_line_invoice_rel link
                                      JOIN account_move_line linked ON linked.id = link.invoice_line_id
                                     WHERE %(linked)s)
             GROUP BY line.move_id, billed.order_id
            """,
            dirty=self._only_dirty("line", "move_id"),
            linked=self._only_dirty("linked", "move_id"),
            billed=SQL(
                "link.invoice_line_id IN (SELECT linked.id FROM account_move_line linked WHERE %s)",
                self._only_dirty("linked", "move_id"),
            )
            if self.env.context.get("crm_dirty_known")
            else SQL("TRUE"),
        )

    def _part_collected(self) -> SQL:
        """Money by invoice, then order, then the order's opportunity."""
        return SQL(
            """
            SELECT id * 10 + 5, 'collected', campaign_id, company_id, date, partner_id, NULL::integer,
                   (SELECT name FROM account_move WHERE id = money.move_id), amount, 'account.move', move_id
              FROM (%s) money
             WHERE campaign_id IS NOT NULL AND %s
            """,
            self._money(),
            self._only_dirty("money", "move_id"),
        )

    def _only_dirty(self, table, column) -> SQL:
        """A condition: everything, or (context) only the entries in `crm_dirty`, as an array so that indexes serve."""
        if not self.env.context.get("crm_dirty_known"):
            return SQL("TRUE")
        return SQL("%s = ANY (ARRAY(SELECT move_id FROM crm_dirty))", SQL.identifier(table, column))

    def _money(self) -> SQL:
        """The rows of crm.collection, all at once, with the campaign of the opportunity where there is no other.

        crm.collection looks at the lines of each invoice: fast for one customer, slow for all. Here the orders of all
        invoices are read once, and only an invoice of several orders is split, by the same query (`OFFSET 0` keeps the
        planner from joining first). A test compares the two row by row.
        """
        collection = self.env["crm.collection"]
        return SQL(
            """
            SELECT (part.partial_id::bigint << %(bits)s) + COALESCE(so.id, 0) AS id, so.id AS order_id,
                   CASE WHEN billed.several THEN COALESCE(so.campaign_id, part.campaign_id, lead.campaign_id)
                        ELSE COALESCE(part.campaign_id, so.campaign_id, lead.campaign_id) END AS campaign_id,
                   part.company_id, part.date, part.partner_id, part.move_id, part.move_type, part.digits,
                   part.company_currency_id, part.sign * COALESCE(share.amount, part.amount) AS amount
              FROM (%(parts)s) part
              LEFT JOIN (SELECT move_id, MAX(order_id) AS order_id, COUNT(*) > 1 AS several
                           FROM (%(weights)s) weighted GROUP BY move_id) billed ON billed.move_id = part.move_id
              LEFT JOIN LATERAL (SELECT * FROM (%(shares)s) one WHERE billed.several OFFSET 0) share ON TRUE
              LEFT JOIN sale_order so
                ON so.id = CASE WHEN billed.several THEN share.order_id ELSE billed.order_id END
              LEFT JOIN crm_lead lead ON lead.id = so.opportunity_id
             WHERE COALESCE(share.amount, part.amount) != 0
            """,
            bits=ORDER_BITS,
            parts=collection._parts(),
            shares=collection._shares(),
            weights=self._invoice_weights(),
        )

    def action_open_document(self):
        """Open the document behind the figure; who may not read it is told so."""
        self.ensure_one()
        if self.res_model == "crm.campaign.cost":
            return self.env["crm.campaign.cost"].browse(self.res_id).action_open_document()
        return self._open_document(self.env[self.res_model].browse(self.res_id))

    def _open_document(self, record):
        if not record.has_access("read"):
            raise AccessError(
                self.env._("The figure is yours to see, the document itself needs sales or accounting rights.")
            )
        return record._get_records_action()
