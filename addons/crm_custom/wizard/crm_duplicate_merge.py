from odoo import api, fields, models
from odoo.exceptions import UserError

FIELDS = (
    *("name", "is_company", "parent_id", "vat", "company_registry", "ref", "email", "phone", "website", "function"),
    *("street", "street2", "zip", "city", "state_id", "country_id", "user_id", "industry_id", "customer_role"),
    *("lang", "company_id"),
)
DOCUMENTS = (
    ("crm.lead", "partner_id"),
    ("sale.order", "partner_id"),
    ("account.move", "partner_id"),
    ("stock.picking", "partner_id"),
)


class CrmDuplicateMerge(models.TransientModel):
    """Two records side by side: which stays, and which value of each field that differs."""

    _name = "crm.duplicate.merge"
    _description = "Merge Two Customers"

    pair_id = fields.Many2one("crm.duplicate.pair")
    partner_a_id = fields.Many2one("res.partner", string="First", required=True, readonly=True)
    partner_b_id = fields.Many2one("res.partner", string="Second", required=True, readonly=True)
    reason = fields.Char(related="pair_id.reason")
    certainty = fields.Selection(related="pair_id.certainty")
    keep = fields.Selection(
        [("a", "First"), ("b", "Second")], string="Record that stays", required=True, readonly=True, default="a"
    )
    documents_a = fields.Integer(string="Documents of the first", readonly=True)
    documents_b = fields.Integer(string="Documents of the second", readonly=True)
    line_ids = fields.One2many("crm.duplicate.merge.line", "wizard_id")

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard._fill()
        return wizards

    def _fill(self):
        """The record with more documents stays, the older one where they are equal; its values are proposed."""
        one, other = self.partner_a_id, self.partner_b_id
        self.documents_a, self.documents_b = self._document_count(one), self._document_count(other)
        self.keep = "b" if self.documents_b > self.documents_a else "a"
        lines = []
        for name in FIELDS:
            if (
                name not in one._fields
                or one[name] == other[name]
                or not one._has_field_access(one._fields[name], "read")
            ):
                continue
            left, right = self._text(one, name), self._text(other, name)
            first = (self.keep == "a" and left) or not right
            lines.append(
                {
                    "wizard_id": self.id,
                    "field_name": name,
                    "value_a": left,
                    "value_b": right,
                    "choice": "a" if first else "b",
                }
            )
        self.env["crm.duplicate.merge.line"].create(lines)

    @api.model
    def _document_count(self, partner):
        return sum(self.env[model].sudo().search_count([(link, "=", partner.id)]) for model, link in DOCUMENTS)

    @api.model
    def _text(self, partner, name):
        field = partner._fields[name]
        value = partner[name]
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "boolean":
            return self.env._("Yes") if value else ""
        return field.convert_to_export(value, partner) if value else ""

    def action_swap(self):
        """Keep the other record, with its values where it has any."""
        self.ensure_one()
        self.keep = "b" if self.keep == "a" else "a"
        for line in self.line_ids:
            if line.value_a and line.value_b:
                line.choice = self.keep
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_merge(self):
        self.ensure_one()
        keep, drop = self.partner_a_id, self.partner_b_id
        if self.keep == "b":
            keep, drop = drop, keep
        if not keep.exists() or not drop.exists():
            raise UserError(self.env._("One of the two is gone: somebody else has merged them."))
        values = {}
        for line in self.line_ids:
            chosen = self.partner_a_id if line.choice == "a" else self.partner_b_id
            value = chosen[line.field_name]
            values[line.field_name] = value.id if isinstance(value, models.BaseModel) else value
        log = self.env["crm.merge.log"]._merge(keep, drop, values, self.reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.merge.log",
            "res_id": log.id,
            "view_mode": "form",
        }
