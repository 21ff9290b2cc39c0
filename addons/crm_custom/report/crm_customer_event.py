from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

COLUMNS = (
    "id",
    "date",
    "partner_id",
    "company_id",
    "kind",
    "name",
    "res_model",
    "res_id",
    "amount",
    "currency_id",
    "user_id",
)


class CrmCustomerEvent(models.Model):
    """Everything that happened with a customer, in order of time: a union over the records themselves.

    Each addon adds parts by overriding `_event_parts()`, made with `_event_part()`. Dates without an hour stand at
    noon UTC, so that they keep their day in every time zone. Amounts are those of the document, with its
    currency and taxes; credit notes and money paid back are negative.
    """

    _name = "crm.customer.event"
    _description = "Customer Timeline"
    _auto = False
    _order = "date desc, id desc"

    date = fields.Datetime(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, help="The commercial entity.")
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(
        [
            ("lead", "Opportunity"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("quotation", "Quotation"),
            ("order", "Order"),
            ("delivery", "Delivery"),
            ("return", "Return"),
            ("invoice", "Invoice"),
            ("refund", "Credit note"),
            ("payment", "Payment"),
            ("meeting", "Meeting"),
            ("activity", "Activity done"),
        ],
        readonly=True,
    )
    name = fields.Char(string="What", readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)

    _depends = {
        "account.move": [
            "amount_total_in_currency_signed", "company_id", "currency_id", "invoice_date", "invoice_user_id",
            "move_type", "name", "partner_id", "state",
        ],
        "account.payment": [
            "amount", "company_id", "currency_id", "date", "move_id", "name", "partner_type", "payment_type", "state",
        ],
        "calendar.attendee": ["event_id", "partner_id"],
        "calendar.event": ["active", "name", "privacy", "start", "user_id"],
        "crm.lead": [
            "active", "company_id", "date_closed", "expected_revenue", "name", "partner_id", "user_id", "won_status",
        ],
        "mail.activity": [
            "active", "activity_type_id", "date_done", "res_id", "res_model", "summary", "user_id",
        ],
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "amount_total", "company_id", "currency_id", "date_order", "name", "partner_id", "state", "user_id",
        ],
        "stock.picking": ["company_id", "date_done", "name", "partner_id", "picking_type_id", "sale_id", "state"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._event_parts())

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Rows by id are read from their own records, which stand in the id, not from all that ever happened."""
        domain = Domain(domain).optimize_full(self)
        scoped = self.with_context(crm_event_ids=self.env["crm.fact"]._asked_ids(domain, "id"))
        return super(CrmCustomerEvent, scoped)._search(domain, *args, **kwargs)

    @api.model
    def _event_part(self, code, kind, source, where, **columns):
        """One SELECT of the union.

        `code` (0 to 255, one a part: crm_custom 0-63, crm_service 64-127, crm_marketing 128-191,
        crm_finance_bridge 192-255) makes the id unique: record id * 256 + code. `columns` are SQL: date, partner_id,
        name, res_model (a string), res_id; company_id, amount, currency_id, user_id where the record has them.
        """
        nothing = {
            "company_id": SQL("NULL::int"),
            "amount": SQL("NULL::numeric"),
            "currency_id": SQL("NULL::int"),
            "user_id": SQL("NULL::int"),
        }
        columns = nothing | columns
        row = columns.pop("row_id", columns["res_id"])
        if asked := self.env.context.get("crm_event_ids"):
            rows = tuple(number // 256 for number in asked if number % 256 == code)
            where = SQL("(%s) AND %s IN %s", where, row, rows) if rows else SQL("FALSE")
        columns["id"] = SQL("%s::bigint * 256 + %s", row, code)
        columns["kind"] = SQL("%s::varchar", kind)
        columns["res_model"] = SQL("%s::varchar", columns["res_model"])
        selected = SQL(", ").join(SQL("%s AS %s", columns[name], SQL.identifier(name)) for name in COLUMNS)
        return SQL("SELECT %s FROM %s WHERE %s", selected, source, where)

    @api.model
    def _event_parts(self):
        """List of SQL, one SELECT each; extended by every addon."""
        return [
            *self._event_parts_lead(),
            *self._event_parts_order(),
            *self._event_parts_delivery(),
            *self._event_parts_invoice(),
            *self._event_parts_contact(),
        ]

    @api.model
    def _event_parts_lead(self):
        def part(code, kind, date, where):
            return self._event_part(
                code,
                kind,
                SQL(
                    """crm_lead lead JOIN res_partner partner ON partner.id = lead.partner_id
                       LEFT JOIN res_company company ON company.id = lead.company_id"""
                ),
                where,
                date=date,
                partner_id=SQL("partner.commercial_partner_id"),
                company_id=SQL("lead.company_id"),
                name=SQL("lead.name"),
                res_model="crm.lead",
                res_id=SQL("lead.id"),
                amount=SQL("lead.expected_revenue"),
                currency_id=SQL("COALESCE(company.currency_id, %s)", self.env.company.currency_id.id),
                user_id=SQL("lead.user_id"),
            )

        closed = SQL("COALESCE(lead.date_closed, lead.date_last_stage_update, lead.write_date)")
        return [
            part(0, "lead", SQL("lead.create_date"), SQL("TRUE")),
            part(1, "won", closed, SQL("lead.won_status = 'won'")),
            part(2, "lost", closed, SQL("lead.won_status = 'lost'")),
        ]

    @api.model
    def _event_parts_order(self):
        def part(code, kind, date, where):
            return self._event_part(
                code,
                kind,
                SQL("sale_order so JOIN res_partner partner ON partner.id = so.partner_id"),
                where,
                date=date,
                partner_id=SQL("partner.commercial_partner_id"),
                company_id=SQL("so.company_id"),
                name=SQL("so.name"),
                res_model="sale.order",
                res_id=SQL("so.id"),
                amount=SQL("so.amount_total"),
                currency_id=SQL("so.currency_id"),
                user_id=SQL("so.user_id"),
            )

        return [
            part(3, "quotation", SQL("so.create_date"), SQL("TRUE")),
            part(4, "order", SQL("so.date_order"), SQL("so.state = 'sale'")),
        ]

    @api.model
    def _event_parts_delivery(self):
        """Of an order: to the order's customer; without order: to the partner of the delivery."""

        def part(code, kind, source, where, partner, user):
            return self._event_part(
                code,
                kind,
                SQL(
                    "stock_picking picking JOIN stock_picking_type type ON type.id = picking.picking_type_id %s", source
                ),
                SQL("picking.state = 'done' AND %s", where),
                date=SQL("picking.date_done"),
                partner_id=partner,
                company_id=SQL("picking.company_id"),
                name=SQL("picking.name"),
                res_model="stock.picking",
                res_id=SQL("picking.id"),
                user_id=user,
            )

        of_order = (
            SQL(
                """JOIN sale_order so ON so.id = picking.sale_id
                   JOIN res_partner partner ON partner.id = so.partner_id"""
            ),
            SQL("partner.commercial_partner_id"),
            SQL("so.user_id"),
        )
        alone = (
            SQL("JOIN res_partner partner ON partner.id = picking.partner_id"),
            SQL("partner.commercial_partner_id"),
            SQL("picking.user_id"),
        )
        return [
            part(5, "delivery", of_order[0], SQL("type.code = 'outgoing'"), *of_order[1:]),
            part(6, "delivery", alone[0], SQL("type.code = 'outgoing' AND picking.sale_id IS NULL"), *alone[1:]),
            part(7, "return", of_order[0], SQL("type.code = 'incoming'"), *of_order[1:]),
        ]

    @api.model
    def _event_parts_invoice(self):
        """Posted invoices and credit notes, and the money of customers by the payment's own day."""

        def part(code, kind, types):
            return self._event_part(
                code,
                kind,
                SQL("account_move move JOIN res_partner partner ON partner.id = move.partner_id"),
                SQL("move.state = 'posted' AND move.move_type IN %s", types),
                date=SQL("move.invoice_date + INTERVAL '12 hours'"),
                partner_id=SQL("partner.commercial_partner_id"),
                company_id=SQL("move.company_id"),
                name=SQL("move.name"),
                res_model="account.move",
                res_id=SQL("move.id"),
                amount=SQL("move.amount_total_in_currency_signed"),
                currency_id=SQL("move.currency_id"),
                user_id=SQL("move.invoice_user_id"),
            )

        payment = self._event_part(
            10,
            "payment",
            SQL(
                """account_payment payment JOIN account_move move ON move.id = payment.move_id
                   JOIN res_partner partner ON partner.id = move.partner_id"""
            ),
            SQL("payment.partner_type = 'customer' AND payment.state IN ('in_process', 'paid')"),
            date=SQL("payment.date + INTERVAL '12 hours'"),
            partner_id=SQL("partner.commercial_partner_id"),
            company_id=SQL("payment.company_id"),
            name=SQL("payment.name"),
            res_model="account.payment",
            res_id=SQL("payment.id"),
            amount=SQL("CASE WHEN payment.payment_type = 'inbound' THEN payment.amount ELSE -payment.amount END"),
            currency_id=SQL("payment.currency_id"),
            user_id=SQL("partner.user_id"),
        )
        return [part(8, "invoice", ("out_invoice", "out_receipt")), part(9, "refund", ("out_refund",)), payment]

    @api.model
    def _event_parts_contact(self):
        """Meetings that are not private, with each customer invited; activities done on the customer or its records."""
        meeting = self._event_part(
            11,
            "meeting",
            SQL(
                """res_partner partner JOIN calendar_attendee attendee ON attendee.partner_id = partner.id
                   JOIN calendar_event event ON event.id = attendee.event_id"""
            ),
            SQL("event.active AND COALESCE(event.privacy, 'public') <> 'private'"),
            row_id=SQL("attendee.id"),
            date=SQL("event.start"),
            partner_id=SQL("partner.commercial_partner_id"),
            name=SQL("event.name"),
            res_model="calendar.event",
            res_id=SQL("event.id"),
            user_id=SQL("event.user_id"),
        )
        return [
            meeting,
            self._event_part_activity(12, "res.partner", SQL("res_partner record"), SQL("record.id"), SQL("NULL::int")),
            self._event_part_activity(
                13, "crm.lead", SQL("crm_lead record"), SQL("record.partner_id"), SQL("record.company_id")
            ),
            self._event_part_activity(
                14, "sale.order", SQL("sale_order record"), SQL("record.partner_id"), SQL("record.company_id")
            ),
        ]

    @api.model
    def _event_part_activity(self, code, model, table, partner, company):
        """Done activities are kept, archived, with the day they were done; the event opens the record they are on."""
        return self._event_part(
            code,
            "activity",
            SQL(
                """res_partner partner JOIN %s ON partner.id = %s
                   JOIN mail_activity activity ON activity.res_id = record.id
                   LEFT JOIN mail_activity_type type ON type.id = activity.activity_type_id""",
                table,
                partner,
            ),
            SQL("activity.res_model = %s AND NOT activity.active AND activity.date_done IS NOT NULL", model),
            row_id=SQL("activity.id"),
            date=SQL("activity.date_done + INTERVAL '12 hours'"),
            partner_id=SQL("partner.commercial_partner_id"),
            company_id=company,
            name=SQL(
                "COALESCE(NULLIF(activity.summary, ''), type.name ->> %s, type.name ->> 'en_US')",
                self.env.lang or "en_US",
            ),
            res_model=model,
            res_id=SQL("record.id"),
            user_id=SQL("activity.user_id"),
        )

    def action_open(self):
        """Open the record of the event, under the user's own rights."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("This record does not exist any more."))
        record.check_access("read")
        return record.get_formview_action()
