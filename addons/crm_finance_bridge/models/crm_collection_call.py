from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCollectionCall(models.Model):
    """What came of a contact about overdue money. A log: never changed."""

    _name = "crm.collection.call"
    _description = "Collection Contact"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "By", required=True, default=lambda self: self.env.user)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    result = fields.Selection(
        [
            ("promise", "Promise"),
            ("dispute", "Dispute"),
            ("no_answer", "No answer"),
            ("copy_sent", "Copy sent"),
            ("other", "Other"),
        ],
        required=True,
    )
    note = fields.Char()
    overdue = fields.Monetary("Overdue Then")
    promise_id = fields.Many2one("crm.payment.promise", index="btree_not_null", ondelete="set null")
    dispute_id = fields.Many2one("crm.dispute", index="btree_not_null", ondelete="set null")

    _customer_idx = models.Index("(company_id, partner_id, date DESC)")

    @api.model
    def _log(self, partner, company, result, **values):
        """Log a contact of the current user and bring the customer's place in the worklist up to date."""
        partner = partner.commercial_partner_id
        task = self.env["crm.collection.task"].sudo()
        task = task.search([("partner_id", "=", partner.id), ("company_id", "=", company.id)], limit=1)
        call = self.sudo().create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "user_id": self.env.uid,
                "result": result,
                "overdue": task.overdue,
                **values,
            }
        )
        if result in ("promise", "dispute", "copy_sent"):
            names = dict(self._fields["result"]._description_selection(self.env))
            self.env["crm.contact.log"].sudo()._log(
                partner,
                "email" if result == "copy_sent" else "call",
                subject=self.env._("Overdue money: %(result)s", result=names[result]),
                company_id=company.id,
                user_id=self.env.uid,
            )
        return call

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("What came of a contact is a log: it cannot be changed."))
        return super().write(vals)
