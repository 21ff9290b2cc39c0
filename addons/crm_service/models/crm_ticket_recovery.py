from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmTicket(models.Model):
    """What the class of the customer allows to offer after a failure, and what was given."""

    _inherit = "crm.ticket"

    recovery_use_ids = fields.One2many("crm.recovery.use", "ticket_id", "Recovery")
    # Not for portal customers, who may read their tickets.
    customer_class = fields.Selection(
        CLASSES, string="Class", compute="_compute_customer_class", groups="crm_service.group_service_user"
    )
    recovery_option_ids = fields.Many2many("crm.recovery.option", compute="_compute_recovery", string="Allowed Offers")
    recovery_text = fields.Text(
        "What May Be Offered", compute="_compute_recovery", groups="crm_service.group_service_user"
    )

    @api.depends("commercial_partner_id", "company_id")
    def _compute_customer_class(self):
        """The newest class in the ticket's company; an agent sees the class, not the scorecard. One query."""
        found = (
            self.env["crm.scorecard"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("is_latest", "=", True),
                ],
                ["company_id", "partner_id", "customer_class"],
            )
        )
        classes = {(card.company_id.id, card.partner_id.id): card.customer_class for card in found}
        for ticket in self:
            ticket.customer_class = classes.get((ticket.company_id.id, ticket.commercial_partner_id.id), False)

    @api.depends("commercial_partner_id", "company_id", "currency_id")
    @api.depends_context("lang")
    def _compute_recovery(self):
        today = fields.Date.context_today(self)
        Option = self.env["crm.recovery.option"]
        options = Option.search(Domain("company_id", "in", [*self.company_id.ids, False]))
        for ticket in self:
            own = options.filtered(
                lambda option, ticket=ticket: option.company_id in (ticket.company_id, Option.company_id)
            )
            allowed = own._allowed(ticket.customer_class, ticket.company_id, ticket.currency_id, today)
            ticket.recovery_option_ids = Option.union(*allowed)
            ticket.recovery_text = "\n".join(ticket._recovery_line(*item) for item in allowed.items())

    def _recovery_line(self, option, amount):
        if amount is None:
            return option.name
        if not amount:
            return self.env._("%(offer)s, with approval", offer=option.name)
        return self.env._(
            "%(offer)s up to %(amount)s, above it with approval",
            offer=option.name,
            amount=self.currency_id.format(amount),
        )

    def _recovery_limit(self, option, now):
        """Return (amount without approval, class); raise when the class may not have this option."""
        self.ensure_one()
        allowed = option._allowed(self.customer_class, self.company_id, self.currency_id, now.date())
        if option not in allowed:
            raise UserError(
                self.env._(
                    "%(offer)s is not meant for customers of this class: %(allowed)s",
                    offer=option.name,
                    allowed=self.recovery_text or "",
                )
            )
        return allowed[option], self.customer_class
