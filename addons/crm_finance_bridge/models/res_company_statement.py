from odoo import fields, models

KINDS = [("open", "Open items"), ("movement", "Movements of the month")]


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_statement_mode = fields.Selection(
        [
            ("off", "By hand only"),
            ("preview", "Prepare each month"),
            ("send", "Prepare and send each month"),
        ],
        string="Statement Runs",
        default="off",
        required=True,
        help="What the daily job does once a month.",
        prefetch="crm",
    )
    crm_statement_day = fields.Integer(
        "Statement Day",
        default=3,
        required=True,
        help="Day of the month; a day that a month lacks is its last one.",
        prefetch="crm",
    )
    crm_statement_kind = fields.Selection(KINDS, "Kind of Statement", default="open", required=True, prefetch="crm")
    crm_statement_attachment = fields.Selection(
        [("none", "Nothing"), ("pdf", "PDF"), ("xlsx", "Excel workbook")],
        "Attached to the E-Mail",
        default="pdf",
        required=True,
        help="The e-mail itself shows the statement in any case.",
        prefetch="crm",
    )

    _crm_statement_day_range = models.Constraint(
        "CHECK (crm_statement_day BETWEEN 1 AND 31)", "The statement day is a day of the month: 1 to 31."
    )
