from odoo import api, fields, models

from .crm_scorecard import CLASSES, LIFECYCLES


class ResPartner(models.Model):
    """Role of a customer, and class and score read from the newest scorecard of the current company."""

    _inherit = "res.partner"

    customer_role = fields.Selection(
        [
            ("direct", "Direct customer"),
            ("agent", "Agent"),
            ("franchisee", "Franchisee"),
            ("distributor", "Distributor"),
        ],
        help="Set on the company, not on its contacts. Decides how the customer can reach class A.",
        tracking=True,
    )
    crm_scorecard_id = fields.Many2one(
        "crm.scorecard", string="Newest scorecard", compute="_compute_crm_scorecard", compute_sudo=True
    )
    customer_class = fields.Selection(
        CLASSES, string="Class", compute="_compute_crm_scorecard", compute_sudo=True, search="_search_customer_class"
    )
    class_reason = fields.Char(string="Why this class", compute="_compute_crm_scorecard", compute_sudo=True)
    crm_score = fields.Float(
        string="Score",
        digits=(5, 2),
        compute="_compute_crm_scorecard",
        compute_sudo=True,
        search="_search_crm_score",
        help="0 to 100, from the newest scorecard; 0 also when there are not enough data.",
    )
    crm_score_text = fields.Char(string="Score and parts", compute="_compute_crm_scorecard", compute_sudo=True)
    customer_lifecycle = fields.Selection(
        LIFECYCLES, string="Lifecycle", compute="_compute_crm_scorecard", compute_sudo=True, search="_search_lifecycle"
    )
    lifecycle_reason = fields.Char(compute="_compute_crm_scorecard", compute_sudo=True)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang", "uid")
    def _compute_crm_scorecard(self):
        """Of the current company only; empty for customers whose scorecard the user may not read."""
        readable = self.env["crm.scorecard"].with_user(self.env.user)
        cards = {}
        if readable.has_access("read"):
            found = readable.search_fetch(
                [
                    ("company_id", "=", self.env.company.id),
                    ("is_latest", "=", True),
                    ("partner_id", "in", self.commercial_partner_id.ids),
                ],
                ["partner_id"],
            )
            cards = {card.partner_id.id: card for card in found.sudo()}
        nothing = self.env["crm.scorecard"]
        for partner in self:
            card = cards.get(partner.commercial_partner_id.id, nothing)
            partner.crm_scorecard_id = card
            partner.customer_class = card.customer_class
            partner.class_reason = card.class_reason if card else False
            partner.crm_score = card.score
            partner.crm_score_text = card.score_text if card else False
            partner.customer_lifecycle = card.lifecycle
            partner.lifecycle_reason = card.lifecycle_reason if card else False

    def _search_scorecards(self, domain):
        """Partners, contacts included, whose commercial partner has such a newest scorecard in this company."""
        cards = self.env["crm.scorecard"]._search(
            [("company_id", "=", self.env.company.id), ("is_latest", "=", True), *domain]
        )
        return [("commercial_partner_id", "in", cards.subselect("partner_id"))]

    @api.model
    def _search_customer_class(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._search_selection("customer_class", value)

    @api.model
    def _search_lifecycle(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._search_selection("lifecycle", value)

    @api.model
    def _search_selection(self, name, value):
        found = self._search_scorecards([(name, "in", [item for item in value if item])])
        if False in value:
            return ["|", *found, "!", *self._search_scorecards([(name, "!=", False)])]
        return found

    @api.model
    def _search_crm_score(self, operator, value):
        if operator not in ("<", "<=", ">", ">=", "in"):
            return NotImplemented
        return self._search_scorecards([("score_state", "=", "ok"), ("score", operator, value)])

    def action_crm_scorecards(self):
        """Score history of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_scorecard_action")
        return action | {
            "name": self.env._("Scorecards of %(customer)s", customer=self.commercial_partner_id.display_name),
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {},
        }
