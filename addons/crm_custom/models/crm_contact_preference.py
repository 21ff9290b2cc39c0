from odoo import api, fields, models
from odoo.tools import format_date

WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


class CrmContactPreference(models.Model):
    """What a customer prefers: told by the customer, or learned from earlier orders and marked so.

    A learned row says on how many of the orders it rests. Learning replaces learned rows only.
    """

    _name = "crm.contact.preference"
    _description = "Customer Preference"
    _order = "partner_id, is_learned, kind, share desc, id"
    _rec_name = "text"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", help="Of the orders it was learned from.")
    kind = fields.Selection(
        [
            ("product", "Usual product"),
            ("packaging", "Packaging"),
            ("slot", "Delivery slot"),
            ("address", "Delivery address"),
            ("term", "Payment terms"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    note = fields.Char(string="Preference", help="In the customer's words.")
    product_id = fields.Many2one("product.product", ondelete="cascade", index="btree_not_null")
    uom_id = fields.Many2one("uom.uom", string="Packaging", ondelete="cascade")
    weekday = fields.Selection(WEEKDAYS)
    daypart = fields.Selection([("am", "morning"), ("pm", "afternoon")])
    address_id = fields.Many2one("res.partner", ondelete="cascade")
    payment_term_id = fields.Many2one("account.payment.term", ondelete="cascade")
    text = fields.Char(string="What", compute="_compute_text")
    is_learned = fields.Boolean(string="Learned", readonly=True)
    order_count = fields.Integer(string="Orders with it", readonly=True)
    order_total = fields.Integer(string="Orders looked at", readonly=True)
    share = fields.Float(string="Share %", digits=(5, 1), readonly=True, aggregator="avg")
    last_date = fields.Date(string="Last seen", readonly=True)
    evidence = fields.Char(string="Why", compute="_compute_evidence")

    @api.depends("note", "kind", "product_id", "uom_id", "weekday", "daypart", "address_id", "payment_term_id")
    @api.depends_context("lang")
    def _compute_text(self):
        days = dict(self._fields["weekday"]._description_selection(self.env))
        parts = dict(self._fields["daypart"]._description_selection(self.env))
        for preference in self:
            slot = " ".join(filter(None, [days.get(preference.weekday), parts.get(preference.daypart)]))
            # Names of records that a colleague may not open are no secret on the customer's own page.
            known = preference.sudo()
            preference.text = (
                preference.note
                or known.product_id.display_name
                or known.uom_id.display_name
                or slot
                or known.address_id.display_name
                or known.payment_term_id.display_name
                or dict(self._fields["kind"]._description_selection(self.env)).get(preference.kind)
            )

    @api.depends("is_learned", "order_count", "order_total", "last_date")
    @api.depends_context("lang")
    def _compute_evidence(self):
        for preference in self:
            preference.evidence = (
                self.env._(
                    "%(number)s of %(total)s orders, last on %(date)s",
                    number=preference.order_count,
                    total=preference.order_total,
                    date=format_date(self.env, preference.last_date),
                )
                if preference.is_learned
                else self.env._("told")
            )

    def action_set_told(self):
        """The customer confirmed it: no longer overwritten by what orders say."""
        self.write({"is_learned": False})
