from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..models.crm_sla_policy import PRIORITIES

OPEN_SHOWN = 5
QUICK_CHANNELS = [
    ("phone", "Phone"),
    ("visit", "Visit"),
    ("fax", "Letter or Fax"),
    ("partner", "Partner"),
    ("email", "E-mail"),
    ("web", "Web Site"),
]


class CrmTicketQuick(models.TransientModel):
    """A request taken down while the customer speaks: who, what, about which record; the rest is found."""

    _name = "crm.ticket.quick"
    _description = "New Request"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    channel = fields.Selection(QUICK_CHANNELS, required=True, default="phone")
    partner_id = fields.Many2one(
        "res.partner", "Customer", help="Type a name, telephone number, address, order, invoice or serial number."
    )
    reseller_id = fields.Many2one("res.partner", "Reported by Partner")
    contact_name = fields.Char("Caller", help="Of somebody who is no contact yet.")
    phone = fields.Char(compute="_compute_contact", store=True, readonly=False)
    email = fields.Char("E-mail", compute="_compute_contact", store=True, readonly=False)
    name = fields.Char("Subject")
    description = fields.Text("Request")
    category_id = fields.Many2one("crm.ticket.category", domain="[('company_id', 'in', (company_id, False))]")
    priority = fields.Selection(PRIORITIES, required=True, default="1")
    team_id = fields.Many2one(
        "crm.service.team",
        domain="[('company_id', '=', company_id)]",
        compute="_compute_team_id",
        store=True,
        readonly=False,
    )
    sale_order_line_id = fields.Many2one(
        "sale.order.line",
        "Delivered Line",
        domain="[('state', '=', 'sale'), ('display_type', '=', False), ('company_id', '=', company_id),"
        " ('order_partner_id', 'child_of', partner_id or [])]",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Scans and Files")
    call_log_id = fields.Many2one("crm.call.log", readonly=True)
    open_ticket_ids = fields.Many2many("crm.ticket", compute="_compute_open_ticket_ids", string="Open Tickets")
    mine = fields.Boolean("I Take It", default=True)

    @api.depends("partner_id")
    def _compute_contact(self):
        for quick in self:
            quick.phone = quick.phone or quick.partner_id.phone
            quick.email = quick.partner_id.email or quick.email

    @api.depends("company_id")
    def _compute_team_id(self):
        for quick in self:
            quick.team_id = self.env["crm.service.team"]._default_for(quick.company_id, self.env.user)

    @api.depends("partner_id", "company_id")
    def _compute_open_ticket_ids(self):
        """The customer's open tickets: what he calls about may be there already."""
        for quick in self:
            customer = quick.partner_id.commercial_partner_id
            domain = [
                ("commercial_partner_id", "=", customer.id),
                ("company_id", "=", quick.company_id.id),
                ("stage_kind", "in", ("new", "open", "waiting")),
            ]
            tickets = self.env["crm.ticket"]
            quick.open_ticket_ids = tickets.search(domain, limit=OPEN_SHOWN) if customer else tickets

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        line = self.sale_order_line_id
        if line and line.order_partner_id.commercial_partner_id != self.partner_id.commercial_partner_id:
            self.sale_order_line_id = False

    # === ACTIONS === #

    def action_create_ticket(self):
        return self._create_ticket()._get_records_action(target="current")

    def action_create_next(self):
        """Create the ticket and start with the next request."""
        ticket = self._create_ticket()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_quick_action")
        action["context"] = {"default_channel": self.channel, "default_company_id": self.company_id.id}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(number)s is the number for the customer.", number=ticket.number),
                "next": action,
            },
        }

    def _create_ticket(self):
        """Return the ticket of this request; records that its text names are filled in."""
        self.ensure_one()
        text = (self.description or "").strip()
        subject = (self.name or "").strip() or text.split("\n")[0][:80].strip()
        if not subject:
            raise UserError(self.env._("Write what the customer wants: a subject or a sentence."))
        values = {
            "name": subject,
            "description": plaintext2html(text) if text else False,
            "channel": self.channel,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "category_id": self.category_id.id,
            "priority": self.priority,
            "partner_id": self.partner_id.id,
            "reseller_id": self.reseller_id.id if self.channel == "partner" else False,
            "sale_order_line_id": self.sale_order_line_id.id,
            "user_id": self.env.uid if self.mine else False,
            "partner_email": self.email or False,
            "partner_phone": self.phone or False,
        }
        if self.contact_name and not self.partner_id:
            values["name"] = f"{subject} ({self.contact_name.strip()})"
        Ticket = self.env["crm.ticket"]
        if not self.sale_order_line_id:
            values.update(Ticket._subject_values([(f"{subject} {text}", self.partner_id, self.company_id)])[0])
        ticket = Ticket.create(values)
        self.attachment_ids.write({"res_model": "crm.ticket", "res_id": ticket.id})
        if self.call_log_id:
            self.call_log_id._link_ticket(ticket)
        return ticket
