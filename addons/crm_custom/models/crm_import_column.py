from odoo import fields, models


class CrmImportColumn(models.Model):
    """Name that a file gives to one of the columns of a sales history."""

    _name = "crm.import.column"
    _description = "Column of a Sales History"
    _rec_name = "name"

    history_id = fields.Many2one("crm.import.history", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", related="history_id.company_id", store=True)
    field = fields.Selection(
        [
            ("number", "Invoice number"),
            ("code", "Stock code"),
            ("description", "Description"),
            ("quantity", "Quantity"),
            ("date", "Invoice date"),
            ("price", "Unit price"),
            ("customer", "Customer number"),
            ("country", "Country"),
            ("customer_name", "Customer name"),
            ("due_date", "Due date"),
            ("paid_on", "Date of payment"),
            ("paid_amount", "Amount paid"),
        ],
        string="Meaning",
        required=True,
    )
    name = fields.Char(string="Column of the File", required=True)

    _unique_field = models.UniqueIndex("(history_id, field)", "Each meaning has one column.")
