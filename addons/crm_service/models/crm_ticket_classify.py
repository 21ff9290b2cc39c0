from odoo import api, fields, models


class CrmTicket(models.Model):
    """Categories guessed for incoming requests, and what is learned when somebody corrects one."""

    _inherit = "crm.ticket"

    classification_ids = fields.One2many("crm.ticket.classification", "ticket_id", "Guessed Category", readonly=True)
    classification_text = fields.Char("Guess", compute="_compute_classification_text")

    @api.depends("classification_ids", "category_id")
    @api.depends_context("lang")
    def _compute_classification_text(self):
        """Say what was guessed, how sure, and why."""
        for ticket in self:
            guess = ticket.sudo().classification_ids[:1]
            facts = {
                "category": guess.category_id.name,
                "share": round(guess.confidence * 100),
                "words": guess.words,
                "threshold": round(guess.threshold * 100),
            }
            if not guess:
                ticket.classification_text = False
            elif guess.corrected:
                ticket.classification_text = self.env._(
                    "Guessed was '%(category)s' (%(share)s %%), because: %(words)s. Corrected.", **facts
                )
            elif guess.applied:
                ticket.classification_text = self.env._(
                    "Guessed '%(category)s', %(share)s %% sure, because: %(words)s.", **facts
                )
            else:
                ticket.classification_text = self.env._(
                    "Perhaps '%(category)s', %(share)s %% sure, because: %(words)s. Not set below %(threshold)s %%.",
                    **facts,
                )

    @api.model
    def _guess_category(self, vals, subject, html):
        """Guess for the values of a new ticket and set the category when the team allows; return what was guessed."""
        if vals.get("category_id"):
            return {}
        team = self.env["crm.service.team"].browse(vals.get("team_id"))
        guess = self.env["crm.classifier"]._guess(team, subject, html)
        if guess.get("applied"):
            vals["category_id"] = guess["category_id"]
        return guess

    def _keep_guess(self, guess):
        if guess:
            self.env["crm.ticket.classification"].sudo().create({"ticket_id": self.id, **guess})

    def write(self, vals):
        if "category_id" not in vals:
            return super().write(vals)
        before = {ticket: ticket.category_id.id for ticket in self}
        result = super().write(vals)
        self._learn_corrections({ticket for ticket, old in before.items() if ticket.category_id.id != old})
        return result

    def _learn_corrections(self, changed):
        """A person chose another category than guessed: note it, and let the team's classifier learn at once."""
        if not changed:
            return
        guesses = self.env["crm.ticket.classification"].sudo().search([("ticket_id", "in", [t.id for t in changed])])
        for guess in guesses:
            category = guess.ticket_id.category_id
            corrected = bool(category) and category != guess.category_id
            if corrected == guess.corrected:
                continue
            guess.corrected = corrected
            classifier = self.env["crm.classifier"].sudo().search([("team_id", "=", guess.ticket_id.team_id.id)])
            if classifier and corrected:
                classifier._learn(guess.ticket_id, str(category.id))
