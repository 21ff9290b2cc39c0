from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("replaced", "Replaced"),
]


class CrmProposal(models.Model):
    """A proposal of an opportunity in one version: a quotation of Odoo, its PDF as it was sent, and what came of it.

    The quotation leads: sent, confirmed or cancelled there is sent, accepted or rejected here. A new version copies
    the quotation of the last one; sending it replaces the older versions that are still open.
    """

    _name = "crm.proposal"
    _description = "Proposal"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "lead_id, version desc"

    name = fields.Char(compute="_compute_name", store=True)
    lead_id = fields.Many2one("crm.lead", string="Opportunity", required=True, index=True, ondelete="cascade")
    version = fields.Integer(required=True, readonly=True, default=1, copy=False)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", store=True, index="btree_not_null")
    user_id = fields.Many2one("res.users", string="Salesperson", default=lambda self: self.env.user, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    order_id = fields.Many2one(
        "sale.order", string="Quotation", index="btree_not_null", ondelete="set null", check_company=True
    )
    order_state = fields.Selection(related="order_id.state", string="State of the quotation")
    currency_id = fields.Many2one("res.currency", compute="_compute_amount", store=True)
    amount = fields.Monetary(compute="_compute_amount", store=True, help="Untaxed, as it was sent.")
    state = fields.Selection(STATES, default="draft", required=True, index=True, tracking=True, copy=False)
    date_sent = fields.Datetime("Sent on", readonly=True, copy=False)
    date_decided = fields.Datetime("Decided on", readonly=True, copy=False)
    reject_reason = fields.Char(copy=False, tracking=True)
    note = fields.Html("Scope", help="What the proposal is about, and what changed since the last version.")
    attachment_id = fields.Many2one("ir.attachment", string="PDF as sent", readonly=True, copy=False)

    _unique_version = models.Constraint("UNIQUE (lead_id, version)", "Each version of a proposal exists once.")
    _check_company_auto = True

    @api.depends("lead_id.name", "version")
    def _compute_name(self):
        for proposal in self:
            proposal.name = self.env._(
                "%(deal)s, version %(version)s", deal=proposal.lead_id.name or "-", version=proposal.version
            )

    @api.depends("order_id.amount_untaxed", "order_id.currency_id", "state")
    def _compute_amount(self):
        """Follows the quotation until the proposal is sent; then it stays what the customer has in hand."""
        for proposal in self:
            if proposal.state == "draft" or not proposal.currency_id:
                proposal.currency_id = proposal.order_id.currency_id or proposal.company_id.currency_id
                proposal.amount = proposal.order_id.amount_untaxed

    # === FROM THE OPPORTUNITY === #

    @api.model
    def _next_version(self, lead):
        """Create the next version, with a quotation to work on."""
        if not lead.partner_id:
            raise UserError(self.env._("Choose the customer of the opportunity first."))
        last = self.search([("lead_id", "=", lead.id)], order="version desc", limit=1)
        order = last.order_id.copy({"opportunity_id": lead.id}) if last.order_id else self._first_order(lead)
        return self.create(
            {
                "lead_id": lead.id,
                "version": last.version + 1,
                "order_id": order.id,
                "company_id": order.company_id.id,
                "user_id": lead.user_id.id or self.env.uid,
                "note": last.note,
            }
        )

    @api.model
    def _first_order(self, lead):
        """A quotation of the deal that no proposal uses yet, else a new one with Odoo's own defaults."""
        used = self.search([("lead_id", "=", lead.id)]).order_id
        free = lead.order_ids.filtered(lambda order: order.state in ("draft", "sent")) - used
        if free:
            return free[:1]
        context = lead._prepare_opportunity_quotation_context()
        return self.env["sale.order"].with_context(**context).create({})

    # === WHAT BECOMES OF IT === #

    def action_open_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    def action_send(self):
        """Odoo's own dialog to send the quotation; its state brings ours along."""
        self.ensure_one()
        if not self.order_id.order_line:
            raise UserError(self.env._("The quotation has no line yet. Open it and add what you offer."))
        return self.order_id.action_quotation_send()

    def action_mark_sent(self):
        """Handed over otherwise than by mail."""
        for proposal in self:
            if proposal.state != "draft":
                raise UserError(self.env._("Only a draft can be marked as sent."))
            if proposal.order_id.state == "draft":
                proposal.order_id.action_quotation_sent()
            else:
                proposal._set_sent()
        return True

    def action_accept(self):
        self._decide("accepted")

    def action_reject(self):
        for proposal in self:
            if not proposal.reject_reason:
                raise UserError(self.env._("Say why the customer rejected it, in the field “Reject Reason”."))
        self._decide("rejected")

    def action_print(self):
        """Print with Odoo's own quotation."""
        self.ensure_one()
        return self.env.ref("sale.action_report_saleorder").report_action(self.order_id)

    def _set_sent(self):
        for proposal in self.filtered(lambda proposal: proposal.state == "draft"):
            proposal.write({"state": "sent", "date_sent": fields.Datetime.now()})
            proposal._attach_pdf()
            older = self.search(
                [
                    ("lead_id", "=", proposal.lead_id.id),
                    ("version", "<", proposal.version),
                    ("state", "in", ("draft", "sent")),
                ]
            )
            older.write({"state": "replaced", "date_decided": fields.Datetime.now()})

    def _decide(self, state):
        for proposal in self:
            if proposal.state not in ("draft", "sent"):
                raise UserError(self.env._("“%(name)s” has been decided already.", name=proposal.name))
            proposal.write({"state": state, "date_decided": fields.Datetime.now()})
            if state == "accepted":
                others = self.search([("lead_id", "=", proposal.lead_id.id), ("state", "in", ("draft", "sent"))])
                others.write({"state": "replaced", "date_decided": fields.Datetime.now()})

    def _attach_pdf(self):
        """Keep the PDF that the customer got; a server that cannot print does not stop the proposal."""
        self.ensure_one()
        if not self.order_id or self.attachment_id:
            return
        report = self.env["ir.actions.report"]
        try:
            content, kind = report._render_qweb_pdf("sale.action_report_saleorder", self.order_id.ids)
        except UserError as error:
            self.message_post(body=self.env._("The PDF could not be made: %(error)s", error=error))
            return
        self.attachment_id = self.env["ir.attachment"].create(
            {
                "name": f"{self.order_id.name} v{self.version}.{'pdf' if kind == 'pdf' else 'html'}",
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    @api.model
    def _follow_order(self, orders, state):
        """Bring the proposals of quotations in line with the state that these got."""
        proposals = self.sudo().search([("order_id", "in", orders.ids), ("state", "in", ("draft", "sent"))])
        if state == "sent":
            proposals._set_sent()
        elif state == "sale":
            proposals.sorted("version")[-1:]._decide("accepted")
        elif state == "cancel":
            proposals.filtered(lambda proposal: proposal.state == "sent")._decide("rejected")
