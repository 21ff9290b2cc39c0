from markupsafe import Markup
from odoo import api, fields, models
from odoo.addons.crm_custom.tools import route
from odoo.exceptions import UserError, ValidationError
from odoo.tools import plaintext2html

from .crm_service_visit import OPEN_STATES
from .crm_ticket_work import EFFECTS

# What the customer signs for.
SIGNED_FIELDS = frozenset(
    {"work_done", "work_minutes", "effect", "signature", "signed_by", "no_signature_reason", "part_ids", "ticket_id"}
)


class CrmServiceVisit(models.Model):
    """The technician's way through a job: on the way, arrived, work, parts, signature, done.

    A job that is done writes one line of work and one contact, consumes the parts and sends the signed report to the
    ticket: once, because a job is done once.
    """

    _inherit = "crm.service.visit"

    date_travel = fields.Datetime("Left", readonly=True, copy=False)
    date_arrived = fields.Datetime("Arrived", readonly=True, copy=False, tracking=True)
    latitude = fields.Float(digits=(10, 7), readonly=True, copy=False, aggregator=None)
    longitude = fields.Float(digits=(10, 7), readonly=True, copy=False, aggregator=None)
    accuracy = fields.Float("Accuracy (m)", readonly=True, copy=False, aggregator=None)
    position_reason = fields.Char("No Position Because", readonly=True, copy=False)
    position_text = fields.Char("Arrival", compute="_compute_position_text")
    date_done = fields.Datetime("Finished", readonly=True, copy=False, tracking=True)
    work_done = fields.Text("What Was Done", copy=False)
    work_minutes = fields.Float(
        "Minutes of Work", copy=False, help="0: the time from the arrival to the end is taken.", digits=(16, 1)
    )
    effect = fields.Selection(EFFECTS, copy=False, help="What the visit achieved.")
    work_ids = fields.One2many("crm.ticket.work", "visit_id", "Work Written", readonly=True)
    part_ids = fields.One2many("crm.service.visit.part", "visit_id", "Parts Used", copy=False)
    order_id = fields.Many2one(
        "sale.order", "Quotation of Parts", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    signature = fields.Binary("Customer's Signature", copy=False, attachment=True)
    signed_by = fields.Char(copy=False)
    signed_on = fields.Datetime(readonly=True, copy=False)
    no_signature_reason = fields.Char("Not Signed Because", copy=False)
    log_id = fields.Many2one(
        "crm.contact.log", "Contact", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    @api.depends("date_arrived", "latitude", "longitude", "position_reason", "partner_id")
    @api.depends_context("lang")
    def _compute_position_text(self):
        for visit in self:
            here = (visit.latitude, visit.longitude)
            there = (visit.partner_id.partner_latitude, visit.partner_id.partner_longitude)
            if not visit.date_arrived:
                visit.position_text = False
            elif not route.is_point(*here):
                visit.position_text = self.env._(
                    "Without position: %(reason)s", reason=visit.position_reason or self.env._("none was sent")
                )
            elif not route.is_point(*there):
                visit.position_text = self.env._("Position recorded; the customer's address has no coordinates")
            else:
                visit.position_text = self.env._(
                    "%(distance).1f km from the customer's address", distance=route.distance(here, there)
                )

    # === STEPS === #

    def _require_state(self, *states):
        wrong = self.filtered(lambda visit: visit.state not in states)
        if wrong:
            names = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(visit)s is %(state)s: this step is not possible.",
                    visit=wrong[0].display_name,
                    state=names[wrong[0].state].lower(),
                )
            )

    def _require_technician(self):
        """A job without technician is taken by the user who begins it."""
        for visit in self.filtered(lambda item: not item.user_id):
            visit.user_id = self.env.user

    def action_travel(self):
        self._require_state("planned")
        self._require_technician()
        self.write({"state": "travel", "date_travel": fields.Datetime.now()})

    def action_arrive(self, latitude=None, longitude=None, accuracy=None, reason=None):
        """Arrive. Position in degrees, accuracy in metres; without position, the reason for it."""
        self.ensure_one()
        self._require_state("planned", "travel")
        self._require_technician()
        values = {"state": "arrived", "date_arrived": fields.Datetime.now(), "position_reason": False}
        if latitude is None or longitude is None:
            values["position_reason"] = reason or self.env._("the device sent no position")
        else:
            numbers = isinstance(latitude, int | float) and isinstance(longitude, int | float)
            if not numbers or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                raise ValidationError(self.env._("This is no position on earth."))
            values.update(latitude=latitude, longitude=longitude, accuracy=accuracy or 0.0)
        self.write(values)
        return {"text": self.position_text}

    def write(self, vals):
        """The moment of the signature is the system's; what is done or signed for does not change any more."""
        if vals.get("signature"):
            vals = {**vals, "signed_on": fields.Datetime.now()}
        if vals.keys() & SIGNED_FIELDS and any(visit.state == "done" for visit in self):
            raise UserError(self.env._("This visit is done: its report stays as it was signed."))
        return super().write(vals)

    def action_done(self):
        """Finish: refuse what is incomplete in one message, then write everything that follows."""
        self._require_state("arrived")
        for visit in self:
            if missing := visit._missing():
                raise UserError(
                    self.env._(
                        "%(visit)s is not complete. Missing: %(items)s.",
                        visit=visit.display_name,
                        items=", ".join(missing),
                    )
                )
            visit.part_ids._consume()
            now = fields.Datetime.now()
            visit._write_work(now)
            visit._log_contact()
            visit.write({"state": "done", "date_done": now})
            if visit.kind == "maintenance" or visit.ticket_id.category_kind == "maintenance":
                visit.asset_id.sudo()._maintained(fields.Datetime.context_timestamp(visit, now).date())
            visit._send_report()

    def _missing(self):
        """Return what is not there yet, in the words of the screen."""
        missing = []
        if not (self.work_done or "").strip():
            missing.append(self.env._("what was done"))
        if not self.effect:
            missing.append(self.env._("effect"))
        if self.place == "site" and not self.signature and not (self.no_signature_reason or "").strip():
            missing.append(self.env._("the customer's signature, or why there is none"))
        return missing

    def action_cancel(self):
        self._require_state(*OPEN_STATES)
        self.write({"state": "cancelled"})

    def action_plan_again(self):
        self._require_state("cancelled")
        self.write({"state": "planned"})

    # === WHAT FOLLOWS === #

    def _write_work(self, now):
        """One line of service content on the ticket, by the technician; in sudo, because it is his own."""
        minutes = self.work_minutes or (now - self.date_arrived).total_seconds() / 60
        self.env["crm.ticket.work"].sudo().create(
            {
                "ticket_id": self.ticket_id.id,
                "visit_id": self.id,
                "date": self.date_arrived,
                "user_id": self.user_id.id,
                "kind": "visit" if self.place == "site" else "workshop",
                "minutes": minutes,
                "content": self.work_done,
                "effect": self.effect,
            }
        )
        self.ticket_id.sudo().service_effect = self.effect

    def _log_contact(self):
        if self.place != "site" or not self.partner_id:
            return
        self.log_id = (
            self.env["crm.contact.log"]
            .sudo()
            ._log(
                self.partner_id,
                "visit",
                date=self.date_arrived,
                user_id=self.user_id.id,
                company_id=self.company_id.id,
                subject=self.display_name,
                content=plaintext2html(self.work_done),
                event_id=self.event_id.id,
            )
        )

    def _send_report(self):
        """Put the report on the ticket; a server that prints no PDF says so and holds nobody up."""
        self.ensure_one()
        author = self.user_id.partner_id.id
        body = self.env._("Visit %(visit)s is done: %(work)s", visit=self.name, work=self.work_done)
        attachments = []
        try:
            content, kind = (
                self.env["ir.actions.report"]
                .sudo()
                .with_context(lang=self.partner_id.lang or self.env.lang)
                ._render_qweb_pdf("crm_service.action_report_service_visit", self.ids)
            )
            attachments = [(f"{self.name}.{kind}", content)]
        except UserError as error:
            body = Markup("%s<br/>%s") % (body, str(error))
        self.ticket_id.sudo().message_post(
            body=body, attachments=attachments, author_id=author, subtype_xmlid="mail.mt_note"
        )

    def action_navigate(self):
        """Show the way on a map: to the coordinates of the address, else to its words."""
        self.ensure_one()
        point = (self.partner_id.partner_latitude, self.partner_id.partner_longitude)
        goal = f"{point[0]},{point[1]}" if route.is_point(*point) else self.address
        if not goal:
            raise UserError(self.env._("This customer has no address."))
        return {"type": "ir.actions.act_url", "url": route.map_url([goal]), "target": "new"}

    def action_open_ticket(self):
        self.ensure_one()
        return self.ticket_id.get_formview_action()
