from odoo import fields, models
from odoo.exceptions import UserError


class CrmTicketScan(models.TransientModel):
    """Scanned letters and faxes, dropped on the form: one ticket a file, of the channel 'Letter or Fax'."""

    _name = "crm.ticket.scan"
    _description = "Scanned Letters and Faxes"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    team_id = fields.Many2one(
        "crm.service.team",
        required=True,
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self.env["crm.service.team"]._default_for(self.env.company, self.env.user),
    )
    partner_id = fields.Many2one("res.partner", "Customer", help="Only if all of them are from one customer.")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    def action_create_tickets(self):
        """Open the tickets; a file's name may tell the customer's order, so that it is read like a mail."""
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("Drop the scanned files here first."))
        names = [file.name.rpartition(".")[0] or file.name for file in self.attachment_ids]
        Ticket = self.env["crm.ticket"]
        partners = [self.partner_id or self._partner_of(name) for name in names]
        requests = [(name, partner, self.company_id) for name, partner in zip(names, partners, strict=True)]
        tickets = Ticket.create(
            [
                {
                    "name": name,
                    "channel": "fax",
                    "company_id": self.company_id.id,
                    "team_id": self.team_id.id,
                    "partner_id": partner.id,
                    "user_id": False,
                    **found,
                }
                for (name, partner, _company), found in zip(requests, Ticket._subject_values(requests), strict=True)
            ]
        )
        for ticket, file in zip(tickets, self.attachment_ids, strict=True):
            file.write({"res_model": "crm.ticket", "res_id": ticket.id})
        return tickets._open_records(tickets, self.env._("Scanned Requests"))

    def _partner_of(self, name):
        """Return the one customer whose record the file's name tells."""
        partners = self.env["res.partner"]
        for word in name.replace("_", " ").split():
            partners |= self.env["res.partner"]._crm_partners_of_reference(word)
        return partners if len(partners) == 1 else partners._one_customer()
