from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmGiveUp(models.Model):
    """A customer whose cost to serve exceeds the margin it brings: candidate, then given up by a manager, or kept.

    A customer that is given up leaves campaigns and visit plans (`res.partner.crm_given_up`) until it is reopened.
    Amounts in company currency over the months of `date_from` to `date`; margin by `crm.metric._margin_lines`
    (sales whose cost is unknown count in full), cost to serve by `_cost_parts`.
    """

    _name = "crm.give.up"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Customer to Give Up"
    _order = "state, loss desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    user_id = fields.Many2one(related="partner_id.user_id")
    state = fields.Selection(
        [("candidate", "Candidate"), ("approved", "Given up"), ("kept", "Kept"), ("reopened", "Reopened")],
        default="candidate",
        required=True,
        tracking=True,
        copy=False,
    )
    date_from = fields.Date(string="From", readonly=True)
    date = fields.Date(string="Up to", readonly=True)
    margin = fields.Monetary(readonly=True, help="Sales less cost of goods in the period, untaxed.")
    cost_to_serve = fields.Monetary(
        readonly=True, tracking=True, help="Contacts, visits, tickets and deliveries at the costs of the settings."
    )
    loss = fields.Monetary(readonly=True, help="Cost to serve less margin.")
    contact_count = fields.Integer(string="Contacts", readonly=True)
    visit_count = fields.Integer(string="Visits", readonly=True)
    delivery_count = fields.Integer(string="Deliveries", readonly=True)
    ticket_count = fields.Integer(string="Tickets", readonly=True)
    evidence = fields.Char(string="Why", compute="_compute_evidence")
    reason = fields.Text(help="Why the customer is given up, kept or reopened.", tracking=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Date(readonly=True, copy=False)

    _open_unique = models.UniqueIndex(
        "(partner_id, company_id) WHERE state IN ('candidate', 'approved', 'kept')",
        "This customer is on the list already.",
    )

    @api.depends("margin", "cost_to_serve", "contact_count", "visit_count", "delivery_count", "ticket_count")
    @api.depends_context("lang")
    def _compute_evidence(self):
        for line in self:
            if not line.date:
                line.evidence = self.env._("Entered by hand.")
                continue
            line.evidence = self.env._(
                "Cost to serve %(cost)s (%(contacts)s contacts, %(visits)s visits, %(deliveries)s deliveries, "
                "%(tickets)s tickets) against a margin of %(margin)s since %(date)s.",
                cost=line.currency_id.format(line.cost_to_serve),
                contacts=line.contact_count,
                visits=line.visit_count,
                deliveries=line.delivery_count,
                tickets=line.ticket_count,
                margin=line.currency_id.format(line.margin),
                date=line.date_from,
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env["res.partner"].invalidate_model(["crm_given_up"])
        return super().create(vals_list)

    def write(self, vals):
        if {"state", "partner_id", "company_id"} & vals.keys():
            self.env["res.partner"].invalidate_model(["crm_given_up"])
        return super().write(vals)

    # === CANDIDATES === #

    @api.model
    def _cost_parts(self, company, start, stop):
        """{part: query of partner_id, one row for each piece of work}; an addon adds its own part.

        The parts are 'contact', 'visit', 'delivery', 'ticket'; what one costs is a setting of the company.
        """
        return {
            "contact": SQL(
                """SELECT log.partner_id FROM crm_contact_log log
                    WHERE log.company_id = %s AND log.date >= %s AND log.date < %s AND log.channel <> 'visit'""",
                company.id, start, stop,
            ),
            "visit": SQL(
                """SELECT log.partner_id FROM crm_contact_log log
                    WHERE log.company_id = %s AND log.date >= %s AND log.date < %s AND log.channel = 'visit'""",
                company.id, start, stop,
            ),
            "delivery": SQL(
                """SELECT partner.commercial_partner_id AS partner_id FROM stock_picking picking
                     JOIN stock_picking_type type ON type.id = picking.picking_type_id AND type.code = 'outgoing'
                     JOIN res_partner partner ON partner.id = picking.partner_id
                    WHERE picking.company_id = %s AND picking.state = 'done'
                      AND picking.date_done >= %s AND picking.date_done < %s AND %s""",
                company.id, start, stop, self._reached_customer(),
            ),
        }  # fmt: skip

    @api.model
    def _reached_customer(self):
        """Whether something of the transfer `picking` went to a customer: returns to vendors are deliveries too."""
        return SQL(
            """EXISTS (SELECT 1 FROM stock_move moved JOIN stock_location place ON place.id = moved.location_dest_id
                        WHERE moved.picking_id = picking.id AND moved.state = 'done' AND place.usage = 'customer')"""
        )

    @api.model
    def _served(self, company, start, stop):
        """Query of (partner_id, margin, cost, contact, visit, delivery, ticket) for all customers of the scorecard."""
        parts = self._cost_parts(company, start, stop)
        names = ("contact", "visit", "delivery", "ticket")
        counts = SQL(" UNION ALL ").join(
            SQL("SELECT partner_id, %s::varchar AS part FROM (%s) work", name, query) for name, query in parts.items()
        )
        costs = {name: company[f"crm_cost_{name}"] for name in names}
        return SQL(
            """SELECT card.partner_id, COALESCE(sold.margin, 0) AS margin,
                      COALESCE(work.contact, 0) * %(contact)s + COALESCE(work.visit, 0) * %(visit)s
                      + COALESCE(work.delivery, 0) * %(delivery)s + COALESCE(work.ticket, 0) * %(ticket)s AS cost,
                      COALESCE(work.contact, 0) AS contact, COALESCE(work.visit, 0) AS visit,
                      COALESCE(work.delivery, 0) AS delivery, COALESCE(work.ticket, 0) AS ticket
                 FROM crm_scorecard card
                 LEFT JOIN (SELECT partner_id, SUM(sales - COALESCE(cost, 0)) AS margin FROM (%(lines)s) line
                             GROUP BY partner_id) sold ON sold.partner_id = card.partner_id
                 LEFT JOIN (SELECT partner_id, COUNT(*) FILTER (WHERE part = 'contact') AS contact,
                                   COUNT(*) FILTER (WHERE part = 'visit') AS visit,
                                   COUNT(*) FILTER (WHERE part = 'delivery') AS delivery,
                                   COUNT(*) FILTER (WHERE part = 'ticket') AS ticket
                              FROM (%(counts)s) piece GROUP BY partner_id) work ON work.partner_id = card.partner_id
                WHERE card.company_id = %(company)s AND card.is_latest""",
            lines=self.env["crm.metric"]._margin_lines(company, start, stop),
            counts=counts,
            company=company.id,
            **costs,
        )

    @api.model
    def _find(self, company, today=None):
        """Bring the candidates of the company up to date; returns those that are on the list now.

        A customer that is given up or was reopened within the period is not asked again.
        """
        today = fields.Date.to_date(today) or fields.Date.context_today(self)
        stop = today + timedelta(days=1)
        start = stop - relativedelta(months=company.crm_give_up_months)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) served WHERE cost > margin AND cost > 0 ORDER BY cost - margin DESC",
                self._served(company, start, stop),
            )
        )
        lines = {line.partner_id.id: line for line in self.search([("company_id", "=", company.id)], order="id")}
        found, new = self.browse(), []
        for partner, margin, cost, contact, visit, delivery, ticket in rows:
            line = lines.get(partner)
            vals = {
                "date_from": start,
                "date": today,
                "margin": margin,
                "cost_to_serve": cost,
                "loss": float(cost) - float(margin),
                "contact_count": contact,
                "visit_count": visit,
                "delivery_count": delivery,
                "ticket_count": ticket,
            }
            if line and (line.state == "candidate"):
                line.write(vals)
                found |= line
            elif not line or (line.state == "reopened" and line.decided_on < start):
                new.append(vals | {"partner_id": partner, "company_id": company.id})
        found |= self.create(new)
        candidates = [line.id for line in lines.values() if line.state == "candidate" and line.date]
        (self.browse(candidates) - found).unlink()
        return found

    def action_find(self):
        """A manager's button: candidates of the selected companies, from the records up to today."""
        self._check_manager()
        for company in self.env.companies:
            self._find(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === DECISIONS === #

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(self.env._("Only a sales administrator decides who is given up."))

    def _decide(self, state, allowed):
        self._check_manager()
        for line in self:
            if line.state not in allowed:
                raise UserError(
                    self.env._("%(customer)s has been decided already.", customer=line.partner_id.display_name)
                )
            if not (line.reason or "").strip():
                raise UserError(
                    self.env._("Give a reason for %(customer)s first.", customer=line.partner_id.display_name)
                )
        self.write({"state": state, "decided_by_id": self.env.uid, "decided_on": fields.Date.context_today(self)})

    def action_approve(self):
        self._decide("approved", ("candidate", "kept"))

    def action_keep(self):
        self._decide("kept", ("candidate",))

    def action_reopen(self):
        """The customer is back in campaigns and visit plans."""
        self._decide("reopened", ("approved", "kept"))

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
