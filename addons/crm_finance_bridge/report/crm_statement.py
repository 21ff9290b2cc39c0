from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, get_lang

from ..tools import statement as rules
from ..tools.amount_words import chinese_amount

MANY = 10_000  # customers from which everybody's open items are read: naming so many ids takes longer than that


class CrmStatement(models.AbstractModel):
    """Statements of account of customers at a legal entity: two or three queries for any number of customers.

    Open items are those of crm.open.item at the closing date, movements are the posted receivable journal items; a
    legal entity is a root company with its branches. Amounts in document currency, by currency; + = the customer owes.
    No rights are checked here: whoever calls it has done so.
    """

    _name = "crm.statement"
    _description = "Statement of Account"

    @api.model
    def _statements(self, company, partners, kind, date_from, date):
        """{customer: statement} of commercial partners; those without any figure have no sections.

        kind: 'open' (what is open at `date`) or 'movement' (opening balance, what moved from `date_from` to `date`,
        closing balance). A statement also has the totals in company currency: amount, overdue, promised, disputed.
        """
        company = company.root_id
        items = self._open_rows(company, partners, date)
        moved, openings = defaultdict(list), defaultdict(dict)
        if kind == rules.MOVEMENT:
            moved, openings = self._movements(company, partners, date_from, date)
        currencies = self.env["res.currency"].browse(
            {row["currency"] for rows in (*items.values(), *moved.values()) for row in rows}
            | {currency for found in openings.values() for currency in found}
        )
        # What is the same for all is read once: this loop runs for tens of thousands of customers.
        currency, found = company.currency_id, {}
        ordered = [(one.id, one) for one in currencies.sorted(lambda one: (one != currency, one.name))]
        for partner in partners:
            own = items[partner.id]
            if kind == rules.MOVEMENT:
                sections = rules.movement_sections(openings[partner.id], moved[partner.id], own)
            else:
                sections = rules.open_sections(own)
            found[partner] = {
                "partner": partner,
                "company": company,
                "currency": currency,
                "kind": kind,
                "date_from": date_from,
                "date": date,
                "sections": [{**sections[key], "currency": one} for key, one in ordered if key in sections],
                **rules.totals(own),
            }
        return found

    @api.model
    def _check_legal_entity(self, company, user):
        """Refuse a legal entity that is none of the user's."""
        if company.root_id not in user.sudo().company_ids.root_id:
            raise AccessError(self.env._("You may not read this company's statements."))

    # === OPEN ITEMS === #

    @api.model
    def _open_rows(self, company, partners, date):
        """{partner id: open items by due date}, whoever asks; also of others, where many are asked for."""
        found = defaultdict(list)
        if not partners:
            return found
        Item = self.env["crm.open.item"].sudo().with_context(as_of=fields.Date.to_string(date))
        domain = [("company_id", "child_of", company.id)]
        if len(partners) <= MANY:
            domain.append(("partner_id", "in", partners.ids))
        query = self._open_query(Item, domain)
        for row in self._read(query):
            found[row["partner"]].append(row)
        return found

    @api.model
    def _read(self, query):
        """Rows of a query as dicts. Odoo's own `execute_query_dict` takes as long for them as the query itself."""
        self.env.flush_query(query)
        cr = self.env.cr
        cr.execute(query)
        names = [column.name for column in cr.description]
        return [dict(zip(names, row, strict=True)) for row in cr.fetchall()]

    @api.model
    def _open_query(self, Item, domain):
        columns = (
            "id", "partner_id", "move_id", "kind", "invoice_date", "date", "due_date", "days_overdue", "bucket",
            "number", "payment_reference", "ref", "currency_id", "amount_currency", "residual_currency", "residual",
            "promised", "disputed",
        )  # fmt: skip
        return SQL(
            """
            SELECT item.id, item.partner_id AS partner, item.move_id AS move, item.number AS name,
                   COALESCE(NULLIF(item.payment_reference, item.number), '') AS payment_reference,
                   COALESCE(item.ref, '') AS ref, item.kind,
                   COALESCE(item.invoice_date, item.date) AS date, item.due_date, item.days_overdue, item.bucket,
                   item.currency_id AS currency, item.amount_currency::float8 AS amount,
                   item.residual_currency::float8 AS open, item.residual::float8 AS residual,
                   item.promised::float8 AS promised, item.disputed::float8 AS disputed, promise.date AS promise_date
              FROM (%(items)s) item
         LEFT JOIN (%(promised)s) promise ON promise.line_id = item.id
             ORDER BY item.partner_id, item.due_date, date, item.number, item.id
            """,
            items=Item._search(domain).select(*(SQL.identifier(Item._table, column) for column in columns)),
            promised=self.env["crm.payment.promise"]._promised_query(
                self.env["res.company"]._crm_company_ids(), Item._as_of()
            ),
        )

    # === TEXTS === #

    @api.model
    def _words(self, currency, amount, lang=None):
        """An amount in words, in a language: Chinese as its accountants write it, others by Odoo's currency."""
        env = self.env(context={**self.env.context, "lang": lang or self.env.lang})
        code = get_lang(env).code
        if code.startswith("zh"):
            return chinese_amount(abs(amount), currency.name, currency.decimal_places, code)
        return currency.with_env(env).amount_to_text(abs(amount))

    @api.model
    def _bucket_labels(self, company, lang=None):
        """[(bucket, heading)] with the limits of the company."""
        Item = self.env["crm.open.item"].with_company(company.root_id)
        return Item.with_context(lang=lang or self.env.lang)._selection_bucket()

    @api.model
    def _render_values(self, statement, lang=None, links=None):
        """What the templates of mail, paper and portal need beside the statement; `links`: {invoice id: address}."""
        labels = self._bucket_labels(statement["company"], lang)
        return {
            "statement": statement,
            "links": links or {},
            "words": lambda currency, amount: self._words(currency, amount, lang),
            "ages": lambda section: [
                (label, section["buckets"][key]) for key, label in labels if section["buckets"].get(key)
            ],
            "share": self._in_document_currency,
            "reference": lambda row: self._reference(row, lang),
        }

    @api.model
    def _reference(self, row, lang=None):
        """The reference of a row; of a conversion what was given or taken in the other currency."""
        if row["kind"] != "conversion":
            return row.get("payment_reference") or row["ref"]
        env = self.env(context={**self.env.context, "lang": lang or self.env.lang})
        amount = env["res.currency"].browse(row["other_currency"]).format(row["other_amount"])
        if row["amount"] < 0:
            return env._("Paid with %(amount)s", amount=amount)
        return env._("Used for %(amount)s", amount=amount)

    @api.model
    def _in_document_currency(self, row, name, currency):
        """What is promised or disputed of a row, in its own currency."""
        if not row["residual"]:
            return 0.0
        return currency.round(row[name] * row["open"] / row["residual"])

    @api.model
    def _title(self, kind):
        return self.env._("Statement of Account") if kind == rules.MOVEMENT else self.env._("Statement of Open Items")

    # === DOCUMENTS === #

    @api.model
    def _pay_links(self, statements):
        """{invoice id: address where it is paid without signing in} of open invoices; for the customer only."""
        moves = {
            row["move"]
            for statement in statements
            for section in statement["sections"]
            for row in section["items"]
            if row["kind"] == "invoice"
        }
        self.env["account.move"].flush_model(["access_token"])
        self.env.execute_query(
            SQL(
                """UPDATE account_move SET access_token = gen_random_uuid()::text
                    WHERE id = ANY(%s) AND access_token IS NULL RETURNING id""",
                list(moves),
            )
        )
        invoices = self.env["account.move"].sudo().browse(moves)
        invoices.invalidate_recordset(["access_token"])
        url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return {move.id: f"{url}/my/invoices/{move.id}?access_token={move.access_token}" for move in invoices}

    @api.model
    def _pdf(self, company, partner, kind, date_from, date, links=False):
        """(content, kind of file) of one customer's statement on paper, in the customer's language."""
        return (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_pdf(
                "crm_finance_bridge.action_report_statement",
                partner.ids,
                data={
                    "company_id": company.root_id.id,
                    "kind": kind,
                    "date_from": fields.Date.to_string(date_from),
                    "date": fields.Date.to_string(date),
                    "links": links,
                },
            )
        )
