from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES
from odoo.exceptions import UserError
from odoo.fields import Domain

ANY_CLASS = [("any", "All classes"), *CLASSES]
FIXED = frozenset({"name", "body", "customer_class", "customer_role", "company_id", "needs_acceptance"})


class CrmCustomerNotice(models.Model):
    """A rule, policy or promotion that the company tells a class of its customers, and who has read and accepted it.

    Publishing fixes the text and makes a receipt for each customer of the class on that day; customers that enter the
    class later are added by the button. A correction is a new notice.
    """

    _name = "crm.customer.notice"
    _description = "Notice to Customers"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "published_date desc, id desc"

    name = fields.Char("Subject", required=True, tracking=True)
    kind = fields.Selection(
        [("rule", "Rule"), ("policy", "Policy"), ("promotion", "Promotion")], required=True, default="policy"
    )
    body = fields.Html("Text", required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user, index="btree_not_null")
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null", ondelete="set null")
    customer_role = fields.Selection(
        lambda self: self.env["res.partner"]._fields["customer_role"]._description_selection(self.env),
        "Role",
        tracking=True,
        help="Empty: customers of every role.",
    )
    customer_class = fields.Selection(ANY_CLASS, "Class", required=True, default="any", tracking=True)
    needs_acceptance = fields.Boolean("To Be Accepted", tracking=True)
    deadline = fields.Date("Accept until", tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("closed", "Withdrawn")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    published_date = fields.Datetime("Published on", readonly=True, copy=False)
    audience_count = fields.Integer("Customers of the Class", compute="_compute_audience_count")
    receipt_ids = fields.One2many("crm.customer.notice.receipt", "notice_id", "Receipts")
    receipt_count = fields.Integer("Told", compute="_compute_receipts")
    read_count = fields.Integer("Read", compute="_compute_receipts")
    accepted_count = fields.Integer("Accepted", compute="_compute_receipts")

    # === COMPUTE === #

    @api.depends("customer_class", "customer_role", "company_id")
    def _compute_audience_count(self):
        for notice in self:
            notice.audience_count = self.env["res.partner"].sudo().search_count(notice._audience_domain())

    @api.depends("receipt_ids.read_date", "receipt_ids.accepted_date")
    def _compute_receipts(self):
        groups = self.env["crm.customer.notice.receipt"]._read_group(
            [("notice_id", "in", self.ids)], ["notice_id"], ["__count", "read_date:count", "accepted_date:count"]
        )
        found = {notice.id: figures for notice, *figures in groups}
        for notice in self:
            counts = found.get(notice._origin.id, (0, 0, 0))
            notice.receipt_count, notice.read_count, notice.accepted_count = counts

    def _audience_domain(self):
        """Customers, as commercial entities, of the role and class in this company; read in sudo, whoever owns them."""
        self.ensure_one()
        domain = Domain("parent_id", "=", False) & Domain("company_id", "in", (False, self.company_id.id))
        if self.customer_role:
            domain &= Domain("customer_role", "=", self.customer_role)
        if self.customer_class != "any":
            scored = (
                self.env["crm.scorecard"]
                .sudo()
                ._search(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("is_latest", "=", True),
                        ("customer_class", "=", self.customer_class),
                    ]
                )
            )
            domain &= Domain("id", "in", scored.subselect("partner_id"))
        elif not self.customer_role:
            domain &= Domain("customer_rank", ">", 0)
        return domain & ~Domain("relation_type", "=", "competitor")

    # === CRUD === #

    def write(self, vals):
        if FIXED & vals.keys() and self.filtered(lambda notice: notice.state != "draft"):
            raise UserError(
                self.env._("What was published stays as customers read it: withdraw it and write a new notice.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if self.filtered(lambda notice: notice.state != "draft"):
            raise UserError(self.env._("Published notices are kept: withdraw them instead."))

    # === ACTIONS === #

    def action_publish(self):
        """Fix the text, make the receipts and mail those who have an address; once, however often it is pressed."""
        self.check_access("write")
        for notice in self.filtered(lambda item: item.state != "closed"):
            if notice.deadline and notice.needs_acceptance and notice.deadline < fields.Date.context_today(notice):
                raise UserError(self.env._("%s: the day until which it is accepted is over.", notice.name))
            if notice.state == "draft":
                notice.write({"state": "published", "published_date": fields.Datetime.now()})
            notice._add_receipts()._send()

    def _add_receipts(self):
        """Receipts for the customers of the class that have none yet; returns the new ones."""
        self.ensure_one()
        told = self.sudo().receipt_ids.partner_id
        partners = self.env["res.partner"].sudo().search(self._audience_domain()) - told
        receipts = self.env["crm.customer.notice.receipt"].sudo()
        return receipts.create([{"notice_id": self.id, "partner_id": partner.id} for partner in partners])

    def action_withdraw(self):
        self.filtered(lambda notice: notice.state == "published").state = "closed"

    def action_open_receipts(self):
        """Open the receipts; `crm_notice_filter` in the context names a filter of their list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_customer_notice_receipt_action")
        chosen = self.env.context.get("crm_notice_filter")
        context = {f"search_default_{chosen}": 1} if chosen in ("read", "accepted", "unread") else {}
        return {**action, "domain": [("notice_id", "=", self.id)], "context": context}
