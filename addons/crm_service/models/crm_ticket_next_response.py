from odoo import models

from ..tools import sla


class CrmTicket(models.Model):
    """What the customer and the agents write, as events of the clocks."""

    _inherit = "crm.ticket"

    def _customer_replied(self):
        """Start the next response; whoever waited for the customer waits no more.

        Before the first answer nothing starts: the first response is running then.
        """
        if self.date_first_response and not self.customer_waits_since:
            self._sla_record([{"ticket_id": self.id, "kind": sla.CUSTOMER}])
        if self.waiting_for == "customer":
            self.sudo().waiting_for = False
        return super()._customer_replied()

    def _agent_answered(self):
        if self.date_first_response and self.customer_waits_since:
            self._sla_record([{"ticket_id": self.id, "kind": sla.RESPONSE}])
        return super()._agent_answered()
