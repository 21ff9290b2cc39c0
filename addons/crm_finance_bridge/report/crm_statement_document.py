from odoo import api, fields, models

from ..tools import statement as rules


class ReportStatement(models.AbstractModel):
    """Values of the printed statement. Who prints by Odoo's report address needs the right to see the customer."""

    _name = "report.crm_finance_bridge.report_statement"
    _description = "Printed Statement of Account"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        partners = self.env["res.partner"].browse(docids)
        partners._crm_statement_check()
        company = self.env["res.company"].sudo().browse(int(data.get("company_id") or self.env.company.id)).root_id
        if not self.env.su:
            self.env["crm.statement"]._check_legal_entity(company, self.env.user)
        today = company._crm_credit_today()
        kind = data.get("kind") or rules.OPEN
        date = fields.Date.to_date(data.get("date")) or today
        date_from = fields.Date.to_date(data.get("date_from")) or date.replace(day=1)
        Statement = self.env["crm.statement"].sudo()
        found = Statement._statements(company.sudo(), partners.commercial_partner_id, kind, date_from, date)
        # With tokens for paying only where the system makes it for the customer.
        links = Statement._pay_links(found.values()) if self.env.su and data.get("links") else {}
        documents = []
        for partner in partners:
            lang = partner.lang or self.env.lang
            statement = found[partner.commercial_partner_id]
            documents.append(
                {"doc": partner.sudo(), "lang": lang, "values": Statement._render_values(statement, lang, links)}
            )
        return {
            "doc_ids": docids,
            "doc_model": "res.partner",
            "docs": partners,
            "documents": documents,
            "company": company.sudo(),
        }
