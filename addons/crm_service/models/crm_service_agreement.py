from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ..tools import agreement

STATES = [("draft", "Draft"), ("active", "Active"), ("ended", "Ended"), ("cancelled", "Cancelled")]


class CrmServiceAgreement(models.Model):
    """What a customer was promised for which products, from day to day, and how much of it.

    Days are calendar days, both ends included. What is used is counted from tickets, work and visits, never stored:
    nothing is consumed twice. Renewal: crm_service_agreement_renewal.py; result: crm_service_agreement_result.py.
    """

    _name = "crm.service.agreement"
    _description = "Service Agreement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_end desc, id desc"
    _rec_names_search = ["name", "title", "partner_id"]
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, default="", index="trigram")
    title = fields.Char("Agreement", required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict", tracking=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        string="Company of the Customer",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        tracking=True,
        help="Is reminded of the renewal.",
    )
    state = fields.Selection(STATES, required=True, default="draft", tracking=True, index=True, copy=False)
    date_start = fields.Date("From", required=True, default=fields.Date.context_today, tracking=True)
    date_end = fields.Date("Until", required=True, tracking=True, help="The last day of the agreement.")
    policy_id = fields.Many2one(
        "crm.sla.policy",
        "Service Level",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="The response and solution times promised. Empty: as without agreement.",
    )
    asset_ids = fields.Many2many(
        "crm.customer.asset",
        string="Customer's Products",
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('company_id', '=', company_id)]",
    )
    product_ids = fields.Many2many("product.product", string="Products")
    category_ids = fields.Many2many("product.category", string="Product Categories")
    order_ids = fields.Many2many(
        "sale.order",
        string="Orders",
        domain="[('partner_id', 'child_of', commercial_partner_id), ('company_id', '=', company_id)]",
        help="The orders that bill this agreement; their invoices are its revenue.",
    )
    line_ids = fields.One2many("crm.service.entitlement", "agreement_id", "Entitlements", copy=True)
    ticket_ids = fields.One2many("crm.ticket", "agreement_id", "Tickets", readonly=True)
    ticket_count = fields.Integer("Number of Tickets", compute="_compute_ticket_count")
    terms = fields.Html()
    status_text = fields.Char("Status", compute="_compute_status_text")
    is_used_up = fields.Boolean("Used Up", compute="_compute_is_used_up")

    _check_dates = models.Constraint("CHECK (date_end >= date_start)", "An agreement must not end before it begins.")
    _cover_idx = models.Index("(commercial_partner_id, company_id) WHERE state IN ('active', 'ended')")

    @api.depends("name", "title")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.name} {record.title or ''}".strip()

    def _compute_ticket_count(self):
        counts = dict(
            self.env["crm.ticket"]._read_group([("agreement_id", "in", self.ids)], ["agreement_id"], ["__count"])
        )
        for record in self:
            record.ticket_count = counts.get(record._origin, 0)

    @api.depends("state", "date_start", "date_end")
    @api.depends_context("lang")
    def _compute_status_text(self):
        today = fields.Date.context_today(self)
        names = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state != "active" or not record.date_end or not record.date_start:
                record.status_text = names.get(record.state)
            elif record.date_start > today:
                record.status_text = self.env._("Begins on %(day)s", day=format_date(self.env, record.date_start))
            elif record.date_end < today:
                record.status_text = self.env._("Expired on %(day)s", day=format_date(self.env, record.date_end))
            else:
                days = (record.date_end - today).days
                record.status_text = self.env._(
                    "Valid until %(day)s, %(days)s days left", day=format_date(self.env, record.date_end), days=days
                )

    @api.depends("line_ids.left")
    def _compute_is_used_up(self):
        for record in self:
            record.is_used_up = any(line.quantity and line.left <= 0 for line in record.line_ids)

    @api.constrains("partner_id", "asset_ids")
    def _check_assets(self):
        for record in self:
            foreign = record.asset_ids.filtered(
                lambda asset, record=record: asset.commercial_partner_id != record.commercial_partner_id
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(product)s belongs to another customer than %(customer)s.",
                        product=foreign[:1].display_name,
                        customer=record.commercial_partner_id.display_name,
                    )
                )

    # === WRITING === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("name"):
                company = vals.get("company_id") or self.env.company.id
                sequence = self.env["ir.sequence"].sudo().with_company(company)
                vals["name"] = sequence.next_by_code("crm.service.agreement") or ""
        records = super().create(vals_list)
        if not self._any():
            self.env.registry.clear_cache()
        return records

    @api.model
    @tools.ormcache()
    def _any(self):
        """Whether there is any agreement: tickets ask for theirs only then."""
        return bool(self.sudo().search_count([], limit=1))

    # === COVER === #

    @api.model
    def _covers(self, partners):
        """Return {(commercial partner id, company id): [Cover]} of what was ever agreed with them; one query."""
        self.sudo().flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT a.commercial_partner_id, a.company_id, a.id, a.date_start, a.date_end,
                          ARRAY(SELECT crm_customer_asset_id FROM crm_customer_asset_crm_service_agreement_rel r
                                 WHERE r.crm_service_agreement_id = a.id),
                          ARRAY(SELECT product_product_id FROM crm_service_agreement_product_product_rel r
                                 WHERE r.crm_service_agreement_id = a.id),
                          ARRAY(SELECT product_category_id FROM crm_service_agreement_product_category_rel r
                                 WHERE r.crm_service_agreement_id = a.id)
                     FROM crm_service_agreement a
                    WHERE a.commercial_partner_id IN %s AND a.state IN ('active', 'ended')""",
                tuple(partners),
            )
        )
        result = {}
        for partner, company, key, start, stop, *named in rows:
            cover = agreement.Cover(key, start, stop, *(frozenset(ids) for ids in named))
            result.setdefault((partner, company), []).append(cover)
        return result

    @api.model
    def _covering(self, subjects):
        """Return {key: (agreement valid, agreement that ended last)}, either may be empty.

        `subjects`: {key: (commercial partner, company, customer's product, product, day)}. One query for any number.
        """
        nothing = self.browse()
        partners = {subject[0].id for subject in subjects.values()} - {False, None}
        partners = {partner for partner in partners if isinstance(partner, int)}
        if not partners or not self._any():
            return dict.fromkeys(subjects, (nothing, nothing))
        covers = self._covers(partners)
        result = {}
        for key, (partner, company, asset, product, day) in subjects.items():
            own = covers.get((partner.id, company.id), [])
            above = ()
            if product and any(cover.categories for cover in own):
                above = [int(part) for part in (product.sudo().categ_id.parent_path or "").split("/") if part]
            about = (day, asset.id, product.id, above)
            found, ended = agreement.choose(own, *about), agreement.last_ended(own, *about)
            result[key] = (self.browse(found.key if found else []), self.browse(ended.key if ended else []))
        return result

    # === ACTIONS === #

    def action_activate(self):
        self.filtered(lambda record: record.state == "draft").state = "active"

    def action_cancel(self):
        self.filtered(lambda record: record.state in ("draft", "active")).state = "cancelled"

    def action_open_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("agreement_id", "in", self.ids)]
        action["context"] = {"default_partner_id": self[:1].partner_id.id}
        return action
