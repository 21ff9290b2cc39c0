from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCustomerNoticeReceipt(models.Model):
    """That a customer was told, has read and has accepted a notice: by whom and when (UTC). Written by the portal."""

    _name = "crm.customer.notice.receipt"
    _description = "Receipt of a Notice"
    _inherit = ["mail.thread"]
    _order = "notice_id desc, partner_id, id"
    _rec_name = "partner_id"

    notice_id = fields.Many2one("crm.customer.notice", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="notice_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True, readonly=True
    )
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    needs_acceptance = fields.Boolean(related="notice_id.needs_acceptance")
    mailed_date = fields.Datetime("Mailed on", readonly=True)
    read_date = fields.Datetime("Read on", readonly=True)
    read_by_id = fields.Many2one("res.partner", "Read by", readonly=True, index="btree_not_null", ondelete="set null")
    accepted_date = fields.Datetime("Accepted on", readonly=True)
    accepted_by_id = fields.Many2one(
        "res.partner", "Accepted by", readonly=True, index="btree_not_null", ondelete="set null"
    )
    state = fields.Selection(
        [("told", "Not read yet"), ("read", "Read"), ("accepted", "Accepted")], compute="_compute_state", store=True
    )

    _customer_unique = models.UniqueIndex("(notice_id, partner_id)", "This customer was told already.")

    @api.depends("read_date", "accepted_date")
    def _compute_state(self):
        for receipt in self:
            receipt.state = "accepted" if receipt.accepted_date else "read" if receipt.read_date else "told"

    def _send(self):
        """Queue a mail to the customers with an address; a receipt is mailed once."""
        receipts = self.filtered(lambda receipt: receipt.partner_id.email and not receipt.mailed_date)
        template = self.env.ref("crm_marketing.mail_template_customer_notice", raise_if_not_found=False)
        if not receipts or not template:
            return
        template.sudo().send_mail_batch(receipts.ids)
        receipts.sudo().mailed_date = fields.Datetime.now()

    # === PORTAL === #

    def _note_read(self, contact):
        """The first opening counts."""
        fresh = self.filtered(lambda receipt: not receipt.read_date)
        fresh.sudo().write({"read_date": fields.Datetime.now(), "read_by_id": contact.id})

    def _note_accepted(self, contact):
        """Accept for the customer; once, in time, and only what asks for it."""
        self.ensure_one()
        notice = self.notice_id
        if notice.state != "published":
            raise UserError(self.env._("This notice was withdrawn."))
        if not notice.needs_acceptance:
            raise UserError(self.env._("This notice need not be accepted."))
        if notice.deadline and notice.deadline < fields.Date.context_today(self):
            raise UserError(self.env._("The day until which this could be accepted is over."))
        if not self.accepted_date:
            self._note_read(contact)
            self.sudo().write({"accepted_date": fields.Datetime.now(), "accepted_by_id": contact.id})

    def _get_share_url(self, *args, **kwargs):
        return f"/my/notices/{self.id}"
