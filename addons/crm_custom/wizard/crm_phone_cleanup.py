from odoo import api, fields, models

MAX_AT_ONCE = 20000


class CrmPhoneCleanup(models.TransientModel):
    """Bring the existing numbers into international writing now, and show what is left to mend by hand."""

    _name = "crm.phone.cleanup"
    _description = "Clean Up Phone Numbers"

    to_check = fields.Integer(string="Numbers to look at", default=lambda self: self._default_to_check())
    checked = fields.Integer(readonly=True)
    changed = fields.Integer(string="Rewritten", readonly=True)
    invalid = fields.Integer(readonly=True)
    is_done = fields.Boolean(readonly=True)

    @api.model
    def _default_to_check(self):
        partners = self.env["res.partner"].sudo()
        return partners._crm_phone_candidate_count(partners)

    def action_run(self):
        """At most 20,000 numbers at once; the nightly job does what is left."""
        self.ensure_one()
        partners = self.env["res.partner"].sudo()
        after = checked = changed = invalid = 0
        while checked < MAX_AT_ONCE:
            after, *counts = partners._crm_clean_phones(after)
            if not counts[0]:
                break
            checked, changed, invalid = checked + counts[0], changed + counts[1], invalid + counts[2]
        self.write({"checked": checked, "changed": changed, "invalid": invalid, "is_done": True})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Clean Up Phone Numbers"),
        }

    def action_invalid(self):
        """The contacts whose number is none."""
        action = self.env["ir.actions.act_window"]._for_xml_id("contacts.action_contacts")
        return action | {
            "name": self.env._("Invalid numbers"),
            "domain": [("crm_phone_invalid", "=", True)],
            "views": [(False, "list"), (False, "form")],
            "context": {},
        }
