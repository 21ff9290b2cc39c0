from odoo import models


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _get_optout_record_ids(self, records, recipients_info):
        """Whoever refuses the purpose by SMS counts as opted out, asked when the messages are made."""
        refused = list(super()._get_optout_record_ids(records, recipients_info))
        if self.mailing_id:
            numbers = {record.id: recipients_info[record.id]["sanitized"] for record in records}
            stopped = self.mailing_id._crm_stopped(set(numbers.values()) - {False})
            refused += [record for record, number in numbers.items() if number in stopped]
        return refused
