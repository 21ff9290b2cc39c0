from odoo import fields, models


class CrmCollector(models.Model):
    """Who collects overdue money for a company, and how many customers a day."""

    _name = "crm.collector"
    _description = "Collector"
    _order = "company_id, id"
    _rec_name = "user_id"
    _check_company_auto = True

    user_id = fields.Many2one("res.users", "Collector", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    capacity = fields.Integer(
        "Customers a Day", required=True, default=lambda self: self.env.company.crm_collector_capacity
    )

    _user_uniq = models.UniqueIndex("(user_id, company_id)", "This user collects for this company already.")
    _capacity_positive = models.Constraint("CHECK (capacity >= 0)", "Customers a day cannot be negative.")
