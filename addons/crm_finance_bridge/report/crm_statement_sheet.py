import io

from odoo import api, models
from odoo.tools import format_date

from ..tools import statement as rules
from ..tools.statement_sheet import write_statement


class CrmStatement(models.AbstractModel):
    _inherit = "crm.statement"

    @api.model
    def _xlsx(self, company, partner, kind, date_from, date):
        """One customer's statement as a workbook (bytes), in the customer's language."""
        env = self.with_context(lang=partner.lang or self.env.lang)
        partner, company = partner.with_env(env.env), company.root_id.with_env(env.env)
        statement = env._statements(company, partner, kind, date_from, date)[partner]
        target = io.BytesIO()
        write_statement(
            target,
            title=f"{env._title(kind)}: {partner.name}",
            facts=env._sheet_facts(statement),
            columns=env._sheet_columns(kind),
            sections=[env._sheet_section(statement, section) for section in statement["sections"]],
            labels={
                "opening": env.env._("Opening balance"),
                "total": env.env._("Balance"),
                "nothing": env.env._("Nothing is open."),
            },
        )
        return target.getvalue()

    @api.model
    def _sheet_facts(self, statement):
        date = format_date(self.env, statement["date"])
        if statement["kind"] == rules.MOVEMENT:
            date = f"{format_date(self.env, statement['date_from'])} - {date}"
        return [
            (self.env._("Company"), statement["company"].name),
            (self.env._("Customer"), statement["partner"].name),
            (self.env._("Date"), date),
        ]

    @api.model
    def _sheet_columns(self, kind):
        first = [
            (self.env._("Document"), "text", 22, "name"),
            (self.env._("Kind"), "text", 14, "kind"),
            (self.env._("Reference"), "text", 22, "ref"),
            (self.env._("Date"), "date", 12, "date"),
            (self.env._("Due Date"), "date", 12, "due_date"),
        ]
        if kind == rules.MOVEMENT:
            return [
                *first,
                (self.env._("Amount"), "money", 16, "amount"),
                (self.env._("Balance"), "money", 16, "balance"),
            ]
        return [
            *first,
            (self.env._("Days Overdue"), "integer", 10, "days_overdue"),
            (self.env._("Amount"), "money", 16, "amount"),
            (self.env._("Promised"), "money", 14, "promised"),
            (self.env._("Disputed"), "money", 14, "disputed"),
            (self.env._("Open"), "money", 16, "open"),
        ]

    @api.model
    def _sheet_section(self, statement, section):
        movement = statement["kind"] == rules.MOVEMENT
        kinds = dict(self.env["crm.open.item"]._fields["kind"]._description_selection(self.env))
        currency = section["currency"]
        rows = []
        for row in section["rows"]:
            values = {**row, "kind": kinds.get(row["kind"], row["kind"])}
            if row["kind"] == "conversion":
                values.update(kind=self.env._("Other Currency"), ref=self._reference(row))
            if not movement:
                for name in ("promised", "disputed"):
                    values[name] = self._in_document_currency(row, name, currency) or None
                values["days_overdue"] = max(row["days_overdue"], 0)
            rows.append(values)
        labels = self._bucket_labels(statement["company"])
        return {
            "name": currency.name,
            "rows": rows,
            "opening": section["opening"] if movement else None,
            "total": section["total"],
            "total_key": "balance" if movement else "open",
            "summed": not movement,
            "ages": [(label, section["buckets"][key]) for key, label in labels if section["buckets"].get(key)],
        }
