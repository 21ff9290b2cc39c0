from odoo import fields, models


class CrmRootCause(models.Model):
    """Why a customer had to ask: the code that each closed ticket carries, so that causes can be counted."""

    _name = "crm.root.cause"
    _description = "Root Cause of Tickets"
    _order = "sequence, name, id"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short code for lists and imports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: all companies use this cause.")
    description = fields.Text(translate=True, help="When to choose this cause.")

    _code_uniq = models.UniqueIndex("(code, COALESCE(company_id, 0)) WHERE code != ''", "This code is used already.")
