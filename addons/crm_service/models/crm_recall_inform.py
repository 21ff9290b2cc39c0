from markupsafe import Markup
from odoo import api, fields, models

BATCH = 200


class CrmRecall(models.Model):
    """One ticket and one mail a customer, in batches; ticket, mail and line are committed together.

    A run that is killed leaves whole customers only: the next run goes on with the others, nobody is asked twice.
    """

    _inherit = "crm.recall"

    @api.model
    def _cron_inform(self):
        self._process_inform(fields.Datetime.now(), self.env["ir.cron"]._commit_progress)

    @api.model
    def _process_inform(self, now, progress=lambda done=0, remaining=None: 1):
        """Inform whoever is left, batch by batch, until `progress` says that the time is over (0)."""
        recalls = self.search([("state", "=", "running")])
        progress(remaining=self.env["crm.recall.line"].search_count(recalls._to_inform_domain()))
        while done := recalls._inform(now):
            if not progress(done):
                break

    def _to_inform_domain(self):
        return [("recall_id", "in", self.ids), ("ticket_id", "=", False), ("quantity_left", ">", 0)]

    def _inform(self, now, limit=BATCH):
        """Open tickets and mails of the next customers; return how many. Locked lines are another run's."""
        running = self.filtered(lambda recall: recall.state == "running")
        lines = self.env["crm.recall.line"].search(running._to_inform_domain(), limit=limit, order="id")
        lines = lines.try_lock_for_update().sudo()
        for recall, own in lines.grouped("recall_id").items():
            recall._inform_lines(own, now)
        return len(lines)

    def _inform_lines(self, lines, now):
        context = {
            "crm_ticket_automatic": True,
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
            "mail_notrack": True,
            "tracking_disable": True,
        }
        Ticket = self.env["crm.ticket"].with_context(**context)
        tickets = Ticket.create([self._ticket_values(line) for line in lines])
        addresses = self._addresses(lines.partner_id)
        mails = []
        for line, ticket in zip(lines, tickets, strict=True):
            line.ticket_id = ticket
            if address := addresses.get(line.partner_id):
                line.date_informed = now
                mails.append((ticket, address))
        self._mail(mails)

    def _ticket_values(self, line):
        """A ticket that waits for the customer's answer, so that its clocks rest until then."""
        product = self.product_ids if len(self.product_ids) == 1 else self.lot_ids.product_id
        return {
            "name": self.name,
            "description": self.message,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "stage_id": self._waiting_stage().id,
            "category_id": self.env.ref("crm_service.crm_ticket_category_defect", raise_if_not_found=False).id,
            "partner_id": line.partner_id.id,
            "product_id": product.id if len(product) == 1 else False,
            "lot_id": self.lot_ids.id if len(self.lot_ids) == 1 else False,
            "quantity": line.quantity_left,
            "user_id": False,
            "priority": "2",
            "recall_id": self.id,
        }

    def _waiting_stage(self):
        return self.env["crm.ticket.stage"].search(
            [
                ("kind", "=", "waiting"),
                ("team_ids", "in", [self.team_id.id, False]),
                ("company_id", "in", [self.company_id.id, False]),
            ],
            limit=1,
        ) or self.env["crm.ticket.stage"].search([("kind", "=", "new")], limit=1)

    @api.model
    def _addresses(self, partners):
        """{customer: who gets the mail}: the customer itself, else the first of its people with an address."""
        found = {partner: partner for partner in partners if partner.email}
        people = self.env["res.partner"].search(
            [("commercial_partner_id", "in", (partners - partners.union(*found)).ids), ("email", "!=", False)],
            order="id desc",
        )
        return found | {person.commercial_partner_id: person for person in people}

    def _mail(self, mails):
        """Queue one mail a ticket; Odoo's queue sends them after the commit. Answers come back to the ticket."""
        tickets = self.env["crm.ticket"].union(*(ticket for ticket, _address in mails))
        reply_to = tickets._notify_get_reply_to() if tickets else {}
        sender = self.company_id.email_formatted or self.env.user.email_formatted
        self.env["mail.mail"].sudo().create(
            [
                {
                    "subject": f"[{ticket.number}] {self.name}",
                    "body_html": self._mail_body(ticket, address),
                    "body": self._mail_body(ticket, address),
                    "email_from": sender,
                    "reply_to": reply_to.get(ticket.id) or sender,
                    "recipient_ids": [(4, address.id)],
                    "model": "crm.ticket",
                    "res_id": ticket.id,
                    "message_type": "auto_comment",
                    "auto_delete": False,
                }
                for ticket, address in mails
            ]
        )

    def _mail_body(self, ticket, address):
        env = self.with_context(lang=address.lang or self.env.lang).env
        return Markup("<p>%s</p>%s<p>%s</p>") % (
            env._("Dear %(name)s,", name=address.name),
            self.message or "",
            env._(
                "Please answer this mail, with the number %(number)s in its subject. %(company)s",
                number=ticket.number,
                company=self.company_id.name,
            ),
        )
