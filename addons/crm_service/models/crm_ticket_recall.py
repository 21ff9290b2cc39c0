from odoo import fields, models


class CrmTicket(models.Model):
    """A ticket of a recall: the customer's reply is the answer."""

    _inherit = "crm.ticket"

    recall_id = fields.Many2one(
        "crm.recall",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_service.group_service_user",
    )

    def _customer_replied(self):
        result = super()._customer_replied()
        if self.sudo().recall_id:
            lines = self.env["crm.recall.line"].sudo().search([("ticket_id", "in", self.ids)])
            lines._answered(fields.Datetime.now())
        return result
