from odoo import fields, models


class CrmTicket(models.Model):
    _inherit = "crm.ticket"

    def _sla_differences(self, now):
        """Return values of `crm.sla.difference` for each stored figure that is not what the events say."""
        text = self.env["crm.sla.difference"]._text
        names = self.env["crm.sla.clock"]._fields
        found = [
            {
                "ticket_id": clock.ticket_id.id,
                "clock_id": clock.id,
                "clock": clock.display_name,
                "figure": names[name]._description_string(self.env),
                "stored": text(stored),
                "recomputed": text(right),
            }
            for clock, name, stored, right in self.clock_ids._differences(now)
        ]
        expected = self.env["crm.sla.clock"]._read_events(self, {ticket: ticket.event_ids for ticket in self}, now)
        for ticket in self:
            known = {clock._key() for clock in ticket.clock_ids}
            for key in expected[ticket].keys() - known:
                missing = {"figure": self.env._("Clock"), "stored": "-", "recomputed": self.env._("missing")}
                found.append({"ticket_id": ticket.id, "clock": f"{key[0]} {key[2]}", **missing})
        return found

    def action_verify_clocks(self):
        """Recompute the clocks of this ticket and say whether they are right."""
        found = self.sudo()._sla_differences(fields.Datetime.now())
        lines = [f"{item['clock']}, {item['figure']}: {item['stored']} / {item['recomputed']}" for item in found]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if found else "success",
                "title": self.env._("Clocks recomputed from the events"),
                "message": "\n".join(lines) or self.env._("No difference."),
                "sticky": bool(found),
            },
        }
