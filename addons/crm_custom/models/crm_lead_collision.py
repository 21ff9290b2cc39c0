from odoo import api, models
from odoo.tools import SQL

from ..tools import identity as ident
from ..tools import likeness


class CrmLead(models.Model):
    """A customer that a colleague owns is not worked as a new one: creating such a lead, linking it to the customer,
    converting it or taking it over stops, and offers to request the hand-over.

    A lead for the owner is welcome; the system itself (gateway, forms, crons) is never stopped.
    """

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if self.env["res.partner"]._crm_guarded():
            leads._crm_guard_customer(leads._crm_recognised_customers())
        return leads

    def write(self, vals):
        result = super().write(vals)
        if ("partner_id" in vals or "user_id" in vals) and self.env["res.partner"]._crm_guarded():
            self._crm_guard_customer({})
        return result

    def _crm_guard_customer(self, recognised):
        """Refuse the first lead whose customer belongs to a colleague; `recognised`: {lead id: customer}."""
        for lead in self.filtered("user_id"):
            customer = lead.partner_id.commercial_partner_id or recognised.get(lead.id)
            owner = customer and customer.sudo().user_id
            if owner and owner != lead.user_id and not customer._crm_works_for(lead.user_id):
                customer._crm_refuse()

    def _crm_recognised_customers(self):
        """{lead id: customer} of leads without customer whose mail, or all that was typed, is surely a customer's.

        One query for any number of leads whose mail and phone are nobody's, else three.
        """
        typed = {
            lead.id: ident.identity(
                lead.partner_name or lead.contact_name or "",
                [lead.phone or ""],
                [lead.email_from or ""],
                "",
                lead.street or "",
                lead.city or "",
                lead.zip or "",
            )
            for lead in self
            if not lead.partner_id and (lead.email_from or lead.phone)
        }
        numbers = set().union(*map(ident.numbers, typed.values()))
        if not numbers:
            return {}
        keys = self.env["crm.partner.key"].sudo()
        keys._flush_marked()
        # The keys alone first: mostly nobody is known by them, and then one short statement is all.
        known = [
            row[0]
            for row in self.env.execute_query(
                SQL("SELECT partner_id FROM crm_partner_key WHERE numbers && %s", sorted(numbers))
            )
        ]
        if not known:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.id FROM res_partner partner
                     JOIN res_partner customer ON customer.id = partner.commercial_partner_id
                    WHERE partner.id IN %s AND customer.user_id IS NOT NULL AND customer.user_id <> %s""",
                tuple(known),
                self.env.uid,
            )
        )
        candidates = keys._identities([row[0] for row in rows])
        found = {}
        for lead_id, record in typed.items():
            for partner_id, other in candidates.items():
                judged = likeness.compare(record, other)
                same_mail = any(part[:2] == ("email", "same") for part in judged.parts)
                if judged.certainty == "sure" or (same_mail and judged.certainty):
                    found[lead_id] = self.env["res.partner"].browse(partner_id).commercial_partner_id
                    break
        return found
