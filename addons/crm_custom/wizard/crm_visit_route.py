from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_visit import OPEN_STATES
from ..tools import route


class CrmVisitRoute(models.TransientModel):
    """The order in which the visits of a day are driven: never longer than the order in which they were entered.

    Distances in kilometres as the crow flies (tools/route.py). Visits to addresses without coordinates are listed
    apart: they are in no distance.
    """

    _name = "crm.visit.route"
    _description = "Route of the Day"

    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one("res.users", string="Salesperson", required=True, default=lambda self: self.env.user)
    visit_ids = fields.Many2many("crm.visit", string="Visits")
    start_partner_id = fields.Many2one(
        "res.partner", string="Start", default=lambda self: self._default_start(), help="Where the day begins."
    )
    line_ids = fields.One2many("crm.visit.route.line", "route_id", string="Route", domain=[("is_placed", "=", True)])
    missing_ids = fields.One2many(
        "crm.visit.route.line", "route_id", string="Without coordinates", domain=[("is_placed", "=", False)]
    )
    entry_km = fields.Float(string="As entered (km)", digits=(10, 1), readonly=True)
    route_km = fields.Float(string="Route (km)", digits=(10, 1), readonly=True)
    saved_km = fields.Float(string="Saved (km)", digits=(10, 1), compute="_compute_saved_km")
    start_text = fields.Char(compute="_compute_start_text")

    @api.model
    def _default_start(self):
        """The salesperson's own address where it has coordinates, else the company's."""
        for partner in (self.env.user.partner_id, self.env.company.partner_id):
            if route.is_point(partner.partner_latitude, partner.partner_longitude):
                return partner
        return self.env.company.partner_id

    @api.depends("entry_km", "route_km")
    def _compute_saved_km(self):
        for day in self:
            day.saved_km = day.entry_km - day.route_km

    @api.depends("start_partner_id")
    @api.depends_context("lang")
    def _compute_start_text(self):
        for day in self:
            day.start_text = (
                False
                if day._start_point()
                else self.env._("The start has no coordinates: the route begins at the first customer.")
            )

    def _start_point(self):
        partner = self.start_partner_id
        point = (partner.partner_latitude, partner.partner_longitude)
        return point if route.is_point(*point) else None

    @api.model
    def _of_day(self, user, date):
        """Open visits of a person on a day of the user's time zone, in the order of their times."""
        return self.env["crm.visit"].search(
            [
                ("user_id", "=", user.id),
                ("state", "in", OPEN_STATES),
                ("start", ">=", date),
                ("start", "<", fields.Date.add(date, days=1)),
            ],
            order="start, id",
        )

    @api.model_create_multi
    def create(self, vals_list):
        routes = super().create(vals_list)
        for day in routes:
            if not day.visit_ids:
                day.visit_ids = self._of_day(day.user_id, day.date)
            day._order_visits()
        return routes

    def action_load_day(self):
        """Take all open visits of the day, then order them."""
        self.ensure_one()
        self.visit_ids = self._of_day(self.user_id, self.date)
        return self.action_compute()

    def action_compute(self):
        self.ensure_one()
        self._order_visits()
        return self._reopen()

    def _order_visits(self):
        """Order the visits; as entered means in the order of their times."""
        self.ensure_one()
        visits = self.visit_ids.sorted(lambda visit: (visit.start, visit.id))
        positions = [visit._position() for visit in visits]
        placed = [(visit, point) for visit, point in zip(visits, positions, strict=True) if point]
        points, start = [point for _visit, point in placed], self._start_point()
        lines, previous, total = [], start, 0.0
        for place, index in enumerate(route.best_order(points, start), 1):
            visit, point = placed[index]
            leg = route.distance(previous, point) if previous else 0.0
            total, previous = total + leg, point
            lines.append({"visit_id": visit.id, "sequence": place, "leg_km": leg, "total_km": total, "is_placed": True})
        lines += [
            {"visit_id": visit.id, "sequence": len(placed) + place}
            for place, visit in enumerate((v for v, p in zip(visits, positions, strict=True) if not p), 1)
        ]
        self.env["crm.visit.route.line"].search([("route_id", "=", self.id)]).unlink()
        self.env["crm.visit.route.line"].create([{"route_id": self.id, **line} for line in lines])
        self.write({"entry_km": route.length(points, start), "route_km": total})
        self.invalidate_recordset(["line_ids", "missing_ids"])

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Route of the Day"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open_map(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("No visit of this day has coordinates."))
        start = self._start_point()
        places = ["{},{}".format(*line.visit_id._position()) for line in self.line_ids]
        return {
            "type": "ir.actions.act_url",
            "url": route.map_url(places, start and "{},{}".format(*start)),
            "target": "new",
        }

    def action_apply(self):
        """Number the visits in this order, and share out their times anew: the first stop gets the first time."""
        self.ensure_one()
        visits = [line.visit_id for line in self.line_ids]
        starts = sorted(visit.start for visit in visits)
        for place, (visit, start) in enumerate(zip(visits, starts, strict=True), 1):
            values = {"route_order": place}
            if visit.start != start and visit.state in ("draft", "confirmed"):
                values["start"] = start
            visit.write(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visits"),
            "res_model": "crm.visit",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.visit_ids.ids)],
            "context": {"search_default_group_day": 0},
        }
