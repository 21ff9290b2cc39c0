from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _crm_person_sections(self):
        """The receipts of a person: what the bank said about them."""
        mine = [("partner_id", "=", self.id)]
        return [
            *super()._crm_person_sections(),
            (
                self.env._("Receipts"),
                self._crm_person_rows(
                    "crm.receipt.match", mine, "create_date", lambda row: f"{row.name} {row.text or ''}"
                ),
            ),
            (
                self.env._("Remittance advices"),
                self._crm_person_rows(
                    "crm.remittance.advice",
                    mine,
                    "create_date",
                    lambda row: " ".join([row.name, *row.line_ids.mapped("text")]),
                ),
            ),
        ]

    def _crm_erase_more(self):
        """The payer's text goes from the log of matching; the entries of the books stay as the law wants them."""
        matches = self.env["crm.receipt.match"].search([("partner_id", "=", self.id), ("text", "!=", False)])
        matches.write({"text": False})
        advices = self.env["crm.remittance.advice"].search([("partner_id", "=", self.id)])
        advices.write({"file": False, "file_name": False})
        self._crm_erase_talk(advices)
        return super()._crm_erase_more() + len(matches) + len(advices)
