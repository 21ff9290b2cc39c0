from odoo import api, fields, models
from odoo.exceptions import UserError

SENSITIVE = [("name", "Name"), ("email", "E-mail"), ("vat", "Tax ID"), ("company_name", "Company name")]


class CrmPartnerRequest(models.Model):
    """A sensitive change that a customer asked for in the portal: it waits until a colleague applies or refuses it.

    Requests are never deleted: together with the partner's tracked values they are the log of what customers changed.
    """

    _name = "crm.partner.request"
    _description = "Change Asked for by a Customer"
    _order = "id desc"
    _rec_name = "field_name"

    partner_id = fields.Many2one("res.partner", string="Contact", required=True, ondelete="cascade", index=True)
    customer_id = fields.Many2one(related="partner_id.commercial_partner_id", string="Customer")
    user_id = fields.Many2one("res.users", string="Asked by", required=True, ondelete="restrict")
    field_name = fields.Selection(SENSITIVE, string="What", required=True)
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("applied", "Applied"), ("refused", "Refused"), ("replaced", "Replaced")],
        default="waiting",
        required=True,
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_date = fields.Datetime(string="Decided on", readonly=True)

    @api.model
    def _ask(self, partner, user, changes):
        """Record the changes, newest wishes replacing older ones, and tell the salesperson by an activity."""
        self.search(
            [("partner_id", "=", partner.id), ("state", "=", "waiting"), ("field_name", "in", list(changes))]
        ).state = "replaced"
        requests = self.create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": user.id,
                    "field_name": name,
                    "old_value": partner._crm_portal_value(name) or "",
                    "new_value": value,
                }
                for name, value in changes.items()
            ]
        )
        owner = partner.commercial_partner_id.user_id or partner.user_id
        if owner:
            partner.activity_schedule(
                "mail.mail_activity_data_todo", user_id=owner.id, summary=self.env._("Decide on changes asked for")
            )
        return requests

    def action_apply(self):
        """Write the new value as the deciding colleague; refuse to overwrite what was changed meanwhile."""
        for request in self._to_decide():
            partner = request.partner_id
            if (partner._crm_portal_value(request.field_name) or "") != (request.old_value or ""):
                raise UserError(
                    self.env._(
                        "%(contact)s has changed since: it says %(value)s now. Refuse the request.",
                        contact=partner.display_name,
                        value=partner._crm_portal_value(request.field_name) or "-",
                    )
                )
            if request.field_name == "company_name" and partner.commercial_partner_id.is_company:
                partner.commercial_partner_id.name = request.new_value
            else:
                partner[request.field_name] = request.new_value
        self._decide("applied")

    def action_refuse(self):
        self._to_decide()._decide("refused")

    def _to_decide(self):
        if self.filtered(lambda request: request.state != "waiting"):
            raise UserError(self.env._("This request is decided already."))
        return self

    def _decide(self, state):
        self.write({"state": state, "decided_by_id": self.env.uid, "decided_date": fields.Datetime.now()})
