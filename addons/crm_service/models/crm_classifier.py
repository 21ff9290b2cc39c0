from odoo import api, fields, models

from ..tools import classify, words

MAX_TICKETS = 3000  # newest tickets of a team that are learned from


class CrmClassifier(models.Model):
    """What a team's own closed tickets teach about the category of a text, and how far that may be trusted."""

    _name = "crm.classifier"
    _description = "Mail Classifier"
    _rec_name = "team_id"
    _order = "team_id"

    team_id = fields.Many2one("crm.service.team", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="team_id.company_id", store=True, index=True)
    ready = fields.Boolean("Guesses", readonly=True, help="Enough closed tickets were found to guess categories.")
    date_trained = fields.Datetime("Trained", readonly=True)
    ticket_count = fields.Integer("Tickets Learned From", readonly=True)
    category_count = fields.Integer("Categories", readonly=True)
    accuracy = fields.Float(
        "Accuracy When Tested",
        readonly=True,
        aggregator=None,
        help="Share of the learned tickets whose category is guessed right by a model that never saw them.",
    )
    temperature = fields.Float(default=1, readonly=True, help="How much the raw probabilities are toned down.")
    model = fields.Json(readonly=True, prefetch=False)
    judged_count = fields.Integer("Mails Judged", compute="_compute_practice")
    right_count = fields.Integer("Guessed Right", compute="_compute_practice")
    practice = fields.Float("Accuracy in Practice", compute="_compute_practice", aggregator=None)
    sentence = fields.Char("In Words", compute="_compute_sentence")

    _team_uniq = models.UniqueIndex("(team_id)", "A team has one classifier.")

    def _compute_practice(self):
        """From the incoming mails whose category is settled: the ticket is solved or somebody corrected it."""
        counts = {
            (team.id, right): count
            for team, right, count in self.env["crm.answer.fact"]
            .sudo()
            ._read_group(
                [("team_id", "in", self.team_id.ids), ("judged", "=", True)], ["team_id", "correct"], ["__count"]
            )
        }
        for item in self:
            item.right_count = counts.get((item.team_id.id, True), 0)
            item.judged_count = item.right_count + counts.get((item.team_id.id, False), 0)
            item.practice = item.right_count / item.judged_count if item.judged_count else 0

    @api.depends("ready", "ticket_count", "category_count", "accuracy")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for item in self:
            facts = {
                "tickets": item.ticket_count,
                "categories": item.category_count,
                "minimum": classify.MIN_TEXTS,
                "each": classify.MIN_CATEGORY,
                "share": round(item.accuracy * 100),
            }
            if item.ready:
                item.sentence = self.env._(
                    "Learned from %(tickets)s closed tickets in %(categories)s categories; guesses %(share)s %% right.",
                    **facts,
                )
            else:
                item.sentence = self.env._(
                    "Not enough data: %(tickets)s usable tickets in %(categories)s categories; at least %(minimum)s in "
                    "2 categories, with %(each)s each, are needed.",
                    **facts,
                )

    # === LEARNING === #

    @api.model
    def _cron_train(self):
        teams = self.env["crm.service.team"].search([("classify", "=", True)])
        for team in self.env["crm.cron.turn"]._each("crm.classifier", teams):
            self._process_training(team, fields.Datetime.now())

    @api.model
    def _process_training(self, teams, now):
        """Learn anew from the tickets of each team; the same tickets give the same model. Returns the classifiers."""
        result = self.browse()
        for team in teams:
            classifier = self.search([("team_id", "=", team.id)]) or self.create({"team_id": team.id})
            documents = classifier._documents()
            usable = classify.usable(documents)
            check = classify.cross_validate(usable) if usable else classify.Check(0, 0, 1.0)
            classifier.write(
                {
                    "ready": bool(usable),
                    "date_trained": now,
                    "ticket_count": len(usable or documents),
                    "category_count": len({label for _words, label in usable or documents}),
                    "accuracy": check.right / check.judged if check.judged else 0,
                    "temperature": check.temperature,
                    "model": classify.prune(classify.train(usable)) if usable else False,
                }
            )
            result |= classifier
        return result

    def _documents(self):
        """Return (words, category) of the newest tickets whose category is settled: closed, or corrected by hand.

        A ticket that was answered automatically and never seen by a person teaches nothing.
        """
        tickets = (
            self.env["crm.ticket"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("team_id", "=", self.team_id.id),
                    ("category_id", "!=", False),
                    "|",
                    "&",
                    ("stage_kind", "in", ("solved", "closed")),
                    ("auto_answered", "=", False),
                    ("classification_ids.corrected", "=", True),
                ],
                ["name", "description", "category_id"],
                order="id desc",
                limit=MAX_TICKETS,
            )
        )
        return [(classify.features(ticket._question_text()), str(ticket.category_id.id)) for ticket in tickets]

    def _learn(self, ticket, label, times=1):
        """Take in one corrected ticket at once; the next training counts it like any other."""
        self.ensure_one()
        if self.ready and label in self.model["texts"]:
            features = classify.features(ticket._question_text())
            self.model = classify.learn(self.model, features, label, times)

    def action_train(self):
        self._process_training(self.team_id, fields.Datetime.now())

    # === GUESSING === #

    @api.model
    def _guess(self, team, subject, html):
        """Return values of a `crm.ticket.classification` for a text, {} when nothing can be said; two look-ups."""
        if not team or not team.sudo().classify:
            return {}
        classifier = self.sudo().search([("team_id", "=", team.id), ("ready", "=", True)], limit=1)
        if not classifier:
            return {}
        text = f"{subject or ''}\n{words.own_words(words.plain(html))}"
        best = classify.guess(classifier.model, classify.features(text), classifier.temperature)
        category = self.env["crm.ticket.category"].sudo().browse(int(best.label)).exists() if best else False
        if not category or not category.active:
            return {}
        threshold = team.sudo().classify_threshold
        return {
            "category_id": category.id,
            "confidence": best.confidence,
            "words": ", ".join(best.words),
            "threshold": threshold,
            "applied": best.confidence >= threshold,
        }
