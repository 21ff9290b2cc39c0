from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .voice_selections import DEPARTMENTS

KINDS = [("complaint", "Complaint"), ("suggestion", "Suggestion"), ("praise", "Praise")]
FORMAT_FIELDS = ("situation", "impact", "wish")


class CrmFeedback(models.Model):
    """What a customer told us: a complaint, a suggestion or praise, with product, cause and department.

    A report of a major customer (class A, or marked as special) is written in a set format and comes to the
    key-account manager (the customer's salesperson) as an activity of the same day. A complaint runs against a clock
    of its own: followed up within the company's working hours, else late. Moments are UTC.
    """

    _name = "crm.feedback"
    _description = "Customer Feedback"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Subject", required=True, tracking=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(KINDS, required=True, default="complaint", index=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    date = fields.Datetime("Received On", required=True, default=fields.Datetime.now, index=True)
    contact_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, tracking=True, check_company=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="contact_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        string="Company of the Customer",
    )
    partner_user_id = fields.Many2one(
        related="partner_id.user_id", store=True, precompute=True, index=True, string="Key-Account Manager"
    )
    source = fields.Selection(
        [("customer", "Customer"), ("after_sales", "After-Sales Staff"), ("rating", "Low Rating")],
        "Reported by",
        required=True,
        default="customer",
    )
    channel = fields.Selection(
        [
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("phone", "Phone"),
            ("visit", "Visit"),
            ("portal", "Portal"),
            ("survey", "Survey or Rating"),
            ("web", "Web Site"),
            ("other", "Other"),
        ],
        required=True,
        default="phone",
        tracking=True,
    )
    department = fields.Selection(DEPARTMENTS, tracking=True, help="What it concerns.")
    product_id = fields.Many2one("product.product", check_company=True, index="btree_not_null", tracking=True)
    product_categ_id = fields.Many2one(
        related="product_id.categ_id", store=True, precompute=True, string="Product Category"
    )
    cause_id = fields.Many2one("crm.root.cause", index="btree_not_null", tracking=True)
    ticket_id = fields.Many2one("crm.ticket", check_company=True, index="btree_not_null")
    order_id = fields.Many2one("sale.order", check_company=True, index="btree_not_null")
    user_id = fields.Many2one(
        "res.users",
        "Handled by",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
    )
    is_major = fields.Boolean(
        "Major Customer", compute="_compute_is_major", store=True, precompute=True, help="On the day it was received."
    )
    situation = fields.Text("What Happened")
    impact = fields.Text("Effect on the Customer")
    wish = fields.Text("What the Customer Expects")
    state = fields.Selection(
        [("new", "New"), ("progress", "In Progress"), ("done", "Handled")],
        required=True,
        default="new",
        index=True,
        tracking=True,
        group_expand=True,
    )
    reply_channel = fields.Selection(
        [("email", "E-mail"), ("letter", "Letter"), ("phone", "Phone"), ("visit", "Visit"), ("other", "Other")],
        "Answered by",
        tracking=True,
        help="How the customer got the answer.",
    )
    outcome = fields.Selection(
        [("recovered", "Customer satisfied"), ("open", "Not yet clear"), ("lost", "Customer dissatisfied")],
        tracking=True,
    )
    date_followed = fields.Datetime("Followed Up On", readonly=True, copy=False)
    date_handled = fields.Datetime("Handled On", readonly=True, copy=False, index="btree_not_null")
    deadline = fields.Datetime("Follow Up by", readonly=True, copy=False, help="Set once, for complaints.")
    breach_date = fields.Datetime("Late Since", readonly=True, copy=False, help="The deadline that passed.")
    clock_state = fields.Selection(
        [("none", "No Clock"), ("running", "Running"), ("met", "In Time"), ("breached", "Late")],
        "Follow-Up",
        required=True,
        readonly=True,
        default="none",
        copy=False,
        index=True,
    )
    rating_id = fields.Many2one("rating.rating", readonly=True, ondelete="set null", index="btree_not_null")
    improvement_ids = fields.Many2many("crm.improvement", string="Improvement Actions", check_company=True)
    improvement_count = fields.Integer(compute="_compute_improvement_count")

    _rating_uniq = models.UniqueIndex("(rating_id) WHERE rating_id IS NOT NULL", "A rating is followed up once.")
    _due_idx = models.Index("(deadline) WHERE clock_state = 'running'")

    @api.depends("partner_id")
    def _compute_is_major(self):
        """Class A or marked as special; also where the user may not read the class."""
        for company, records in self.grouped("company_id").items():
            partners = records.partner_id.sudo().with_company(company or self.env.company)
            major = partners.filtered("crm_is_vip")
            for feedback in records:
                feedback.is_major = feedback.partner_id.sudo() in major

    @api.depends("improvement_ids")
    def _compute_improvement_count(self):
        for feedback in self:
            feedback.improvement_count = len(feedback.improvement_ids)

    @api.constrains("is_major", "source", "situation", "impact", "wish")
    def _check_format(self):
        """A major customer's report says what happened, what it did to the customer and what is expected."""
        labels = {name: self._fields[name]._description_string(self.env) for name in FORMAT_FIELDS}
        for feedback in self.filtered(lambda item: item.is_major and item.source != "rating"):
            missing = [labels[name] for name in FORMAT_FIELDS if not (feedback[name] or "").strip()]
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(customer)s is a major customer: please fill in %(missing)s.",
                        customer=feedback.partner_id.display_name,
                        missing=", ".join(missing),
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.filtered(lambda item: item.kind == "complaint")._start_clock()
        records.filtered("is_major")._tell_account_manager()
        return records

    def _start_clock(self):
        """The follow-up is due within the company's working hours, counted from the receipt."""
        for feedback in self:
            company = feedback.company_id.sudo()
            feedback.sudo().write(
                {
                    "clock_state": "running",
                    "deadline": company.resource_calendar_id.plan_hours(
                        company.crm_follow_up_hours, feedback.date, compute_leaves=True
                    )
                    or feedback.date + timedelta(hours=company.crm_follow_up_hours),
                }
            )

    def _tell_account_manager(self):
        """The report stands among the activities of the key-account manager, due on the day it was received."""
        for feedback in self.filtered("partner_user_id"):
            user = feedback.partner_user_id
            feedback.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Date.context_today(self.with_context(tz=user.tz or "UTC"), feedback.date),
                user_id=user.id,
                summary=self.env._(
                    "Report of a major customer: %(customer)s", customer=feedback.partner_id.display_name
                ),
            )

    # === ACTIONS === #

    def action_follow_up(self):
        """The customer was contacted: the clock stops."""
        now = fields.Datetime.now()
        for feedback in self:
            values = {"state": "progress"} if feedback.state == "new" else {}
            if not feedback.date_followed:
                values["date_followed"] = now
                if feedback.clock_state != "none":
                    late = bool(feedback.breach_date) or feedback.deadline < now
                    values["clock_state"] = "breached" if late else "met"
                    values["breach_date"] = feedback.deadline if late else False
            feedback.write(values)
            feedback.activity_ids.filtered(lambda item: item.user_id == self.env.user).action_feedback()

    def action_done(self):
        """Handled: how the customer got the answer must be known."""
        without = self.filtered(lambda item: item.kind == "complaint" and not item.reply_channel)
        if without:
            raise UserError(
                self.env._("How was the complaint answered? Please fill in “Answered by”: %s.", without[0].display_name)
            )
        self.filtered(lambda item: not item.date_followed).action_follow_up()
        self.write({"state": "done", "date_handled": fields.Datetime.now()})

    def action_reopen(self):
        self.write({"state": "progress", "date_handled": False})

    def action_improve(self):
        """Open a new improvement action for these complaints."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Improvement Action"),
            "res_model": "crm.improvement",
            "view_mode": "form",
            "context": {
                "default_feedback_ids": self.ids,
                "default_product_id": self.product_id.id if len(self.product_id) == 1 else False,
                "default_cause_id": self.cause_id.id if len(self.cause_id) == 1 else False,
                "default_company_id": self.company_id[:1].id,
            },
        }

    def action_open_improvements(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_improvement_action")
        return action | {"domain": [("feedback_ids", "in", self.ids)], "context": {}}
