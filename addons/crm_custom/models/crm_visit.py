from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import route

STATES = [
    ("draft", "Planned"),
    ("confirmed", "Confirmed"),
    ("in_progress", "At the Customer"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("draft", "confirmed", "in_progress")
PURPOSES = [
    ("relation", "Relationship Care"),
    ("sell", "Selling"),
    ("present", "Presentation"),
    ("collect", "Collecting Payment"),
    ("complaint", "Complaint"),
    ("survey", "Market Survey"),
    ("other", "Other"),
]


class CrmVisit(models.Model):
    """A salesperson's visit to a customer: why, when, what was found there and what follows.

    Until it is confirmed a visit is a wish and stands in nobody's calendar. Confirming needs objective and purpose
    and makes an appointment in Odoo's calendar; from then on the appointment holds time and person, and the visit
    follows it (crm_visit_event.py). `planned_date` stays the day of the plan, so that coverage compares like with
    like. Times are UTC, positions degrees WGS84, distances kilometres.
    """

    _name = "crm.visit"
    _description = "Customer Visit"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "start desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        domain="[('parent_id', '=', False)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        ondelete="set null",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', partner_id), ('is_company', '=', False)]",
        help="The person to meet; the visit goes to this person's address where it has coordinates.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        compute="_compute_from_event",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        tracking=True,
    )
    objective = fields.Char(tracking=True, help="What shall be reached, for example: the order for the season signed.")
    purpose = fields.Selection(PURPOSES, tracking=True)
    state = fields.Selection(STATES, default="draft", required=True, tracking=True, index=True, group_expand=True)
    start = fields.Datetime(
        required=True,
        compute="_compute_from_event",
        store=True,
        readonly=False,
        precompute=True,
        default=lambda self: self._default_start(),
        tracking=True,
    )
    duration = fields.Float(
        required=True,
        default=1.0,
        compute="_compute_from_event",
        store=True,
        readonly=False,
        precompute=True,
        help="Hours.",
    )
    stop = fields.Datetime(string="End", compute="_compute_stop", store=True)
    planned_date = fields.Date(
        string="Planned for", copy=False, help="The day of the plan; it stays when the appointment is moved."
    )
    event_id = fields.Many2one(
        "calendar.event", string="Appointment", copy=False, readonly=True, index="btree_not_null", ondelete="set null"
    )
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", index="btree_not_null", ondelete="set null", check_company=True
    )
    route_order = fields.Integer(string="Stop", aggregator=None, copy=False, help="Place in the route of the day.")

    check_in = fields.Datetime(string="Arrived", readonly=True, copy=False)
    check_in_latitude = fields.Float(string="Latitude", digits=(10, 7), readonly=True, copy=False, aggregator=None)
    check_in_longitude = fields.Float(string="Longitude", digits=(10, 7), readonly=True, copy=False, aggregator=None)
    check_in_accuracy = fields.Float(string="Accuracy (m)", readonly=True, copy=False, aggregator=None)
    check_in_distance = fields.Float(
        string="Distance (km)",
        compute="_compute_check_in_distance",
        help="From the customer's address, as the crow flies.",
    )
    check_in_text = fields.Char(string="Check-in", compute="_compute_check_in_distance")
    check_in_reason = fields.Char(string="No position because", readonly=True, copy=False)
    done_date = fields.Datetime(string="Closed", readonly=True, copy=False)

    result = fields.Text(copy=False, help="What came out of the visit.")
    problem_ids = fields.One2many("crm.visit.problem", "visit_id", string="Problems", copy=False)
    problem_count = fields.Integer(string="Open problems", compute="_compute_problem_count")
    next_step = fields.Char(copy=False)
    next_date = fields.Date(string="Next contact", copy=False)
    log_id = fields.Many2one(
        "crm.contact.log", string="Contact record", readonly=True, copy=False, index="btree_not_null"
    )

    _user_start_idx = models.Index("(user_id, start)")
    _company_planned_idx = models.Index("(company_id, planned_date)")
    _check_duration = models.Constraint("CHECK (duration > 0)", "A visit lasts longer than no time at all.")

    @api.model
    def _default_start(self):
        """The next full hour."""
        return fields.Datetime.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)

    # === COMPUTES === #

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for visit in self:
            visit.display_name = self.env._("Visit: %(customer)s", customer=visit.partner_id.display_name or "")

    @api.depends("start", "duration")
    def _compute_stop(self):
        for visit in self:
            visit.stop = visit.start and visit.start + timedelta(hours=visit.duration)

    @api.depends("problem_ids.is_solved")
    def _compute_problem_count(self):
        for visit in self:
            visit.problem_count = len(visit.problem_ids.filtered(lambda problem: not problem.is_solved))

    def _position(self):
        """(latitude, longitude) of the place to visit: of the contact, else of the customer; None = not known."""
        self.ensure_one()
        for partner in (self.contact_id, self.partner_id):
            point = (partner.partner_latitude, partner.partner_longitude)
            if route.is_point(*point):
                return point
        return None

    @api.depends("check_in", "check_in_latitude", "check_in_longitude", "check_in_reason", "partner_id", "contact_id")
    @api.depends_context("lang")
    def _compute_check_in_distance(self):
        for visit in self:
            here, there = (visit.check_in_latitude, visit.check_in_longitude), visit._position()
            visit.check_in_distance = 0.0
            if not visit.check_in:
                visit.check_in_text = False
            elif not route.is_point(*here):
                visit.check_in_text = self.env._(
                    "Without position: %(reason)s", reason=visit.check_in_reason or self.env._("none was sent")
                )
            elif not there:
                visit.check_in_text = self.env._("Position recorded; the customer's address has no coordinates")
            else:
                visit.check_in_distance = route.distance(here, there)
                visit.check_in_text = self.env._(
                    "%(distance).1f km from the customer's address", distance=visit.check_in_distance
                )

    # === RULES === #

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for visit in self:
            if visit.contact_id and visit.contact_id.commercial_partner_id != visit.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=visit.contact_id.display_name,
                        customer=visit.partner_id.display_name,
                    )
                )

    @api.constrains("state", "objective", "purpose")
    def _check_objective(self):
        """No door leads past it: a visit that is confirmed, under way or done says what it is for."""
        for visit in self:
            if visit.state in ("draft", "cancelled"):
                continue
            missing = [
                self._fields[name]._description_string(self.env)
                for name in ("objective", "purpose")
                if not (visit[name] or "").strip()
            ]
            if missing:
                raise ValidationError(
                    self.env._(
                        "The visit to %(customer)s cannot be confirmed yet. Please fill in: %(fields)s.",
                        customer=visit.partner_id.display_name,
                        fields=", ".join(missing),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("partner_id"):
                self._complete(vals)
        visits = super().create(vals_list)
        for visit in visits.filtered(lambda visit: not visit.planned_date):
            visit.planned_date = fields.Datetime.context_timestamp(visit, visit.start).date()
        visits.filtered(lambda visit: visit.state == "confirmed")._make_event()
        return visits

    def write(self, vals):
        if vals.get("partner_id"):
            vals = dict(vals)
            self._complete(vals)
        to_event = {"start", "duration", "user_id", "partner_id", "contact_id", "objective", "lead_id"} & vals.keys()
        result = super().write(vals)
        if to_event and not self.env.context.get("crm_visit_from_event"):
            self._write_event(to_event)
        if vals.get("state") in ("confirmed", "in_progress"):
            self._make_event()
        elif vals.get("state") in ("draft", "cancelled"):
            self._drop_event()
        return result

    @api.model
    def _complete(self, vals):
        """Store the commercial partner; the person that was named instead becomes the contact."""
        partner = self.env["res.partner"].browse(vals["partner_id"])
        if partner.commercial_partner_id != partner and not vals.get("contact_id"):
            vals["contact_id"] = partner.id
        vals["partner_id"] = partner.commercial_partner_id.id

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(visit.state in ("in_progress", "done") for visit in self):
            raise UserError(self.env._("A visit that took place is not deleted."))

    def unlink(self):
        self._drop_event()
        return super().unlink()
