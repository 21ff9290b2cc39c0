from odoo import fields, http
from odoo.addons.crm_custom.tools.cells import parse_typed_number
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.http import request

from ..tools import statement as rules
from .statement import read_period, statement_file

LONGEST_TEXT = 5000


class StatementPortal(CustomerPortal):
    """A customer's own statement of account: read, print, pay, promise, dispute. Changes are POST with a CSRF token.

    Everything is read for the commercial partner of who signed in; an id from the browser counts only if it is among
    that customer's open items.
    """

    # === WHO AND WHERE === #

    def _statement_customer(self):
        return request.env.user.sudo().partner_id.commercial_partner_id

    def _statement_companies(self):
        """The legal entities that the customer has an account with; at least that of the user."""
        customer = self._statement_customer()
        groups = (
            request.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "child_of", customer.id),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                ],
                ["company_id"],
            )
        )
        companies = request.env["res.company"].sudo().union(*(company for (company,) in groups)).root_id
        return companies or request.env.user.sudo().company_id.root_id

    def _statement_company(self, company_id=None):
        companies = self._statement_companies()
        wanted = companies.filtered(lambda company: str(company.id) == str(company_id))
        return wanted or companies & request.env.user.sudo().company_id.root_id or companies[:1]

    def _statement_env(self, company):
        """For the system, in the customer's language, in one company only."""
        env = request.env["res.company"].sudo().env
        return env(context={**env.context, "allowed_company_ids": company.ids})

    def _statement_period(self, company, params):
        try:
            return read_period(request.env, company, **params)
        except UserError as error:
            request.session["crm_statement_message"] = str(error)
            return read_period(request.env, company)

    # === PAGE === #

    @http.route("/my/statement", type="http", auth="user", methods=["GET"], website=True)
    def crm_my_statement(self, company_id=None, **params):
        company = self._statement_company(company_id)
        customer = self._statement_customer()
        period = self._statement_period(company, params)
        env = self._statement_env(company)
        Statement = env["crm.statement"]
        statement = Statement._statements(company, customer, *period[1:])[customer]
        rows = [row for section in statement["sections"] for row in section["items"]]
        moves = {row["move"] for row in rows}
        items = env["account.move.line"].browse(row["id"] for row in rows)
        today = company._crm_credit_today()
        other = env.ref("crm_finance_bridge.crm_dispute_cause_new", raise_if_not_found=False)
        values = self._prepare_portal_layout_values() | {
            "page_name": "crm_statement",
            "companies": self._statement_companies(),
            "company": company,
            "customer": customer,
            "today": today,
            "latest": fields.Date.add(today, days=company.crm_promise_max_days or 365),
            "causes": self._statement_causes(items.company_id).sorted(lambda cause: cause == other),
            "other_cause": other,
            "item_companies": {item.id: item.company_id for item in items},
            "urls": self._statement_links(moves),
            "message": request.session.pop("crm_statement_message", None),
            "saved": request.session.pop("crm_statement_saved", None),
            **Statement._render_values(statement, request.env.lang),
        }
        return request.render("crm_finance_bridge.portal_statement", values)

    def _statement_links(self, move_ids):
        """{invoice id: address of its page, where it is paid} of what the customer may open."""
        invoices = request.env["account.move"]
        if not invoices.has_access("read"):
            return {}
        invoices = invoices.search(
            [("id", "in", list(move_ids)), ("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))]
        )
        return {invoice.id: f"/my/invoices/{invoice.id}" for invoice in invoices}

    def _statement_causes(self, companies):
        """Causes that a customer can choose from for invoices of these companies: those without finer ones."""
        return (
            request.env["crm.dispute.cause"]
            .sudo()
            .search([("child_ids", "=", False), ("company_id", "in", [False, *companies.ids])])
        )

    @http.route("/my/statement.<any(pdf,xlsx):extension>", type="http", auth="user", methods=["GET"], website=True)
    def crm_my_statement_file(self, extension, company_id=None, **params):
        company = self._statement_company(company_id)
        period = self._statement_period(company, params)
        return statement_file(self._statement_env(company), self._statement_customer(), period, extension)

    # === CHANGES === #

    def _own_item(self, company, item_id):
        """An open receivable of the own customer; another's is simply not there."""
        number = int(item_id) if str(item_id).isdecimal() and len(str(item_id)) < 10 else 0
        env = self._statement_env(company)
        item = env["crm.open.item"].search(
            [
                ("id", "=", number),
                ("partner_id", "=", self._statement_customer().id),
                ("company_id", "child_of", company.id),
                ("residual", ">", 0),
                ("kind", "in", ("invoice", "entry")),
            ]
        )
        if not item:
            raise UserError(request.env._("This invoice is not one of your open invoices."))
        return item

    def _change(self, company_id, change, done):
        """Do one thing for the customer and return to the page; what is wrong is said there."""
        company = self._statement_company(company_id)
        try:
            with request.env.cr.savepoint():
                change(company)
            request.session["crm_statement_saved"] = done
        except UserError as error:
            request.session["crm_statement_message"] = str(error)
        return request.redirect(f"/my/statement?company_id={company.id}")

    def _amount(self, item, text, taken):
        """An amount typed by the customer, in company currency; all that is free where nothing was typed."""
        free = item.company_currency_id.round(item.residual - taken)
        if free <= 0:
            raise UserError(request.env._("This invoice is promised or in dispute already."))
        if not str(text or "").strip():
            return free
        lang = request.env["res.lang"]._get_data(code=request.env.lang or "en_US")
        amount = float(parse_typed_number(str(text), lang.thousands_sep) or 0)
        amount = item.company_currency_id.round(amount) if 0 < amount < 10**15 else 0.0
        if not 0 < amount <= free:
            raise UserError(
                request.env._(
                    "Enter an amount above zero and up to %(free)s.", free=item.company_currency_id.format(free)
                )
            )
        return amount

    @http.route("/my/statement/promise", type="http", auth="user", methods=["POST"], website=True)
    def crm_my_promise(self, item_id=None, date=None, amount=None, company_id=None, **_kwargs):
        def change(company):
            item = self._own_item(company, item_id)
            try:
                day = fields.Date.to_date(date)
            except ValueError:
                day = None
            if not day:
                raise UserError(request.env._("Enter the day by which you will pay."))
            share = self._amount(item, amount, item.promised + item.disputed)
            item.env["crm.payment.promise"].create(
                {
                    "partner_id": self._statement_customer().id,
                    "company_id": item.company_id.id,
                    "date": day,
                    "channel": "portal",
                    "line_ids": [
                        Command.create({"move_line_id": item.id, "amount": share}),
                    ],
                }
            )

        return self._change(company_id, change, "promise")

    @http.route("/my/statement/dispute", type="http", auth="user", methods=["POST"], website=True)
    def crm_my_dispute(self, item_id=None, cause_id=None, description="", amount=None, company_id=None, **_kwargs):
        def change(company):
            item = self._own_item(company, item_id)
            cause = self._statement_causes(item.company_id).filtered(lambda one: str(one.id) == str(cause_id))
            text = (description or "").strip()[:LONGEST_TEXT]
            if not cause or not text:
                raise UserError(request.env._("Choose a reason and say what is wrong."))
            share = self._amount(item, amount, item.disputed)
            item.env["crm.dispute"].create(
                {
                    "partner_id": self._statement_customer().id,
                    "company_id": item.company_id.id,
                    "cause_id": cause.id,
                    "origin": "portal",
                    "description": text,
                    "line_ids": [
                        Command.create({"move_line_id": item.id, "amount": share}),
                    ],
                }
            )

        return self._change(company_id, change, "dispute")

    @http.route("/my/statement/wish", type="http", auth="user", methods=["POST"], website=True)
    def crm_my_statement_wish(self, wish="", company_id=None, **_kwargs):
        """Which monthly statement the customer wants, or none."""

        def change(_company):
            if wish not in ("", rules.OPEN, rules.MOVEMENT, rules.NONE):
                raise UserError(request.env._("Choose one of the statements."))
            self._statement_customer().write({"crm_statement_send": wish or False})

        return self._change(company_id, change, "wish")
