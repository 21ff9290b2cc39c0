from odoo import api, fields, models


class CrmImportReference(models.Model):
    """Which record stands for which key of a former system, per company.

    Kept beside the records, so that a second import finds what the first one made
    whatever people have renamed since. Written in the transaction that makes the record.
    """

    _name = "crm.import.reference"
    _description = "Imported Record"
    _rec_name = "key"
    _order = "kind, key"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    kind = fields.Selection(
        [("customer", "Customer"), ("product", "Product"), ("document", "Invoice or Credit Note")], required=True
    )
    key = fields.Char(required=True, help="Customer number, stock code or invoice number in the file.")
    history_id = fields.Many2one("crm.import.history", string="Import", ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", ondelete="cascade", index="btree_not_null")
    product_id = fields.Many2one("product.product", ondelete="cascade", index="btree_not_null")
    move_id = fields.Many2one("account.move", ondelete="cascade", index="btree_not_null")
    currency_id = fields.Many2one("res.currency", related="company_id.currency_id")
    amount = fields.Float(
        digits=(16, 6),
        help="Untaxed total of the document in the file, in its own currency, negative for a credit note.",
    )

    _unique_key = models.UniqueIndex("(company_id, kind, key)", "This record has been imported already.")

    @api.model
    def _known(self, company, kind, keys):
        """{key: id of the record} for those of `keys` that this company has."""
        column = {"customer": "partner_id", "product": "product_id", "document": "move_id"}[kind]
        domain = [("company_id", "=", company.id), ("kind", "=", kind), ("key", "in", list(keys))]
        references = self.sudo().search_fetch(domain, ["key", column])
        return {reference.key: reference[column].id for reference in references}

    @api.model
    def _remember(self, history, kind, records, amounts=None):
        """Store {key: id}; the unique index refuses what another import made meanwhile."""
        column = {"customer": "partner_id", "product": "product_id", "document": "move_id"}[kind]
        self.sudo().create(
            [
                {
                    "company_id": history.company_id.id,
                    "kind": kind,
                    "key": key,
                    "history_id": history.id,
                    column: record_id,
                    "amount": float(amounts[key]) if amounts else 0.0,
                }
                for key, record_id in records.items()
            ]
        )
