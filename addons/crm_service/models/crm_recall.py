from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import after_sales

ASKED = [
    ("stop", "Stop using it and send it back"),
    ("return", "Send it back"),
    ("check", "Check it"),
    ("info", "Take note"),
]


class CrmRecall(models.Model):
    """A recall of products or lots: every customer they were shipped to, one ticket each, and who has answered.

    Customers are commercial partners. Quantities in the product's own unit (of several products: their sum). The
    dates are days of the company's time zone, both included; empty = without limit.
    """

    _name = "crm.recall"
    _description = "Recall"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, default="")
    name = fields.Char("Subject", required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, domain=[("share", "=", False)], tracking=True
    )
    team_id = fields.Many2one(
        "crm.service.team",
        check_company=True,
        index="btree_not_null",
        default=lambda self: self.env["crm.service.team"]._default_for(self.env.company),
    )
    product_ids = fields.Many2many("product.product", string="Products", domain=[("type", "=", "consu")])
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Lots/Serials",
        domain="[('product_id', 'in', product_ids)] if product_ids else []",
        help="Only these lots; empty: everything shipped of the products.",
    )
    date_from = fields.Date("Shipped From", help="First day of shipping; empty: from the beginning.")
    date_to = fields.Date("Shipped Until", help="Last day of shipping; empty: until today.")
    asked = fields.Selection(ASKED, "Customers Shall", required=True, default="return")
    reason = fields.Text("What Is Wrong", help="For your own people.")
    message = fields.Html(
        "Message to the Customers", help="Mailed to each customer, with the number of the ticket.", sanitize=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("found", "Customers Found"),
            ("running", "Running"),
            ("done", "Closed"),
            ("cancel", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        group_expand=True,
    )
    date_found = fields.Datetime("Searched On", readonly=True, copy=False)
    line_ids = fields.One2many("crm.recall.line", "recall_id", "Customers")
    customer_count = fields.Integer("Number of Customers", compute="_compute_counts")
    affected_count = fields.Integer("Still Have Some", compute="_compute_counts")
    informed_count = fields.Integer("Informed", compute="_compute_counts")
    answered_count = fields.Integer("Answered", compute="_compute_counts")
    answer_text = fields.Char("Answer Rate", compute="_compute_counts")
    answer_rate = fields.Float("Answer Rate %", compute="_compute_counts", digits=(5, 1))
    quantity_shipped = fields.Float("Shipped", compute="_compute_counts")
    quantity_returned = fields.Float("Came Back", compute="_compute_counts")

    _check_dates = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)", "The first day lies after the last one."
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for recall in self:
            recall.display_name = f"{recall.number} {recall.name or ''}".strip()

    @api.depends("line_ids.date_informed", "line_ids.date_answered", "line_ids.quantity_left")
    def _compute_counts(self):
        """Two queries for any number of recalls; the rate is of those informed, 'nobody informed yet' before."""
        Line = self.env["crm.recall.line"]
        total = Line._read_group(
            [("recall_id", "in", self.ids)],
            ["recall_id"],
            ["__count", "date_informed:count", "quantity_shipped:sum", "quantity_returned:sum"],
        )
        figures = {recall: values for recall, *values in total}
        domains = {"left": [("quantity_left", ">", 0)], "answered": [("informed_answered", "=", True)]}
        counts = {
            name: dict(Line._read_group([("recall_id", "in", self.ids), *domain], ["recall_id"], ["__count"]))
            for name, domain in domains.items()
        }
        for recall in self:
            key = recall._origin
            customers, informed, shipped, returned = figures.get(key, (0, 0, 0, 0))
            answered = counts["answered"].get(key, 0)
            rate = after_sales.answer_rate(informed, answered)
            recall.customer_count, recall.informed_count = customers, informed
            recall.affected_count = counts["left"].get(key, 0)
            recall.answered_count = answered
            recall.quantity_shipped, recall.quantity_returned = shipped, returned
            recall.answer_rate = rate or 0
            recall.answer_text = (
                self.env._("Nobody informed yet")
                if rate is None
                else self.env._(
                    "%(rate).1f %% (%(answered)s of %(informed)s)", rate=rate, answered=answered, informed=informed
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        recalls = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()
        for recall in recalls:
            recall.number = sequence.with_company(recall.company_id).next_by_code("crm.recall") or str(recall.id)
        return recalls

    def write(self, vals):
        asked = {"product_ids", "lot_ids", "company_id"} & vals.keys()
        if asked and any(recall.state in ("running", "done") for recall in self):
            raise UserError(self.env._("Customers were informed already: products and lots cannot change any more."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_before_informing(self):
        if any(recall.state in ("running", "done") for recall in self):
            raise UserError(self.env._("A recall that customers know of is closed, not deleted."))

    # === ACTIONS === #

    def action_find(self):
        """Look for the customers, again whenever something was shipped meanwhile; nobody is listed twice."""
        self.check_access("write")
        for recall in self:
            if recall.state not in ("draft", "found", "running"):
                raise UserError(self.env._("%s is closed.", recall.display_name))
            if not (recall.product_ids or recall.lot_ids):
                raise UserError(self.env._("Choose the products or the lots first."))
            recall._find()
            recall.date_found = fields.Datetime.now()
            if recall.state == "draft":
                recall.state = "found"
            if not recall.customer_count:
                recall.message_post(body=self.env._("Nothing of this was shipped to anybody."))

    def action_inform(self):
        """Open the tickets and mail the customers: the first at once, many in the background."""
        self.check_access("write")
        for recall in self:
            if recall.state not in ("found", "running"):
                raise UserError(self.env._("Find the customers first."))
            if not (recall.message or "").strip() or not recall.team_id:
                raise UserError(self.env._("Choose the team and write the message to the customers first."))
            recall.state = "running"
        self.sudo()._inform(fields.Datetime.now())
        self.env.ref("crm_service.ir_cron_crm_recall")._trigger()

    def action_close(self):
        self.check_access("write")
        self.state = "done"

    def action_cancel(self):
        if any(recall.state not in ("draft", "found") for recall in self):
            raise UserError(self.env._("Customers know of this recall: close it instead."))
        self.state = "cancel"

    def _open_lines(self, name, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.recall.line",
            "view_mode": "list,pivot",
            "domain": [("recall_id", "=", self.id), *domain],
            "context": {"create": False},
        }

    def action_open_customers(self):
        return self._open_lines(self.env._("Customers"), [])

    def action_open_informed(self):
        name = self.env._("Informed")
        return self._open_lines(name, [("date_informed", "!=", False)])

    def action_open_answered(self):
        name = self.env._("Answered")
        return self._open_lines(name, [("informed_answered", "=", True)])

    def action_open_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        return action | {"domain": [("recall_id", "in", self.ids)], "context": {"create": False}}
