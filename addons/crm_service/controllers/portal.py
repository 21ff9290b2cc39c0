import re
import secrets

from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import plaintext2html

from .rating import rate_names

PAGE = 20
MAX_FILES = 10
MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_SUBJECT, MAX_TEXT = 200, 20000
OPEN_DOMAIN = [("stage_kind", "in", ("new", "open", "waiting"))]


class TicketPortal(CustomerPortal):
    """The customer's own tickets. Reading goes through the customer's rights; only the creation is done for him."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "ticket_count" in counters:
            Ticket = request.env["crm.ticket"]
            # The entry is shown without tickets, too: it is where the first one is opened.
            values["ticket_count"] = Ticket.search_count([]) if Ticket.has_access("read") else 0
        return values

    # === LIST === #

    def _ticket_sortings(self):
        return {
            "date": {"label": request.env._("Newest"), "order": "date_open desc, id desc"},
            "name": {"label": request.env._("Subject"), "order": "name, id"},
            "stage": {"label": request.env._("Status"), "order": "stage_id, id desc"},
        }

    def _ticket_filters(self):
        return {
            "all": {"label": request.env._("All"), "domain": []},
            "open": {"label": request.env._("Open"), "domain": OPEN_DOMAIN},
            "done": {"label": request.env._("Solved"), "domain": [("stage_kind", "in", ("solved", "closed"))]},
        }

    @http.route(["/my/tickets", "/my/tickets/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_tickets(self, page=1, sortby=None, filterby=None, search=None, search_in="all", **kw):
        if not request.env["crm.ticket"].has_access("read"):
            return request.redirect("/my")
        sortings, filters = self._ticket_sortings(), self._ticket_filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        domain = Domain(filters[filterby]["domain"])
        if search:
            domain &= Domain("name", "ilike", search) | Domain("number", "ilike", search)
        Ticket = request.env["crm.ticket"]
        total = Ticket.search_count(domain)
        pages = pager(
            url="/my/tickets",
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=total,
            page=page,
            step=PAGE,
        )
        tickets = Ticket.search(domain, order=sortings[sortby]["order"], limit=PAGE, offset=pages["offset"])
        request.session["my_tickets_history"] = tickets.ids[:100]
        values = self._prepare_portal_layout_values()
        values.update(
            tickets=tickets.sudo(),
            page_name="ticket",
            pager=pages,
            default_url="/my/tickets",
            searchbar_sortings=sortings,
            searchbar_filters=filters,
            searchbar_inputs={"all": {"input": "all", "label": request.env._("Search in subject and number")}},
            search_in="all",
            search=search,
            sortby=sortby,
            filterby=filterby,
        )
        return request.render("crm_service.portal_my_tickets", values)

    # === ONE TICKET === #

    @http.route("/my/tickets/<int:ticket_id>", type="http", auth="public", website=True)
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        try:
            ticket_sudo = self._document_check_access("crm.ticket", ticket_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = {"ticket": ticket_sudo, "page_name": "ticket", **self._ticket_page_values(ticket_sudo)}
        values = self._get_page_view_values(ticket_sudo, access_token, values, "my_tickets_history", False, **kw)
        return request.render("crm_service.portal_my_ticket", values)

    def _ticket_page_values(self, ticket_sudo):
        """Status in plain words, and what the visitor may do: only the customer himself, not who has a link."""
        user = request.env.user
        mine = user._is_portal() and request.env["crm.ticket"].browse(ticket_sudo.id).has_access("read")
        return {
            "status": ticket_sudo.with_context(
                lang=request.env.lang, tz=request.env.context.get("tz")
            )._portal_status(),
            "mine": mine,
            "rating": ticket_sudo._portal_rating(user.partner_id) if mine else None,
            "rate_names": rate_names(),
        }

    # === NEW TICKET === #

    def _my_delivered_lines(self, line_id=None):
        """Return the delivered order lines of the customer's own company, newest first; one of them by id.

        Searched with the customer's rights: a line of somebody else is simply not there.
        """
        partner = request.env.user.commercial_partner_id
        domain = [
            ("order_partner_id", "child_of", partner.id),
            ("state", "=", "sale"),
            ("display_type", "=", False),
            ("qty_delivered", ">", 0),
        ]
        if line_id is not None:
            domain.append(("id", "=", line_id))
        return request.env["sale.order.line"].search(domain, order="id desc", limit=200)

    def _my_categories(self):
        return request.env["crm.ticket.category"].search([("portal", "=", True)])

    def _new_ticket_page(self, form, errors=(), status=200):
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="ticket_new",
            lines=self._my_delivered_lines().sudo(),
            categories=self._my_categories(),
            draft=self._draft(form.get("draft")) or secrets.token_hex(16),
            form=form,
            errors=errors,
        )
        response = request.render("crm_service.portal_new_ticket", values)
        response.status_code = status
        return response

    @http.route("/my/tickets/new", type="http", auth="user", website=True, methods=["GET"])
    def portal_new_ticket(self, **kw):
        if not request.env.user.has_group("base.group_portal"):
            return request.redirect("/my")
        return self._new_ticket_page({"line_id": self._number(kw.get("line_id"))})

    @http.route("/my/tickets/create", type="http", auth="user", website=True, methods=["POST"])
    def portal_create_ticket(self, **post):
        """Create the ticket in the customer's name; every id he sends is looked up among his own records."""
        if not request.env.user.has_group("base.group_portal"):
            return request.redirect("/my")
        form, errors = self._read_form(post)
        contents, too_much = self._read_files()
        if too_much:
            errors.append(too_much)
        if errors:
            return self._new_ticket_page(form, errors, status=400)
        ticket_sudo = self._create_ticket(form)
        self._post_request(ticket_sudo, form["description"], contents)
        # What the text names is found (topic intake), unless the customer has chosen it himself.
        ticket_sudo._find_subjects()
        if form["draft"]:
            request.env["crm.solution.deflection"]._note_asked(request.env.user, form["draft"], ticket_sudo)
        ticket_sudo._acknowledge()
        return request.redirect(f"/my/tickets/{ticket_sudo.id}")

    def _read_files(self):
        """Return ([(name, content)], what is wrong with them or nothing)."""
        files = [item for item in request.httprequest.files.getlist("attachment") if item.filename]
        contents = [(item.filename, item.read(MAX_FILE_BYTES + 1)) for item in files[:MAX_FILES]]
        if len(files) > MAX_FILES or any(len(content) > MAX_FILE_BYTES for _name, content in contents):
            return [], request.env._("At most %s files of 25 MB each.", MAX_FILES)
        return contents, ""

    def _draft(self, value):
        """The key of a form: it joins the solutions read in it with the ticket; nothing for anything else."""
        return value if re.fullmatch(r"[0-9a-f]{32}", value or "") else ""

    def _number(self, value):
        return int(value) if str(value or "").isdecimal() and len(str(value)) < 10 else None

    def _read_form(self, post):
        form = {
            "name": " ".join((post.get("name") or "").split())[:MAX_SUBJECT],
            "description": (post.get("description") or "").strip()[:MAX_TEXT],
            "line_id": None,
            "category_id": None,
            "draft": self._draft(post.get("draft")),
        }
        errors = []
        if not form["name"]:
            errors.append(request.env._("Please give your request a subject."))
        if not form["description"]:
            errors.append(request.env._("Please describe what happened."))
        for key, records in (("line_id", self._my_delivered_lines), ("category_id", self._category)):
            if post.get(key):
                number = self._number(post[key])
                record = records(number) if number else None
                if not record:
                    errors.append(request.env._("Please choose from the list."))
                else:
                    form[key] = record.id
        return form, errors

    def _category(self, number):
        return self._my_categories().filtered(lambda category: category.id == number)

    def _create_ticket(self, form):
        partner = request.env.user.partner_id
        line_sudo = request.env["sale.order.line"].sudo().browse(form["line_id"] or [])
        company = line_sudo.company_id or request.env.company
        Ticket = request.env["crm.ticket"].sudo().with_company(company)
        return Ticket.with_context(mail_create_nosubscribe=True, default_user_id=False).create(
            {
                "name": form["name"],
                "partner_id": partner.id,
                "company_id": company.id,
                "team_id": request.env["crm.service.team"].sudo()._default_for(company).id,
                "category_id": form["category_id"],
                "sale_order_line_id": line_sudo.id,
                "channel": "portal",
                "description": plaintext2html(form["description"]),
            }
        )

    def _post_request(self, ticket_sudo, description, contents):
        """Post the customer's words and files as his first message; the customer follows his ticket."""
        partner = request.env.user.partner_id
        ticket_sudo.message_subscribe(partner.ids)
        return ticket_sudo.with_context(attachments_mime_plainxml=True).message_post(
            body=plaintext2html(description),
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[(name[:200], content) for name, content in contents],
        )
