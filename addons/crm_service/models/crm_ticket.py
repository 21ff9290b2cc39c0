from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools import sla
from .crm_sla_policy import PRIORITIES
from .crm_ticket_stage import KINDS

CHANNELS = [
    ("email", "E-mail"),
    ("portal", "Portal"),
    ("phone", "Phone"),
    ("visit", "Visit"),
    ("fax", "Letter or Fax"),
    ("partner", "Partner"),
    ("web", "Web Site"),
    ("manual", "Internal"),
]


class CrmTicket(models.Model):
    """A customer's request. Its goods come from a sales order line: nothing that the order knows is typed again."""

    _name = "crm.ticket"
    _description = "Service Ticket"
    _inherit = [
        "portal.mixin",
        "mail.thread.cc",
        "mail.activity.mixin",
        "rating.mixin",
        "mail.tracking.duration.mixin",
    ]
    _order = "priority desc, deadline, id desc"
    _rec_names_search = ["number", "name"]
    _primary_email = "partner_email"
    _mail_post_access = "read"  # the customer answers on the portal, where he may only read
    _mail_thread_customer = True
    _check_company_auto = True
    _track_duration_field = "stage_id"

    number = fields.Char(readonly=True, copy=False, index=True, default="")
    name = fields.Char("Subject", required=True, tracking=True)
    description = fields.Html()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    team_id = fields.Many2one(
        "crm.service.team",
        check_company=True,
        index=True,
        tracking=True,
        default=lambda self: self.env["crm.service.team"]._default_for(self.env.company, self.env.user),
    )
    user_id = fields.Many2one(
        "res.users", "Owner", domain=[("share", "=", False)], check_company=True, index=True, tracking=True
    )
    stage_id = fields.Many2one(
        "crm.ticket.stage",
        required=True,
        index=True,
        copy=False,
        tracking=True,
        ondelete="restrict",
        group_expand="_read_group_stage_ids",
        domain="[('team_ids', 'in', (team_id, False)), ('company_id', 'in', (company_id, False))]",
        default=lambda self: self._first_stage_id(),
    )
    stage_kind = fields.Selection(KINDS, compute="_compute_stage_kind", store=True, precompute=True, index=True)
    category_id = fields.Many2one("crm.ticket.category", check_company=True, index="btree_not_null", tracking=True)
    category_kind = fields.Selection(related="category_id.kind", store=True, precompute=True, string="Category Kind")
    priority = fields.Selection(PRIORITIES, required=True, default="1", index=True, tracking=True)
    channel = fields.Selection(CHANNELS, required=True, default="manual", tracking=True)
    color = fields.Integer()

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        string="Company of the Customer",
    )
    partner_email = fields.Char(
        "E-mail", compute="_compute_partner_contact", store=True, readonly=False, precompute=True
    )
    partner_phone = fields.Char(
        "Phone", compute="_compute_partner_contact", store=True, readonly=False, precompute=True
    )

    date_open = fields.Datetime("Opened", required=True, default=fields.Datetime.now, copy=False, index=True)
    date_last_stage_update = fields.Datetime("Stage Since", readonly=True, copy=False)
    date_solved = fields.Datetime("Solved", readonly=True, copy=False)
    date_closed = fields.Datetime("Closed", readonly=True, copy=False)
    reopen_count = fields.Integer("Reopened", readonly=True, copy=False)

    _number_uniq = models.UniqueIndex("(number) WHERE number != ''", "The ticket number must be unique.")
    _board_idx = models.Index("(stage_id, priority DESC, deadline, id DESC) WHERE active")

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = f"{ticket.number} {ticket.name or ''}".strip()

    @api.depends("stage_id.kind")
    def _compute_stage_kind(self):
        kinds = self.env["crm.ticket.stage"]._kinds()
        for ticket in self:
            ticket.stage_kind = kinds.get(ticket.stage_id.id)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"
        return result

    @api.depends("sale_order_line_id", "sale_order_id", "picking_id", "move_id")
    def _compute_partner_id(self):
        for ticket in self:
            if not ticket.partner_id:
                order = ticket.sale_order_line_id.order_id or ticket.sale_order_id
                ticket.partner_id = order.partner_id or ticket.picking_id.partner_id or ticket.move_id.partner_id

    @api.depends("partner_id")
    def _compute_partner_contact(self):
        for ticket in self:
            ticket.partner_email = ticket.partner_id.email or ticket.partner_email
            ticket.partner_phone = ticket.partner_id.phone or ticket.partner_phone

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        team = self.env.context.get("default_team_id")
        wanted = Domain("company_id", "in", [*self.env.companies.ids, False])
        if team:
            wanted &= Domain("team_ids", "in", [team, False])
        return stages.search(Domain("id", "in", stages.ids) | wanted)

    @api.constrains("partner_id", "sale_order_line_id", "sale_order_id", "picking_id", "move_id")
    def _check_same_customer(self):
        """The goods of a ticket were sold to its customer: another customer's records are refused, each by itself."""
        for ticket in self:
            customer = ticket.commercial_partner_id
            for name in ("sale_order_line_id", "sale_order_id", "picking_id", "move_id"):
                parties = ticket._parties(ticket[name])
                if customer and parties and customer not in parties:
                    raise ValidationError(
                        self.env._(
                            "%(document)s of ticket %(ticket)s belongs to another customer than %(customer)s.",
                            document=ticket[name].display_name,
                            ticket=ticket.display_name,
                            customer=customer.display_name,
                        )
                    )

    @api.model
    def _parties(self, document):
        """Return the commercial partners that a document concerns: who ordered, who received, who is invoiced."""
        if document._name == "sale.order":
            partners = document.partner_id | document.partner_shipping_id | document.partner_invoice_id
        elif document._name == "sale.order.line":
            return self._parties(document.order_id)
        elif document._name == "stock.picking":
            partners = document.partner_id | self._parties(document.sale_id)
        else:
            orders = document.line_ids.sale_line_ids.order_id
            partners = document.partner_id | document.partner_shipping_id | orders.partner_id
        return partners.commercial_partner_id

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        known = {}
        for vals in vals_list:
            self._complete_vals(vals, known)
        self._number_vals([vals for vals in vals_list if not vals.get("number")])
        return super().create(vals_list)

    @api.model
    def _number_vals(self, vals_list):
        """Give each ticket the next number of its company's sequence: one draw a company for the whole batch."""
        by_company = defaultdict(list)
        for vals in vals_list:
            by_company[vals["company_id"]].append(vals)
        for company, group in by_company.items():
            sequence = self.env["ir.sequence"].sudo().browse(self._sequence_id(company))
            for vals, number in zip(group, sequence._crm_next(len(group)), strict=True):
                vals["number"] = number

    @api.model
    @ormcache()
    def _first_stage_id(self):
        """Return the id of the stage of a new ticket; kept until stages change (see `crm.ticket.stage`)."""
        return self.env["crm.ticket.stage"].sudo().search([("kind", "=", "new")], limit=1).id

    @api.model
    @ormcache("company_id")
    def _sequence_id(self, company_id):
        """Return the id of the company's own ticket sequence, else of the common one, else None."""
        domain = [("code", "=", "crm.ticket"), ("company_id", "in", (company_id, False))]
        return self.env["ir.sequence"].sudo().search(domain, order="company_id", limit=1).id or None

    @api.model
    def _complete_vals(self, vals, known):
        """Set the company of the documents, a team of that company and the first stage, when they are not given.

        `known` keeps what was looked up, so that a batch asks once a company.
        """
        context = self.env.context
        if not vals.get("company_id"):
            vals["company_id"] = context.get("default_company_id") or self._company_of(vals).id
        company = vals["company_id"]
        if "team_id" not in vals and not context.get("default_team_id"):
            if ("team", company) not in known:
                teams = self.env["crm.service.team"]
                known["team", company] = teams._default_for(self.env["res.company"].browse(company), self.env.user).id
            vals["team_id"] = known["team", company]
        if "stage_id" not in vals and not context.get("default_stage_id"):
            if "stage" not in known:
                known["stage"] = self.default_get(["stage_id"]).get("stage_id")
            vals["stage_id"] = known["stage"]

    @api.model
    def _company_of(self, vals):
        """Return the company of the first document or team in the values, else the user's."""
        for name in ("sale_order_line_id", "sale_order_id", "picking_id", "move_id", "team_id"):
            if vals.get(name):
                return self[name].sudo().browse(vals[name]).company_id or self.env.company
        return self.env.company

    def write(self, vals):
        if "stage_id" not in vals:
            return super().write(vals)
        kind = self.env["crm.ticket.stage"].browse(vals["stage_id"]).kind
        moved = self.filtered(lambda ticket: ticket.stage_id.id != vals["stage_id"])
        was_done = moved.filtered(lambda ticket: ticket.stage_kind in sla.DONE_STAGES)
        result = super().write(vals)
        moved._set_stage_dates(kind, was_done)
        return result

    def _set_stage_dates(self, kind, was_done):
        """Write when the tickets came to this stage, were solved, closed or reopened."""
        now = fields.Datetime.now()
        tickets = self.with_context(tracking_disable=True)
        tickets.write({"date_last_stage_update": now})
        if kind in sla.DONE_STAGES:
            (tickets - was_done).write({"date_solved": now})
            tickets.write({"date_closed": now if kind == "closed" else False})
        elif was_done:
            for count, again in was_done.with_context(tracking_disable=True).grouped("reopen_count").items():
                again.write({"date_solved": False, "date_closed": False, "reopen_count": count + 1})

    def _close_requirements(self):
        """Return what a ticket still lacks before it may be solved or closed: a list of texts, empty when nothing.

        Topics add theirs: `return super()._close_requirements() + [...]`.
        """
        self.ensure_one()
        return []

    # === ACTIONS === #

    def _stage_of_kind(self, kind):
        """Return the first stage of this kind that the ticket's team and company may use."""
        self.ensure_one()
        return (
            self.env["crm.ticket.stage"]
            .sudo()
            .search(
                [
                    ("kind", "=", kind),
                    ("team_ids", "in", [self.team_id.id, False]),
                    ("company_id", "in", [self.company_id.id, False]),
                ],
                limit=1,
            )
        )

    def _move_to(self, kind):
        for ticket in self:
            if stage := ticket._stage_of_kind(kind):
                ticket.stage_id = stage

    def action_take(self):
        """The user takes the tickets; new ones are in progress from now on."""
        self.write({"user_id": self.env.uid})
        self.filtered(lambda ticket: ticket.stage_kind == "new")._move_to("open")

    def action_solve(self):
        self._move_to("solved")

    def action_reopen(self):
        self._move_to("open")

    def _rating_get_parent_field_name(self):
        return "team_id"
