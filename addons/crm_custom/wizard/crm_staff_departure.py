from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmStaffDeparture(models.TransientModel):
    """A salesperson leaves: customers, open leads, quotations and activities go to successors, in turn.

    What belongs to one customer stays together. History is untouched (see crm.reassignment).
    """

    _name = "crm.staff.departure"
    _description = "Departure of a Salesperson"

    user_id = fields.Many2one(
        "res.users",
        string="Leaving",
        required=True,
        domain="[('share', '=', False)]",
        context={"active_test": False},
    )
    successor_ids = fields.Many2many(
        "res.users",
        string="Successors",
        required=True,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Several share the customers in turn.",
    )
    with_partners = fields.Boolean(string="Customers", default=True)
    with_leads = fields.Boolean(string="Open leads and opportunities", default=True)
    with_orders = fields.Boolean(string="Open quotations", default=True)
    with_activities = fields.Boolean(string="Planned activities", default=True)
    note = fields.Text()
    partner_count = fields.Integer(compute="_compute_counts")
    lead_count = fields.Integer(compute="_compute_counts")
    order_count = fields.Integer(compute="_compute_counts")
    activity_count = fields.Integer(compute="_compute_counts")

    @api.depends("user_id")
    def _compute_counts(self):
        moves = self.env["crm.reassignment"]
        for wizard in self:
            domains = moves._part_domains(wizard.user_id) if wizard.user_id else {}
            for part in ("partner", "lead", "order", "activity"):
                count = 0
                if part in domains:
                    model, domain = domains[part]
                    count = self.env[model].sudo().with_context(active_test=False).search_count(domain)
                wizard[f"{part}_count"] = count

    def _parts(self):
        chosen = (
            ("partner", self.with_partners),
            ("lead", self.with_leads),
            ("order", self.with_orders),
            ("activity", self.with_activities),
        )
        return tuple(part for part, wanted in chosen if wanted)

    def action_reassign(self):
        self.ensure_one()
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("A sales manager reassigns the customers of a colleague."))
        if not self.successor_ids or self.user_id in self.successor_ids:
            raise UserError(self.env._("Choose one or more successors other than the leaving salesperson."))
        parts = self._parts()
        moves = self.env["crm.reassignment"]
        move = moves._reassign(self.user_id, self._targets(parts), parts, "departure", note=self.note)
        requests = self.env["crm.collision"].sudo()
        for request in requests.search([("requester_id", "=", self.user_id.id), ("state", "=", "requested")]):
            request._close("withdrawn", self.env.user)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.reassignment",
            "res_id": move.id,
            "view_mode": "form",
        }

    def _targets(self, parts):
        """{commercial partner id: successor}, dealt in turn over all customers that are touched."""
        moves = self.env["crm.reassignment"].sudo()
        customers = set()
        for part, records in moves._held(self.user_id, parts).items():
            customers |= set(moves._customers_of(part, records).values())
        successors = list(self.successor_ids.sorted("id"))
        targets = {
            customer_id: successors[turn % len(successors)]
            for turn, customer_id in enumerate(sorted(filter(None, customers)))
        }
        return targets | {False: successors[0]}
