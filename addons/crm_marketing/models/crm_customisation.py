from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .crm_segment_version import CHANNELS


class CrmCustomisation(models.Model):
    """What is agreed for one customer alone: its price list, promotions and channel, in one company and for a time.

    The quotation takes the price list and offers the promotions (a program named here is for the customers named
    only); mailings of another channel leave the customer out. Dates are days of the company, both included.
    """

    _name = "crm.customisation"
    _description = "Terms for One Customer"
    _inherit = ["mail.thread"]
    _order = "partner_id, date_from desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    active = fields.Boolean(default=True)
    pricelist_id = fields.Many2one("product.pricelist", "Price List", check_company=True, tracking=True)
    program_ids = fields.Many2many(
        "loyalty.program",
        "crm_customisation_program_rel",
        string="Promotions",
        help="For this customer, and for others named with it; nobody else gets them any more.",
    )
    channel = fields.Selection(CHANNELS, tracking=True, help="How this customer is addressed. Empty: any way.")
    date_from = fields.Date("From", default=fields.Date.context_today, tracking=True)
    date_to = fields.Date("Until", tracking=True)
    note = fields.Char("Why")

    _check_dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)", "Terms cannot end before they start."
    )

    @api.constrains("partner_id", "company_id", "date_from", "date_to", "active")
    def _check_overlap(self):
        for terms in self.filtered("active"):
            domain = Domain("id", "!=", terms.id) & Domain("partner_id", "=", terms.partner_id.id)
            domain &= Domain("company_id", "=", terms.company_id.id)
            if terms.date_to:
                domain &= Domain("date_from", "=", False) | Domain("date_from", "<=", terms.date_to)
            if terms.date_from:
                domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", terms.date_from)
            if self.sudo().search_count(domain, limit=1):
                raise ValidationError(
                    self.env._("%(customer)s has terms for these days already.", customer=terms.partner_id.display_name)
                )

    @api.model
    def _in_force_domain(self, company, today=None):
        today = today or fields.Date.context_today(self)
        return (
            Domain("company_id", "=", company.id)
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", today))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )

    @api.model
    def _for_customers(self, partners, company, today=None):
        """{commercial partner: terms in force} of these partners; whoever asks."""
        found = self.sudo().search(
            self._in_force_domain(company, today) & Domain("partner_id", "in", partners.commercial_partner_id.ids)
        )
        return {terms.partner_id: terms for terms in found}

    @api.model
    def _other_channel(self, company, channel):
        """Query of the partners, contacts included, whose terms in force ask for another channel than this."""
        terms = self.sudo()._search(self._in_force_domain(company) & Domain("channel", "not in", [False, channel]))
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        return partners._search(Domain("commercial_partner_id", "in", terms.subselect("partner_id")))
