from odoo import api, models


class CrmTicket(models.Model):
    """What the mail layer does ticket by ticket at creation, done once for all tickets that share team and owner."""

    _inherit = "crm.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        internal = self.env.su or self.env.user._is_internal()
        if internal:
            # A new ticket has no rating: the mixin need not look for it (`rating_last_value` is for internal users).
            vals_list = [{"rating_last_value": 0, **vals} for vals in vals_list]
        self._read_together(vals_list)
        later = self.with_context(crm_ticket_subscribe_later=True)
        tickets = super(CrmTicket, later).create(vals_list).with_env(self.env)
        if internal:
            self.env.remove_to_compute(self._fields["rating_last_value"], tickets)
        if not self.env.context.get("tracking_disable"):
            tickets._subscribe_by_group()
        return tickets

    @api.model
    def _read_together(self, vals_list):
        """Load the customers and the author of the log in one query: the mail layer would read him by himself."""
        customers = [vals["partner_id"] for vals in vals_list if vals.get("partner_id")]
        if customers:
            partners = self.env["res.partner"].sudo().browse({*customers, self.env.user.sudo().partner_id.id})
            partners.mapped("commercial_partner_id")

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        if self.env.context.get("crm_ticket_subscribe_later"):
            return True
        return super()._message_auto_subscribe(updated_values, followers_existing_policy)

    def _subscribe_by_group(self):
        """Subscribe the owner and the followers of the team: once for each pair of team and owner.

        The creator follows already: where he owns the ticket and nobody follows the team, nothing is left to do.
        """
        relations = self.env["mail.message.subtype"]._get_auto_subscription_subtypes(self._name)[4]
        names = sorted({"user_id", *(name for group in relations.values() for name in group)})
        parents = [(model, self.mapped(name).ids) for model, group in relations.items() for name in group]
        parents = [(model, ids) for model, ids in parents if ids]
        followers = self.env["mail.followers"]
        # Of nothing (no ticket, or none with a team) the mail layer cannot be asked.
        found = followers._get_subscription_data(parents, None, True, True) if parents else ()
        followed = {row[1] for row in found}
        follows = not self.env.context.get("mail_create_nosubscribe") and self.env.user.active
        for values, tickets in self.grouped(lambda ticket: tuple(ticket[name].id for name in names)).items():
            values = dict(zip(names, values, strict=True))
            owner = values.pop("user_id")
            if (owner and not (follows and owner == self.env.uid)) or followed.intersection(values.values()):
                tickets._message_auto_subscribe({**values, "user_id": owner}, "update")

    def _check_company(self, fnames=None):
        """Check each pair of company and records once; an owner's companies are known without a query."""
        if fnames is None or "company_id" in fnames:
            fnames = set(self._fields) - {"company_id", "company_ids"}
        names = [name for name in fnames if self._fields[name].relational and self._fields[name].check_company]
        if not names:
            return None
        one_each = {tuple(ticket[name] for name in ("company_id", *names)): ticket for ticket in self.sudo()}
        tickets = self.browse([ticket.id for ticket in one_each.values()])
        if all(
            not ticket.user_id or ticket.company_id.id in ticket.user_id._get_company_ids() for ticket in tickets.sudo()
        ):
            names = [name for name in names if name != "user_id"]
        return super(CrmTicket, tickets)._check_company(names)

    def _creation_message(self):
        return self.env._("Ticket created")
