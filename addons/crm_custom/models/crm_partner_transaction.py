from odoo import api, fields, models
from odoo.tools import email_normalize


class CrmPartnerTransaction(models.Model):
    """A sale that a partner (agent, distributor) made to a customer and reported to us: not ours, but it tells of him.

    Imported by the ordinary import of the list. Matched to a customer by reference, VAT number, e-mail or the one
    customer of that name; what cannot be matched stays on a list. Amounts untaxed, in company currency.
    """

    _name = "crm.partner.transaction"
    _description = "Partner Transaction"
    _order = "date desc, id desc"

    name = fields.Char(string="Number", help="Number of the document at the partner's.")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    source_partner_id = fields.Many2one("res.partner", string="Reported by", help="The agent or distributor.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    amount = fields.Monetary(required=True, help="Untaxed.")
    customer_name = fields.Char()
    customer_ref = fields.Char(string="Customer reference")
    customer_vat = fields.Char(string="Customer VAT")
    customer_email = fields.Char()
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Found by reference, VAT number, e-mail or name; can be set by hand.",
    )
    is_matched = fields.Boolean(string="Matched", compute="_compute_is_matched", store=True)

    _number_unique = models.UniqueIndex(
        "(source_partner_id, name, company_id) WHERE name IS NOT NULL", "This document of the partner is here already."
    )

    @api.depends("partner_id")
    def _compute_is_matched(self):
        for line in self:
            line.is_matched = bool(line.partner_id)

    @api.depends("customer_name", "customer_ref", "customer_vat", "customer_email", "company_id")
    def _compute_partner_id(self):
        """First rule that finds exactly one customer; a customer set by hand stays. One query a rule."""
        wanted = self.filtered(lambda line: not line.partner_id)
        rules = (
            ("ref", lambda line: line.customer_ref),
            ("vat", lambda line: (line.customer_vat or "").replace(" ", "").upper()),
            ("email_normalized", lambda line: email_normalize(line.customer_email or "")),
            ("name", lambda line: (line.customer_name or "").strip()),
        )
        for field, key in rules:
            keys = {key(line) for line in wanted} - {"", False, None}
            found = self._one_customer(field, keys) if keys else {}
            for line in wanted:
                line.partner_id = found.get(key(line)) or line.partner_id
            wanted = wanted.filtered(lambda line: not line.partner_id)

    @api.model
    def _one_customer(self, field, keys):
        """{key: commercial partner} for the keys that lead to one customer only."""
        partners = self.env["res.partner"].sudo().search([(field, "in", list(keys))])
        found = {}
        for partner in partners:
            found.setdefault(partner[field], self.env["res.partner"])
            found[partner[field]] |= partner.commercial_partner_id.with_env(self.env)
        return {key: customers for key, customers in found.items() if len(customers) == 1}

    @api.model_create_multi
    def create(self, vals_list):
        """The first transaction of all makes the metric active, so that it becomes a part of the score."""
        if vals_list and not self.sudo().search_count([], limit=1):
            metric = self.env.ref("crm_custom.crm_metric_partner_sales", raise_if_not_found=False)
            if metric:
                metric.sudo().active = True
        return super().create(vals_list)

    def action_match(self):
        """Try again, after customers were added or mended."""
        self.filtered(lambda line: not line.partner_id)._compute_partner_id()
