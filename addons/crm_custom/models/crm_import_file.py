import base64

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import cells, spreadsheet
from ..tools import history as rules


class CrmImportFile(models.AbstractModel):
    """Part of `crm.import.history`: from the stored file to a plan, and the files that tell what came of it."""

    _name = "crm.import.file"
    _description = "Files of a Sales History"

    def _content(self):
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        return self._attachment().raw

    def _attachment(self):
        """The stored file; sudo because attachments of a field are read through their record."""
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", "file")]
        return self.env["ir.attachment"].sudo().search(domain, limit=1)

    def _explain(self, error):
        """The error of a rule in the user's words."""
        texts = {
            "empty_file": self.env._("The file has no rows."),
            "old_excel": self.env._("This is an old Excel file (.xls). Save it as .xlsx or CSV."),
            "broken_archive": self.env._("The packed file is damaged. Upload it again."),
            "too_large": self.env._("The file is too large. Split it into parts."),
            "not_a_spreadsheet": self.env._("This is no spreadsheet: a CSV or XLSX file with a header is needed."),
            "unknown_encoding": self.env._("This encoding is unknown."),
            "wrong_encoding": self.env._(
                "Line %(line)s cannot be read as %(encoding)s. Choose the encoding in which the file was saved.",
                **{"line": 0, "encoding": "", **error.values},
            ),
            "missing_column": self.env._(
                "Columns are missing: %(missing)s. The file has: %(found)s. Name the columns under Columns.",
                **{"missing": "", "found": "", **error.values},
            ),
            "ambiguous_date": self.env._(
                "Dates like %(example)s can be read day first or month first. Choose one.",
                **{"example": "", **error.values},
            ),
        }
        return texts[error.code]

    def _read_plan(self):
        """Rules applied to the file: documents and rejections, before the database is asked."""
        try:
            header, table = spreadsheet.read_table(self._content(), self.encoding)
            columns = rules.resolve_columns(header, {column.field: column.name for column in self.column_ids})
            rows = list(rules.read_rows(table, columns))
            options = rules.Options(
                today=self._today(),
                date_format=self._date_format(rows),
                decimals=self.currency_id.decimal_places,
                cancel_prefix=self.cancel_prefix or "",
                walk_in=self._walk_in_key(),
            )
            return rules.make_plan(rows, options)
        except cells.HistoryError as error:
            raise UserError(self._explain(error)) from error

    def _date_format(self, rows):
        if self.date_format == "auto":
            return cells.detect_date_format({row.date for row in rows if row.date})
        first = {"dmy": "%d", "mdy": "%m"}[self.date_format]
        texts = {row.date for row in rows if row.date}
        return cells.detect_date_format(texts, [text for text in cells.DATE_FORMATS if text.startswith((first, "%Y"))])

    def _store_rejections(self, plan):
        """The list on the screen (a table row each, by COPY: there may be 100,000) and the file to download."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_import_rejection WHERE history_id = %s", self.id))
        columns = ("number", "code", "description", "quantity", "date", "price", "customer", "country")
        plan.rejections.sort(key=lambda rejection: rejection.row.position)
        self.env["crm.import.copy"]._copy_dicts(
            "crm_import_rejection",
            [
                {
                    "history_id": self.id,
                    "company_id": self.company_id.id,
                    "position": row.position,
                    "reason": reason,
                    "amount": amount,
                    **{column: getattr(row, column) or None for column in columns},
                }
                for row, reason, amount in plan.rejections
            ],
        )
        self.invalidate_recordset(["rejection_ids"])
        Rejection = self.env["crm.import.rejection"]
        labels = dict(Rejection._fields["reason"]._description_selection(self.env))
        content = spreadsheet.write_csv(
            [self.env._("Row"), self.env._("Reason"), *(Rejection._fields[column].string for column in columns)],
            (
                (row.position, labels[reason], *(getattr(row, column) for column in columns))
                for row, reason, _amount in plan.rejections
            ),
        )
        self.rejection_file = base64.b64encode(content) if plan.rejections else False

    def _store_plan(self, plan):
        """What would be made, document by document."""
        header = [
            self.env._("Number"),
            self.env._("Kind"),
            self.env._("Date"),
            self.env._("Customer"),
            self.env._("Lines"),
            self.env._("Total"),
        ]
        kinds = (self.env._("Invoice"), self.env._("Credit Note"))
        lines = (
            (
                document.number,
                kinds[document.is_refund],
                document.date,
                document.customer,
                len(document.lines),
                document.signed_amount,
            )
            for document in plan.ordered()
        )
        self.plan_file = base64.b64encode(spreadsheet.write_csv(header, lines)) if plan.documents else False
