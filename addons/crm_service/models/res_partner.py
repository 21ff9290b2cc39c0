from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_ticket_count = fields.Integer("Tickets", compute="_compute_crm_ticket_count")

    def _compute_crm_ticket_count(self):
        """Count the tickets of the whole customer (commercial partner) that the user may see."""
        Ticket = self.env["crm.ticket"]
        self.crm_ticket_count = 0
        if not Ticket.has_access("read"):
            return
        counts = dict(
            Ticket._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.crm_ticket_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_crm_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("commercial_partner_id", "in", self.commercial_partner_id.ids)]
        action["context"] = {"default_partner_id": self[:1].id}
        return action

    def _crm_open_ticket_counts(self):
        """Tickets that are not solved, of the whole customer, as far as the user may see them."""
        tickets = self.env["crm.ticket"]
        if not tickets.has_access("read"):
            return super()._crm_open_ticket_counts()
        groups = tickets._read_group(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("stage_kind", "in", ("new", "open", "waiting")),
            ],
            ["commercial_partner_id"],
            ["__count"],
        )
        return {partner.id: count for partner, count in groups}
