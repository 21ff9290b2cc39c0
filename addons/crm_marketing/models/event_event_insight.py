import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError


class EventEvent(models.Model):
    """Events and lotteries as a source of new names: entries become leads, leads become orders.

    Leads are made by Odoo's own rule of the event (one an entry). Figures come from `crm.event.result`.
    """

    _inherit = "event.event"

    crm_campaign_id = fields.Many2one("utm.campaign", "Campaign", ondelete="set null", index="btree_not_null")
    crm_is_lottery = fields.Boolean("Lottery", help="Entries take part in a draw.")
    crm_lead_rule_id = fields.Many2one("event.lead.rule", "Lead Rule", readonly=True, copy=False, ondelete="set null")
    crm_winner_id = fields.Many2one(
        "event.registration", "Winner", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    crm_result_ids = fields.One2many("crm.event.result", "event_id", "Result")
    crm_lead_count = fields.Integer("Leads Made", compute="_compute_crm_results")
    crm_won_orders = fields.Integer("Won Orders", compute="_compute_crm_results")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_results(self):
        results = self.env["crm.event.result"]
        rows = results.search([("event_id", "in", self.ids)]) if results.has_access("read") else results
        found = {row.event_id.id: row for row in rows}
        for event in self:
            row = found.get(event.id, results)
            event.crm_lead_count = row.leads
            event.crm_won_orders = row.orders

    def action_crm_make_leads(self):
        """Every entry becomes a lead, those that are there and those that come."""
        for event in self:
            event.check_access("write")
            if not event.crm_lead_rule_id:
                event.crm_lead_rule_id = (
                    self.env["event.lead.rule"]
                    .sudo()
                    .create(
                        {
                            "name": self.env._("Entries of %(event)s", event=event.name),
                            "event_id": event.id,
                            "company_id": event.company_id.id,
                            "lead_creation_basis": "attendee",
                            "lead_creation_trigger": "create",
                            "lead_type": "lead",
                        }
                    )
                )
            entries = event.registration_ids.filtered(lambda entry: entry.state in ("open", "done"))
            event.crm_lead_rule_id.sudo()._run_on_registrations(entries)
        return True

    def action_crm_draw(self):
        """Draw one of the entries, each with the same chance; once."""
        self.ensure_one()
        if self.crm_winner_id:
            raise UserError(self.env._("%(name)s has won already.", name=self.crm_winner_id.name))
        entries = self.registration_ids.filtered(lambda entry: entry.state in ("open", "done"))
        if not entries:
            raise UserError(self.env._("There are no entries to draw from."))
        self.crm_winner_id = self._crm_choose(entries)
        name = self.crm_winner_id.name
        self.message_post(body=self.env._("Drawn of %(count)s entries: %(name)s", count=len(entries), name=name))

    def _crm_choose(self, entries):
        """Chance of the operating system: nobody can foresee the winner."""
        return entries[secrets.randbelow(len(entries))]

    def action_crm_leads(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leads of %(event)s", event=self.name),
            "res_model": "crm.lead",
            "view_mode": "list,form",
            "domain": [("event_id", "=", self.id)],
            "context": {"active_test": False},
        }
