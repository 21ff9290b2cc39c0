import base64
import re
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .field_common import FieldCommon

TEN = datetime(2026, 3, 2, 10)
"""A Monday, ten o'clock in UTC."""
HOUR = timedelta(hours=1)
PIXEL = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 07:00:00")
class TestServiceVisits(FieldCommon):
    """Jobs planned, refused, done and signed; planner and technician are agents without stock and sales rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_travel_minutes = 30
        cls.technician = cls._user("field_technician", "crm_service.group_service_user", tz="UTC")
        cls.company.resource_calendar_id = cls.calendar
        cls.env["crm.agent.profile"].search([]).is_technician = False
        cls.env["crm.agent.profile"].create(
            {"user_id": cls.technician.id, "is_technician": True, "technician_skills": "Steam, gas"}
        )
        cls.ticket = cls._ticket(product_id=cls.machine.id)

    def _visit(self, start=TEN, hours=1, user=None, **values):
        return (
            self.env["crm.service.visit"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_id": self.ticket.id,
                    "user_id": (user or self.technician).id,
                    "start": start,
                    "stop": start + hours * HOUR,
                    **values,
                }
            )
        )

    def _finish(self, visit, **values):
        visit = visit.with_user(self.technician)
        visit.action_arrive(48.1, 11.5, 9)
        visit.write(
            {"work_done": "Pump changed", "effect": "solved", "signature": PIXEL, "signed_by": "Lena", **values}
        )
        visit.action_done()

    # === PLANNING === #

    def test_overlapping_jobs_are_refused(self):
        """R089: two jobs of one technician at one time, travel included, are refused by create, move and reassign."""
        first = self._visit()
        other = self._visit(TEN, user=self.supervisor)
        with mute_logger("odoo.sql_db"):
            for start, hours in ((TEN, 1), (TEN + HOUR / 2, 1), (TEN - HOUR, 4), (TEN + HOUR, 1), (TEN - HOUR, 0.75)):
                with self.assertRaisesRegex(
                    ValidationError, f"{re.escape(self.technician.name)} already has {first.name}"
                ):
                    self._visit(start, hours)
            later = self._visit(TEN + 1.5 * HOUR)
            with self.assertRaises(ValidationError):
                later.start = TEN + HOUR
            with self.assertRaises(ValidationError):
                other.user_id = self.technician
            with self.assertRaises(ValidationError):
                later.travel_minutes = 60
        self.assertEqual(later.start, TEN + 1.5 * HOUR)
        other.action_cancel()
        other.user_id = self.technician
        first.action_cancel()
        with mute_logger("odoo.sql_db"), self.assertRaises(ValidationError):
            self._visit(TEN + 2 * HOUR, place="workshop")
            self._visit(TEN + 2 * HOUR, place="workshop")
        self.assertTrue(self._visit(TEN, place="workshop"))

    def test_jobs_stand_in_the_technicians_calendar(self):
        """R089: a job has one appointment of its technician; moving either moves both, cancelling removes it."""
        visit = self._visit()
        event = visit.sudo().event_id
        self.assertRecordValues(event, [{"start": TEN, "stop": TEN + HOUR, "user_id": self.technician.id}])
        self.assertEqual(event.partner_ids, self.technician.partner_id)
        visit.write({"start": TEN + HOUR, "stop": TEN + 2 * HOUR})
        self.assertEqual(event.start, TEN + HOUR)
        event.with_user(self.technician).write({"start": TEN + 3 * HOUR, "stop": TEN + 5 * HOUR})
        self.assertRecordValues(visit, [{"start": TEN + 3 * HOUR, "stop": TEN + 5 * HOUR, "duration": 2}])
        self._visit()
        with mute_logger("odoo.sql_db"), self.assertRaises(ValidationError), self.cr.savepoint():
            event.write({"start": TEN, "stop": TEN + HOUR})
        visit.action_cancel()
        self.assertFalse(event.exists())

    def test_free_times_fit_working_hours_skills_and_plans(self):
        """R089: what is offered lies in working hours, after the travel, beside other jobs and meetings, by skill."""
        self._visit(TEN)
        self.env["calendar.event"].create(
            {
                "name": "Training",
                "start": TEN + 3 * HOUR,
                "stop": TEN + 6 * HOUR,
                "user_id": self.technician.id,
                "partner_ids": [Command.set(self.technician.partner_id.ids)],
            }
        )
        ticket = self._ticket()
        wanted = self._visit(TEN + 24 * HOUR, ticket_id=ticket.id, user_id=False, skills="gas")
        found = wanted._free_slots(datetime(2026, 3, 2, 7))
        # 8:30 with travel from 8:00; from 11:00 the travel to 11:30 leaves no full hour before the break at 12:00.
        self.assertEqual(
            [start for start, _user in found],
            [
                TEN.replace(hour=8, minute=30),
                *(TEN.replace(day=3, hour=hour, minute=minute) for hour, minute in ((8, 30), (10, 0))),
            ],
        )
        self.assertEqual({user for _start, user in found}, {self.technician})
        wanted.skills = "Electricity"
        self.assertFalse(wanted._free_slots(datetime(2026, 3, 2, 7)))
        wanted.skills = "STEAM; gas"
        wizard = self.env["crm.service.visit.slot"].with_user(self.agent).browse(wanted.action_suggest()["res_id"])
        wizard.line_ids[0].action_choose()
        self.assertRecordValues(
            wanted, [{"user_id": self.technician.id, "start": TEN.replace(hour=8, minute=30), "duration": 1}]
        )

    def test_the_planner_is_warned(self):
        """R089: a job outside the working hours, beyond the skills or beside a meeting is marked, not refused."""
        visit = self._visit(TEN.replace(hour=6), skills="gas")
        self.assertIn("Outside the working hours", visit.warning_text)
        visit.write({"start": TEN, "stop": TEN + HOUR, "skills": "lasers"})
        self.assertIn("lasers", visit.warning_text)
        visit.skills = "gas"
        self.assertFalse(visit.warning_text)

    def test_a_job_without_ticket_opens_one(self):
        """R087, R089: every job belongs to a request: planned on a product or a repair order it opens the ticket."""
        asset = self._asset()
        visit = (
            self.env["crm.service.visit"]
            .with_user(self.agent)
            .create({"asset_id": asset.id, "kind": "maintenance", "start": TEN, "stop": TEN + HOUR})
        )
        self.assertRecordValues(visit.ticket_id, [{"asset_id": asset.id, "partner_id": self.contact.id}])
        self.assertRecordValues(visit, [{"asset_id": asset.id, "partner_id": self.contact.id}])
        with self.assertRaises(ValidationError):
            self.env["crm.service.visit"].with_user(self.agent).create({"start": TEN, "stop": TEN + HOUR})

    def test_a_repair_is_scheduled_beside_the_visits(self):
        """R089: a repair in the workshop takes the technician's time like a visit, without travel."""
        repair = self.env["repair.order"].create({"product_id": self.grinder.id, "partner_id": self.contact.id})
        action = repair.with_user(self.supervisor).action_crm_schedule()
        self._visit(TEN)
        Visit = self.env["crm.service.visit"].with_user(self.agent).with_context(**action["context"])
        values = {"user_id": self.technician.id, "start": TEN, "stop": TEN + HOUR}
        with mute_logger("odoo.sql_db"), self.assertRaises(ValidationError):
            Visit.create(dict(values))
        job = Visit.create({**values, "start": TEN + HOUR, "stop": TEN + 2 * HOUR})
        self.assertRecordValues(job, [{"repair_id": repair.id, "place": "workshop", "travel_minutes": 0}])
        self.assertEqual(job.ticket_id.product_id, self.grinder)
        self.assertEqual(repair.crm_visit_count, 1)

    # === ON THE SPOT === #

    def test_arrival_work_parts_and_signature(self):
        """R087: arrival with position, work, a part from stock and the signature reach the ticket, once."""
        van = self.env["stock.location"].create({"name": "Van 1", "usage": "internal"})
        self.env["crm.agent.profile"].search([("user_id", "=", self.technician.id)]).technician_location_id = van
        self.env["stock.quant"]._update_available_quantity(self.beans, van, 10)
        self.contact.write({"partner_latitude": 48.1, "partner_longitude": 11.5})
        visit = self._visit().with_user(self.technician)
        visit.action_travel()
        with freeze_time("2026-03-02 10:05:00"):
            answer = visit.action_arrive(48.1, 11.5, 9)
        self.assertIn("0.0 km", answer["text"])
        self.assertEqual((visit.state, visit.date_arrived), ("arrived", datetime(2026, 3, 2, 10, 5)))
        visit.part_ids = [Command.create({"product_id": self.beans.id, "quantity": 3, "billable": False})]
        with self.assertRaisesRegex(UserError, "what was done.*effect.*signature"):
            visit.action_done()
        with freeze_time("2026-03-02 10:50:00"):
            visit.write({"work_done": "Pump changed", "effect": "solved", "signature": PIXEL, "signed_by": "Lena"})
            visit.action_done()
        self.assertRecordValues(
            self.ticket.work_ids,
            [
                {
                    "visit_id": visit.id,
                    "user_id": self.technician.id,
                    "minutes": 45,
                    "kind": "visit",
                    "content": "Pump changed",
                    "effect": "solved",
                }
            ],
        )
        self.assertEqual(visit.signed_on, datetime(2026, 3, 2, 10, 50))
        move = visit.sudo().part_ids.move_id
        self.assertRecordValues(move, [{"state": "done", "quantity": 3, "location_id": van.id}])
        self.assertEqual(self.env["stock.quant"]._get_available_quantity(self.beans, van), 7)
        self.assertFalse(visit.sudo().order_id)
        self.assertRecordValues(
            self.env["crm.contact.log"].search([("partner_id", "=", self.customer.id)]),
            [{"channel": "visit", "user_id": self.technician.id, "contact_id": self.contact.id}],
        )
        report = self.env["ir.attachment"].search(
            [("res_model", "=", "crm.ticket"), ("res_id", "=", self.ticket.id), ("name", "like", visit.name)]
        )
        self.assertEqual(len(report), 1)
        self.assertIn(b"Pump changed", report.raw)
        with self.assertRaises(UserError):
            visit.action_done()
        with self.assertRaises(UserError):
            visit.work_done = "Nothing"
        with self.assertRaises(UserError):
            visit.part_ids.quantity = 30

    def test_parts_to_invoice_go_on_a_quotation(self):
        """R087: a part that is not covered is quoted; confirmed, the order is delivered and ships nothing again."""
        visit = self._visit()
        visit.part_ids = [Command.create({"product_id": self.beans.id, "quantity": 2})]
        self.assertTrue(visit.part_ids.billable)
        self._finish(visit)
        order = visit.sudo().order_id
        self.assertRecordValues(order, [{"state": "draft", "amount_untaxed": 24, "partner_id": self.contact.id}])
        order.action_confirm()
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})

    def test_covered_parts_are_not_invoiced_and_serial_numbers_are_asked_for(self):
        """R087, R090: what the agreement covers is not billed; a part with serial number needs it."""
        self._agreement()
        self.ticket.invalidate_recordset()
        ticket = self._ticket()
        visit = self._visit(ticket_id=ticket.id)
        visit.part_ids = [Command.create({"product_id": self.machine.id})]
        self.assertFalse(visit.part_ids.billable)
        with self.assertRaisesRegex(UserError, "serial number"), self.cr.savepoint():
            self._finish(visit)
        visit.part_ids.lot_id = self._lot("P-1")
        self._finish(visit)
        self.assertEqual(visit.sudo().part_ids.move_id.lot_ids.name, "P-1")
        self.assertFalse(visit.sudo().order_id)

    def test_a_visit_uses_the_agreement_once(self):
        """R090, R087: a finished visit uses one visit and its hours on site; the result counts time and parts."""
        self.env["crm.agent.profile"].search([("user_id", "=", self.technician.id)]).hourly_cost = 60
        lines = [("visits", "any", 2), ("hours", "site", 3), ("hours", "remote", 1)]
        record = self._agreement(
            line_ids=[(0, 0, {"kind": kind, "place": place, "quantity": many}) for kind, place, many in lines]
        )
        ticket = self._ticket()
        visit = self._visit(ticket_id=ticket.id)
        visit.part_ids = [Command.create({"product_id": self.beans.id, "quantity": 4})]
        self.assertEqual(record.line_ids.mapped("used"), [0, 0, 0])
        self._finish(visit, work_minutes=90)
        record.line_ids.invalidate_recordset()
        self.assertEqual(record.line_ids.mapped("used"), [1, 1.5, 0])
        self.assertEqual(record.line_ids.mapped("left"), [1, 1.5, 1])
        self.assertRecordValues(record, [{"revenue": 0, "time_cost": 90, "parts_cost": 20, "margin": -110}])
        second = self._visit(TEN + 24 * HOUR, ticket_id=ticket.id)
        self._finish(second, work_minutes=30)
        self.env.invalidate_all()
        self.assertEqual(ticket.with_user(self.agent).coverage_state, "used_up")
        with self.assertRaises(AccessError):
            record.with_user(self.agent).read(["margin"])

    def test_maintenance_done_sets_the_next_date(self):
        """R125: a maintenance visit that is done counts for the product, once."""
        asset = self._asset(date_delivered="2025-09-01")
        visit = self._visit(kind="maintenance", ticket_id=self._ticket(asset_id=asset.id).id)
        self._finish(visit)
        self.assertEqual(str(asset.last_maintenance), "2026-03-02")
        self.assertEqual(str(asset.next_maintenance), "2026-09-02")

    def test_a_report_that_cannot_be_printed_holds_nobody_up(self):
        """R087: without a printer of PDF the job is done, and the ticket says so."""
        visit = self._visit()
        with patch.object(
            type(self.env["ir.actions.report"]), "_render_qweb_pdf", side_effect=UserError("no wkhtmltopdf")
        ):
            self._finish(visit)
        self.assertEqual(visit.state, "done")
        self.assertIn("no wkhtmltopdf", " ".join(self.ticket.message_ids.mapped("body")))

    def test_visits_stand_on_the_timeline(self):
        """R087: the customer's timeline shows the visit that was done and the agreement."""
        self._agreement()
        self._finish(self._visit())
        kinds = self.env["crm.customer.event"].search([("partner_id", "=", self.customer.id)]).mapped("kind")
        self.assertIn("service_visit", kinds)
        self.assertIn("agreement", kinds)

    def test_who_may_see_visits(self):
        """R087: other companies' visits stay hidden, people outside service see none, agents delete none."""
        other = self.env["res.company"].create({"name": "Other Service"})
        team = self.env["crm.service.team"].create({"name": "Far", "company_id": other.id})
        ticket = self.env["crm.ticket"].create({"name": "Far", "company_id": other.id, "team_id": team.id})
        foreign = self.env["crm.service.visit"].create({"ticket_id": ticket.id, "start": TEN, "stop": TEN + HOUR})
        self.assertFalse(self.env["crm.service.visit"].with_user(self.agent).search([("id", "=", foreign.id)]))
        with self.assertRaises(AccessError):
            self.env["crm.service.visit"].with_user(self.outsider).search([])
        with self.assertRaises(AccessError):
            self._visit().unlink()
