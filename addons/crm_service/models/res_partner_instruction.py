from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Open tickets of a customer, for whoever groups customers by facts."""

    _inherit = "res.partner"

    @api.model
    def _crm_live_facts(self, company):
        open_tickets = (
            self.env["crm.ticket"]
            .sudo()
            ._search([("company_id", "=", company.id), ("date_closed", "=", False), ("date_solved", "=", False)])
        )
        return super()._crm_live_facts(company) | {
            "open_tickets": (
                self.env._("Open tickets"),
                SQL(
                    """SELECT partner.commercial_partner_id AS partner_id, COUNT(*) AS value
                         FROM crm_ticket ticket JOIN res_partner partner ON partner.id = ticket.partner_id
                        WHERE ticket.id IN %s GROUP BY partner.commercial_partner_id""",
                    open_tickets.subselect(),
                ),
            )
        }
