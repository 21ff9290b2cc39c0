import re
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_datetime
from psycopg2.errors import ExclusionViolation

STATES = [
    ("planned", "Planned"),
    ("travel", "On the Way"),
    ("arrived", "Arrived"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("planned", "travel", "arrived")
KINDS = [
    ("repair", "Repair"),
    ("maintenance", "Maintenance"),
    ("installation", "Installation"),
    ("inspection", "Inspection"),
    ("advice", "Advice"),
]

PLANNING_FIELDS = frozenset({"start", "stop", "duration", "user_id", "state", "travel_minutes", "place", "partner_id"})
# The job in the way, as PostgreSQL tells it: user, busy from, until.
OTHER_JOB = re.compile(r'existing key .*=\(\[(\d+),\d+\), \["([^"]+)","([^"]+)"\)\)')


class CrmServiceVisit(models.Model):
    """A technician's job for a ticket, at the customer or in the workshop: planned, done, signed.

    Times are UTC. While a job is open its technician has no other in the same time, travel included: PostgreSQL
    itself refuses the second, whoever plans at the same moment. int4range(user, user) stands for equality, so that
    no extension is needed.
    """

    _name = "crm.service.visit"
    _description = "Field Service Visit"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "start, id"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, default="", index="trigram")
    ticket_id = fields.Many2one(
        "crm.ticket", required=True, index=True, ondelete="restrict", check_company=True, tracking=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="The address to go to.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        string="Company of the Customer",
    )
    asset_id = fields.Many2one(
        "crm.customer.asset",
        "Customer's Product",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('company_id', '=', company_id)]",
    )
    agreement_id = fields.Many2one(
        related="ticket_id.agreement_id", store=True, precompute=True, index="btree_not_null", string="Agreement"
    )
    coverage_text = fields.Char(related="ticket_id.coverage_text")
    kind = fields.Selection(KINDS, required=True, default="repair", tracking=True)
    place = fields.Selection(
        [("site", "At the Customer"), ("workshop", "In the Workshop")], required=True, default="site"
    )
    repair_id = fields.Many2one(
        "repair.order", "Repair Order", index="btree_not_null", check_company=True, ondelete="set null"
    )
    task = fields.Text("To Do", help="What the technician has to do.")
    skills = fields.Char("Skills Needed", help="Separated by commas, for example: gas, electricity.")
    user_id = fields.Many2one(
        "res.users",
        "Technician",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
        ondelete="restrict",
    )
    state = fields.Selection(STATES, required=True, default="planned", tracking=True, index=True, group_expand=True)
    start = fields.Datetime(required=True, tracking=True, default=lambda self: self._default_start())
    stop = fields.Datetime(
        "End", required=True, tracking=True, default=lambda self: self._default_start() + timedelta(hours=1)
    )
    duration = fields.Float(compute="_compute_duration", inverse="_inverse_duration", help="Hours.")
    travel_minutes = fields.Integer(
        "Travel Before",
        compute="_compute_travel_minutes",
        store=True,
        readonly=False,
        precompute=True,
        help="Minutes that are kept free before the start.",
    )
    busy_from = fields.Datetime(compute="_compute_busy_from", store=True, precompute=True)
    address = fields.Char(compute="_compute_address")
    phone = fields.Char(related="partner_id.phone")

    _check_times = models.Constraint(
        "CHECK (stop > start AND travel_minutes >= 0)", "A visit ends after it begins; travel is not negative."
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(user_id, user_id, '[]') WITH &&, tsrange(busy_from, stop) WITH &&)"
        " WHERE (user_id IS NOT NULL AND state IN ('planned', 'travel', 'arrived'))",
        "The technician already has another job at this time.",
    )

    @api.model
    def _default_start(self):
        """The next full hour."""
        return fields.Datetime.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)

    # === COMPUTES === #

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for visit in self:
            visit.display_name = f"{visit.name} {visit.partner_id.display_name or ''}".strip()

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for visit in self:
            visit.partner_id = visit.ticket_id.partner_id or visit.partner_id
            visit.asset_id = visit.ticket_id.asset_id or visit.asset_id

    @api.depends("start", "stop")
    def _compute_duration(self):
        for visit in self:
            both = visit.start and visit.stop
            visit.duration = (visit.stop - visit.start).total_seconds() / 3600 if both else 0

    @api.onchange("duration")
    def _inverse_duration(self):
        for visit in self.filtered("start"):
            visit.stop = visit.start + timedelta(hours=visit.duration)

    @api.onchange("start")
    def _onchange_start(self):
        """A visit that is moved keeps its length."""
        length = self._origin.stop - self._origin.start if self._origin else timedelta(hours=1)
        if self.start and (not self.stop or self.stop <= self.start or self._origin):
            self.stop = self.start + length

    @api.depends("place", "company_id")
    def _compute_travel_minutes(self):
        for visit in self:
            visit.travel_minutes = visit.company_id.crm_travel_minutes if visit.place == "site" else 0

    @api.depends("start", "travel_minutes")
    def _compute_busy_from(self):
        for visit in self:
            visit.busy_from = visit.start and visit.start - timedelta(minutes=visit.travel_minutes)

    @api.depends("partner_id")
    def _compute_address(self):
        for visit in self:
            lines = visit.partner_id._display_address(without_company=True).split("\n") if visit.partner_id else []
            visit.address = ", ".join(line.strip() for line in lines if line.strip())

    # === WRITING === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._complete_vals(vals)
        with self._refusing_overlaps({vals.get("user_id") for vals in vals_list}):
            visits = super().create(vals_list)
        visits._sync_event()
        return visits

    @api.model
    def _complete_vals(self, vals):
        """Number the visit; it has the company of its ticket, and a ticket is opened when there is none."""
        given = {**self.default_get(["ticket_id", "repair_id", "asset_id", "partner_id", "kind", "task"]), **vals}
        ticket = self.env["crm.ticket"].browse(given.get("ticket_id") or [])
        if not ticket:
            ticket = self._open_ticket(given)
            vals["ticket_id"] = ticket.id
        vals["company_id"] = ticket.company_id.id
        if not vals.get("name"):
            sequence = self.env["ir.sequence"].sudo().with_company(ticket.company_id)
            vals["name"] = sequence.next_by_code("crm.service.visit") or ""

    @api.model
    def _open_ticket(self, vals):
        """Every job belongs to a request: open one for a job planned on a customer, a product or a repair order."""
        repair = self.env["repair.order"].browse(vals.get("repair_id") or [])
        asset = self.env["crm.customer.asset"].browse(vals.get("asset_id") or [])
        partner = vals.get("partner_id") or asset.partner_id.id or repair.sudo().partner_id.id
        if not partner:
            raise ValidationError(self.env._("Choose the ticket, or the customer to visit."))
        names = dict(self._fields["kind"]._description_selection(self.env))
        return self.env["crm.ticket"].create(
            {
                "name": (vals.get("task") or "").strip().split("\n")[0] or names[vals.get("kind") or "repair"],
                "company_id": vals.get("company_id") or self.env.company.id,
                "partner_id": partner,
                "asset_id": asset.id,
                "product_id": asset.product_id.id or repair.sudo().product_id.id,
                "lot_id": asset.lot_id.id or repair.sudo().lot_id.id,
            }
        )

    def write(self, vals):
        if not PLANNING_FIELDS & vals.keys():
            return super().write(vals)
        with self._refusing_overlaps({vals.get("user_id"), *self.sudo().user_id.ids}):
            result = super().write(vals)
        if not self.env.context.get("crm_visit_from_event"):
            self._sync_event()
        return result

    @contextmanager
    def _refusing_overlaps(self, user_ids):
        """Turn PostgreSQL's refusal of a second job at the same time into words.

        Who plans for the same technicians queues up first, so that nobody is thrown out by a deadlock.
        """
        for user_id in sorted(user_ids - {False, None}):
            self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", self._table, int(user_id)))
        try:
            with self.env.cr.savepoint():
                yield
        except ExclusionViolation as error:
            raise ValidationError(self._overlap_message(error.diag.message_detail or "")) from error

    @api.model
    def _overlap_message(self, detail):
        """Name the technician and the job in the way; a colleague's that was planned just now only by its time."""
        found = OTHER_JOB.search(detail)
        if not found:
            return self.env._("The technician already has another job at this time.")
        user = self.env["res.users"].sudo().browse(int(found[1]))
        stop = fields.Datetime.to_datetime(found[3][:19])
        other = self.sudo().search(
            [("user_id", "=", user.id), ("stop", "=", stop), ("state", "in", OPEN_STATES)], limit=1
        )
        return self.env._(
            "%(technician)s already has %(job)s from %(start)s (with travel) to %(stop)s.",
            technician=user.name,
            job=other.display_name if other.company_id in self.env.companies else self.env._("another job"),
            start=format_datetime(self.env, fields.Datetime.to_datetime(found[2][:19]), dt_format="short"),
            stop=format_datetime(self.env, stop, dt_format="short"),
        )
