from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from ..tools.sla import DONE_STAGES

VISITS_SHOWN = 15


class CrmTicket(models.Model):
    """The ticket as its customer sees it: status in plain words, what comes next, what he may do; and what he did."""

    _inherit = "crm.ticket"

    portal_visit_ids = fields.Many2many(
        "crm.portal.visit",
        compute="_compute_portal_visit_ids",
        string="Last Seen on the Portal",
        help="The last pages and actions of the customer on the portal, the newest first.",
    )

    @api.depends("partner_id")
    def _compute_portal_visit_ids(self):
        """The last pages of each customer (whole company); one query for any number of tickets."""
        customers = self.partner_id.commercial_partner_id
        visits = self.env["crm.portal.visit"]
        found = {}
        if customers.ids and visits.has_access("read"):
            visits.flush_model()
            rows = self.env.execute_query(
                SQL(
                    """SELECT commercial_partner_id, id FROM (
                           SELECT commercial_partner_id, id, date,
                                  ROW_NUMBER() OVER (PARTITION BY commercial_partner_id
                                                         ORDER BY date DESC, id DESC) AS place
                             FROM crm_portal_visit
                            WHERE commercial_partner_id IN %s AND company_id IN %s) seen
                        WHERE place <= %s ORDER BY date DESC, id DESC""",
                    tuple(customers.ids),
                    tuple(self.env.companies.ids),
                    VISITS_SHOWN,
                )
            )
            for customer, number in rows:
                found.setdefault(customer, []).append(number)
        for ticket in self:
            ticket.portal_visit_ids = found.get(ticket.partner_id.commercial_partner_id._origin.id, [])

    # === STATUS IN PLAIN WORDS === #

    def _portal_status(self):
        """Return {"label", "next", "promise"}: where the request stands, what comes next and until when."""
        self.ensure_one()
        label, following = self._portal_status_words()
        promise = ""
        if self.deadline and self.stage_kind in ("new", "open"):
            # The promised time in the time zone of whoever reads it.
            promise = format_datetime(self.env, self.deadline, dt_format="medium")
        return {"label": label, "next": following, "promise": promise}

    def _portal_status_words(self):
        if self.stage_kind == "new":
            return self.env._("Received"), self.env._("Next: one of us takes it up and answers you here.")
        if self.stage_kind == "open":
            if self.user_id:
                name = self.user_id.name
                return (
                    self.env._("We are working on it"),
                    self.env._("Next: %(name)s answers you here.", name=name),
                )
            return self.env._("We are working on it"), self.env._("Next: we answer you here.")
        if self.stage_kind == "waiting":
            return self._portal_waiting_words()
        if self.stage_kind == "solved":
            return self.env._("Solved"), self.env._("Is it not? Reopen the ticket or answer below.")
        return self.env._("Closed"), self.env._("Does it come back? Reopen the ticket.")

    def _portal_waiting_words(self):
        party = self.waiting_for or "customer"
        if party == "customer":
            return self.env._("We wait for your reply"), self.env._("Next: please answer below, then we go on.")
        labels = {
            "supplier": self.env._("We wait for our supplier"),
            "carrier": self.env._("We wait for the carrier"),
            "technician": self.env._("We wait for the technician"),
            "parts": self.env._("We wait for parts"),
        }
        label = labels.get(party, self.env._("We wait for somebody else"))
        return label, self.env._("You need not do anything: we go on as soon as it is there.")

    # === WHAT THE CUSTOMER MAY DO === #

    def _portal_close(self):
        """The customer says that it is done."""
        self.ensure_one()
        if self.stage_kind in DONE_STAGES:
            return False
        self._move_to("closed" if self._stage_of_kind("closed") else "solved")
        self._message_log(body=self.env._("Closed by the customer on the portal."))
        return True

    def _portal_reopen(self):
        self.ensure_one()
        if self.stage_kind not in DONE_STAGES:
            return False
        self._move_to("open")
        self._message_log(body=self.env._("Reopened by the customer on the portal."))
        return True

    def _portal_rating(self, partner):
        """Return the rating that this contact gave or was asked for, the given one first; may be empty."""
        self.ensure_one()
        own = self.rating_ids.filtered(lambda item: item.partner_id.commercial_partner_id == self.commercial_partner_id)
        given = own.filtered("consumed")
        mine = own.filtered(lambda item: item.partner_id == partner)
        return (given.sorted("write_date") or mine)[-1:]

    def _portal_rate(self, partner, value, feedback):
        """Keep the rating of a solved ticket, given by this contact from the portal: 1 (bad) to 5 (very good)."""
        self.ensure_one()
        if self.stage_kind not in DONE_STAGES or value not in range(1, 6):
            return False
        token = self._rating_get_access_token(partner)
        rating = self.env["rating.rating"].search([("access_token", "=", token)], limit=1)
        self.rating_apply(value, rating=rating, feedback=feedback, subtype_xmlid=None)
        return True
