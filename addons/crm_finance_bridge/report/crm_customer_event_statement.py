from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("statement", "Statement")])

    _depends = {
        "crm.statement.run.line": ["amount", "company_id", "date_sent", "email", "partner_id", "state"],
    }

    @api.model
    def _event_parts(self):
        """Adds the statements that went out; the amount is the balance, in company currency."""
        part = self._event_part(
            220,
            "statement",
            SQL(
                """crm_statement_run_line line
                   JOIN res_company company ON company.id = line.company_id
              LEFT JOIN crm_statement_run run ON run.id = line.run_id"""
            ),
            SQL("line.state = 'sent'"),
            date=SQL("line.date_sent"),
            partner_id=SQL("line.partner_id"),
            company_id=SQL("line.company_id"),
            name=SQL("COALESCE(line.email, '')"),
            res_model="crm.statement.run.line",
            res_id=SQL("line.id"),
            amount=SQL("line.amount"),
            currency_id=SQL("company.currency_id"),
            user_id=SQL("COALESCE(run.user_id, line.create_uid)"),
        )
        return [*super()._event_parts(), part]
