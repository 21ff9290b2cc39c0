from odoo import api, fields, models, tools
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES

from ..tools import routes


class CrmAnswerRoute(models.Model):
    """Which requests of which customers a machine answers and which a person; the first route that fits decides."""

    _name = "crm.answer.route"
    _inherit = ["crm.cached.mixin"]
    _description = "Answer Route"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    team_ids = fields.Many2many("crm.service.team", string="Teams", check_company=True, help="Empty: all teams.")
    customer_class = fields.Selection(CLASSES, "Customers of Class", help="Empty: customers of any class.")
    tag_ids = fields.Many2many("res.partner.category", string="Customers Tagged", help="One is enough; empty: all.")
    country_ids = fields.Many2many("res.country", string="Customers From", help="Empty: all countries.")
    category_ids = fields.Many2many(
        "crm.ticket.category", string="Categories", check_company=True, help="Of the request; empty: all."
    )
    keywords = fields.Text(
        "Words Asked For", help="One phrase a line. The request must have all words of one line; empty: any request."
    )
    handling = fields.Selection([("human", "An Agent"), ("automatic", "Automatic")], required=True, default="human")
    answer_kind = fields.Selection(
        [("order", "Order Status"), ("balance", "Balance"), ("question", "Standard Question")],
        "Answer",
        help="Order status and balance are told from the records, to known contacts of the customer only.",
    )
    close = fields.Boolean("Close the Ticket", default=True, help="After the answer; a reply opens it for an agent.")
    ticket_count = fields.Integer("Tickets", compute="_compute_ticket_count")

    _answer_kind_set = models.Constraint(
        "CHECK (handling = 'human' OR answer_kind IS NOT NULL)", "Choose what is answered automatically."
    )

    def _compute_ticket_count(self):
        counts = dict(self.env["crm.ticket"]._read_group([("route_id", "in", self.ids)], ["route_id"], ["__count"]))
        for route in self:
            route.ticket_count = counts.get(route, 0)

    def action_open_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("route_id", "in", self.ids)]
        action["context"] = {}
        return action

    # === CHOICE === #

    @api.model
    @tools.ormcache("company_id")
    def _ids_of(self, company_id):
        """Return the ids of the company's routes in order; cached, so that most tickets cost no query."""
        return tuple(self.sudo().search([("company_id", "=", company_id)]).ids)

    @api.model
    def _choose(self, company, team, partner, category, text):
        """Return (route, sentence) for a request; an empty route when none fits: then an agent answers."""
        candidates = self.sudo().browse(self._ids_of(company.id))
        if not candidates:
            return candidates, self.env._("An agent answers: no route is set up.")
        facts = self._facts(candidates, company, team, partner, category, text)
        index = routes.first([route._conditions() for route in candidates], facts)
        if index is None:
            return candidates.browse(), self.env._(
                "An agent answers: none of %(count)s routes fits.", count=len(candidates)
            )
        route = candidates[index]
        return route, route._sentence(category, facts)

    @api.model
    def _facts(self, candidates, company, team, partner, category, text):
        commercial = partner.sudo().commercial_partner_id
        customer_class = ""
        if commercial and any(route.customer_class for route in candidates):
            card = (
                self.env["crm.scorecard"]
                .sudo()
                .search(
                    [
                        ("company_id", "=", company.id),
                        ("partner_id", "=", commercial.id),
                        ("is_latest", "=", True),
                    ],
                    limit=1,
                )
            )
            customer_class = card.customer_class or ""
        return routes.Facts(
            team=team.id or 0,
            customer_class=customer_class,
            tags=frozenset((commercial | partner.sudo()).category_id.ids),
            country=commercial.country_id.id or 0,
            category=category.id or 0,
            text=text,
        )

    def _conditions(self):
        self.ensure_one()
        return routes.Conditions(
            teams=frozenset(self.team_ids.ids),
            classes=frozenset(filter(None, [self.customer_class])),
            tags=frozenset(self.tag_ids.ids),
            countries=frozenset(self.country_ids.ids),
            categories=frozenset(self.category_ids.ids),
            keywords=self._phrases(),
        )

    def _phrases(self):
        return tuple(line.strip() for line in (self.keywords or "").splitlines() if line.strip())

    def _sentence(self, category, facts):
        """Say who answers and which conditions of the route led here."""
        why = []
        if self.customer_class:
            why.append(self.env._("customer of class %s", self.customer_class.upper()))
        if self.tag_ids:
            why.append(self.env._("tag of the customer"))
        if self.country_ids:
            why.append(self.env._("country of the customer"))
        if self.category_ids:
            why.append(self.env._("category '%s'", category.name))
        if phrase := routes.named(self._phrases(), facts.text):
            why.append(self.env._("words '%s'", phrase))
        if self.team_ids:
            why.append(self.env._("team of the request"))
        values = {"route": self.name, "why": ", ".join(why) or self.env._("all requests")}
        if self.handling == "automatic":
            return self.env._("Answered automatically by route '%(route)s': %(why)s.", **values)
        return self.env._("An agent answers by route '%(route)s': %(why)s.", **values)
