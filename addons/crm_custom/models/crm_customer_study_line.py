from odoo import fields, models

from .crm_customer_study import QUESTIONS


class CrmCustomerStudyLine(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """A figure of a panel; it opens the customers behind it."""

    _name = "crm.customer.study.line"
    _description = "Customer Process Study Line"
    _order = "id"

    study_id = fields.Many2one("crm.customer.study", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="study_id.currency_id")
    question = fields.Selection(QUESTIONS, required=True)
    kind = fields.Selection(
        [("total", "All"), ("direction", "Became"), ("source", "Source"), ("product", "Product category")],
        required=True,
    )
    name = fields.Char()
    count = fields.Integer(string="Customers")
    count_before = fields.Integer(string="Before")
    amount = fields.Monetary(string="More sales", help="Twelve months against the twelve months before.")
    partner_ids = fields.Many2many("res.partner", string="Customers of the line")

    def action_customers(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name or dict(QUESTIONS)[self.question],
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.partner_ids.ids)],
        }
