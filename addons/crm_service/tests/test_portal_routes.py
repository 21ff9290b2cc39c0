import inspect
import re

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .light import LightCommon

# This addon and the one below; an addon above tries the addresses of its own (it is not known here).
SUITE = ("odoo.addons.crm_custom", "odoo.addons.crm_service")
SECRET = "Geheimrat"
REFUSED = (301, 302, 303, 400, 401, 403, 404, 405, 429)


@tagged("post_install", "-at_install")
class TestPortalRoutes(LightCommon, HttpCase):
    """Every route of the suite with the ids of another customer; a new route is walked by itself or fails here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._user("route_portal", "base.group_portal", password="route.portal")
        cls.portal.partner_id.parent_id = cls.customer
        cls.foreign = cls.env["res.partner"].create({"name": f"{SECRET} GmbH", "email": "x@geheimrat.test"})
        cls.product = cls.env["product.product"].create(
            {"name": f"{SECRET} Lamp", "list_price": 4711.37, "sale_ok": False}
        )
        cls.order = cls.env["sale.order"].create(
            {
                "name": f"{SECRET}-ORDER",
                "partner_id": cls.foreign.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )
        cls.ticket = cls._ticket(name=f"{SECRET} question", partner_id=cls.foreign.id, description=f"{SECRET} words")
        cls.category = cls.env["crm.ticket.category"].create({"name": SECRET, "portal": False})
        cls.solution = cls.env["crm.solution"].create(
            {"name": f"{SECRET} solution", "answer": f"<p>{SECRET}</p>", "state": "approved", "portal_visible": False}
        )
        # What may stand in an address or a form, by the name of the parameter: always somebody else's.
        cls.values = {
            "ticket_id": cls.ticket.id,
            "solution_id": cls.solution.id,
            "product_id": cls.product.id,
            "order_id": cls.order.id,
            "line_id": cls.order.order_line.id,
            "category_id": cls.category.id,
            "end_customer_id": cls.foreign.id,
            "partner_id": cls.foreign.id,
            "document_id": cls.order.id,
            "page": 1,
            "kind": "sale",
            "token": "nonsense",
            "rate": 5,
            "access_token": "nonsense",
        }

    def _routes(self):
        """Yield (rule, module) of every address that an addon of the suite serves or takes over."""
        for rule in self.env["ir.http"].routing_map().iter_rules():
            modules = {inspect.unwrap(rule.endpoint.func).__module__}
            # A route that the suite extends is the suite's, too.
            controller = type(rule.endpoint.func.__self__) if hasattr(rule.endpoint.func, "__self__") else None
            name = rule.endpoint.func.__name__
            modules |= {cls.__module__ for cls in controller.mro() if name in vars(cls)} if controller else set()
            found = sorted(module for module in modules if module.startswith(SUITE))
            if found:
                yield rule, found[0]

    def _fill(self, rule):
        """Return the address of a rule with foreign ids; fails for a parameter that nobody has thought about."""
        missing = rule.arguments - self.values.keys()
        self.assertFalse(missing, f"{rule.rule}: add another customer's value for {missing} to this test")
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda match: str(self.values[match.group(1)]), rule.rule)

    def _token(self):
        page = self.url_open("/my/tickets/new").text
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)

    def _snapshot(self):
        self.env.invalidate_all()
        records = (self.order, self.order.order_line, self.ticket, self.solution, self.product, self.foreign)
        state = [(record, record.write_date, record.exists()) for record in records]
        lines = self.env["sale.order.line"].search_count([("product_id", "=", self.product.id)])
        return state, lines, len(self.ticket.message_ids), self.ticket.stage_kind, len(self.ticket.rating_ids)

    def _walk(self, token):
        """Ask for every address by GET and by POST, as form and as JSON; yields (rule, method, response)."""
        data = {**self.values, "csrf_token": token, "body": "x", "name": "x", "description": "x", "text": "x"}
        data["page"] = f"/my/orders/{self.order.id}"
        for rule, _module in self._routes():
            path = self._fill(rule)
            if rule.endpoint.routing.get("type") in ("jsonrpc", "json"):
                params = {**data, "draft": "a" * 32, "text": SECRET}
                call = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
                yield rule, "JSON", self.url_open(path, json=call, allow_redirects=False)
                continue
            yield rule, "GET", self.url_open(path, allow_redirects=False)
            yield rule, "POST", self.url_open(path, data=data, allow_redirects=False)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.rating.controllers.main")
    def _refused_everywhere(self, token):
        before = self._snapshot()
        walked = 0
        for rule, method, response in self._walk(token):
            walked += 1
            where = f"{method} {rule.rule}: {response.status_code}"
            self.assertLess(response.status_code, 500, where)
            self.assertNotIn(SECRET, response.text.replace(self.values["access_token"], ""), where)
            self.assertNotIn("4,711.37", response.text, where)
            if rule.arguments - {"page", "token", "rate"}:
                self.assertIn(response.status_code, REFUSED, where)
        self.assertEqual(self._snapshot(), before)
        return walked

    def test_every_route_refuses_foreign_ids_as_a_portal_user(self):
        """R126: another customer's ids are refused on every route and method of the suite, and change nothing."""
        self.authenticate(self.portal.login, "route.portal")
        walked = self._refused_everywhere(self._token())
        self.assertGreater(walked, 40)

    def test_every_route_refuses_foreign_ids_without_a_login(self):
        """R126: the same from the street, without a log-in."""
        self.authenticate(None, None)
        self._refused_everywhere("nonsense")

    def test_the_walker_knows_the_portal(self):
        """R126: the walk covers own routes, extended ones and every method; an unknown parameter fails."""
        rules = {rule.rule for rule, _module in self._routes()}
        for known in (
            "/my/tickets/<int:ticket_id>/close",
            "/my/solutions/suggest",
            "/my/help/send",
            "/my/shop/add",
            "/crm/xlsx/<string:kind>/<int:document_id>",
            "/rate/<string:token>/submit_feedback",
        ):
            self.assertIn(known, rules)
        rule = next(rule for rule, _module in self._routes() if "ticket_id" in rule.arguments)
        del self.values["ticket_id"]
        with self.assertRaises(AssertionError):
            self._fill(rule)
        self.values["ticket_id"] = self.ticket.id
