from odoo import http
from odoo.addons.portal.controllers.portal import pager
from odoo.http import request

from ..tools import words
from .portal import PAGE, TicketPortal

SUGGESTED = 4
FOUND = 60
SHORT = 4  # characters: less is no question yet
MAX_QUESTION = 2000


class SolutionPortal(TicketPortal):
    """Solutions for customers: suggested while a ticket is written, a list with a search, a page each.

    Everything is read with the customer's own rights: approved, valid and shown to customers.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "solution_count" in counters:
            solutions = request.env["crm.solution"]
            domain = solutions._offered_domain(portal=True)
            values["solution_count"] = solutions.search_count(domain) if solutions.has_access("read") else 0
        return values

    def _solutions(self):
        """The model, for customers only: employees read solutions in the back end."""
        return request.env["crm.solution"] if request.env.user._is_portal() else None

    # === WHILE TYPING === #

    @http.route("/my/solutions/suggest", type="jsonrpc", auth="user", readonly=True)
    def portal_suggest(self, text="", line_id=None, **_kw):
        """Return [{id, name, answer}] for what the customer is writing; the form asks when he pauses."""
        solutions = self._solutions()
        text = str(text or "")[:MAX_QUESTION]
        if solutions is None or len(text.strip()) < SHORT:
            return []
        number = self._number(line_id)
        product = self._my_delivered_lines(number).product_id if number else None
        found = solutions._search_ranked(text, SUGGESTED, portal=True, product=product or None)
        return [{"id": item.id, "name": item.name, "answer": words.plain(item.answer)[:1500]} for item in found]

    @http.route("/my/solutions/read", type="jsonrpc", auth="user")
    def portal_read(self, solution_id=None, draft="", text="", helped=False, **_kw):
        """Count that a suggestion was read; with `helped`, that the customer needs no ticket any more."""
        solutions = self._solutions()
        number, draft = self._number(solution_id), self._draft(str(draft or ""))
        if solutions is None or not number or not draft:
            return False
        solution = solutions.search([*solutions._offered_domain(portal=True), ("id", "=", number)])
        if not solution:
            return False
        log = request.env["crm.solution.deflection"]
        return bool(log._note_read(request.env.user, draft, solution, str(text or ""), helped=bool(helped)))

    # === LIST AND PAGE === #

    @http.route(["/my/solutions", "/my/solutions/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_solutions(self, page=1, search="", **_kw):
        solutions = self._solutions()
        if solutions is None:
            return request.redirect("/my")
        search = " ".join((search or "").split())[:200]
        if search:
            found = solutions._search_ranked(search, FOUND, portal=True)
        else:
            found = solutions.search(solutions._offered_domain(portal=True), limit=500)
        pages = pager(
            url="/my/solutions", url_args={"search": search} if search else None, total=len(found), page=page, step=PAGE
        )
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="solution",
            solutions=found[pages["offset"] : pages["offset"] + PAGE],
            summaries={item.id: words.plain(item.answer)[:160] for item in found},
            search=search,
            pager=pages,
        )
        return request.render("crm_service.portal_my_solutions", values)

    @http.route("/my/solutions/<int:solution_id>", type="http", auth="user", website=True)
    def portal_my_solution(self, solution_id, **_kw):
        solutions = self._solutions()
        if solutions is None:
            return request.redirect("/my")
        solution = solutions.search([*solutions._offered_domain(portal=True), ("id", "=", solution_id)])
        if not solution:
            return request.redirect("/my/solutions")
        values = self._prepare_portal_layout_values()
        values.update(page_name="solution", solution=solution)
        return request.render("crm_service.portal_my_solution", values)

    # === EVERYTHING ON ONE PAGE === #

    @http.route("/my/service", type="http", auth="user", website=True)
    def portal_service(self, **_kw):
        """One page: own orders, invoices, tickets and solutions, each with its number, and the way to a new ticket."""
        counters = ["order_count", "invoice_count", "ticket_count", "solution_count"]
        values = self._prepare_portal_layout_values()
        values.update(page_name="service", counts=self._prepare_home_portal_values(counters))
        return request.render("crm_service.portal_service", values)
