from odoo import models
from odoo.exceptions import UserError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEMPLATE = "crm_finance_bridge.mail_template_statement"


class CrmStatementRunLine(models.Model):
    """Statements leave in batches; e-mail, attachment and state are committed together.

    A run that is killed leaves whole batches only: the next one goes on with the lines that are still to send.
    """

    _inherit = "crm.statement.run.line"

    def _send_batch(self, now):
        """Send lines that this transaction has locked; a customer with nothing to show any more gets nothing."""
        optout = self.filtered(lambda line: line.partner_id.crm_statement_send == "none" and line.run_id)
        optout.write({"state": "optout"})
        ready = self - optout
        statements = ready._statements()
        gone = ready.filtered(lambda line: not statements[line]["sections"])
        gone.write({"state": "cancelled", "amount": 0.0, "overdue": 0.0})
        for line in ready - gone:
            found = statements[line]
            if line.currency_id.compare_amounts(line.amount, found["amount"]) or line.currency_id.compare_amounts(
                line.overdue, found["overdue"]
            ):
                line.write({"amount": found["amount"], "overdue": found["overdue"]})
        (ready - gone)._queue_or_fail(now)

    def _queue_or_fail(self, now):
        """A text or file that cannot be made fails its statements, not the run."""
        for lines in self.grouped("company_id").values():
            try:
                with self.env.cr.savepoint():
                    lines._queue_mails(now)
            except UserError as error:
                if len(lines) == 1:
                    lines._fail(str(error))
                for line in lines if len(lines) > 1 else ():
                    line._queue_or_fail(now)

    def _queue_mails(self, now):
        """One e-mail a line into Odoo's queue, in each customer's language."""
        template = self.env.ref(TEMPLATE).sudo().with_context(crm_statement_links=True)
        mails = template.send_mail_batch(
            self.ids, email_values={"is_notification": True, "message_type": "auto_comment"}
        )
        for line, mail in zip(self, mails, strict=True):
            line.mail_id = mail
        self._attach()
        self.write({"state": "sent", "date_sent": now, "reason": False})

    def _attach(self):
        """The file that the company wants with the e-mail."""
        for line in self.filtered(lambda line: line.company_id.crm_statement_attachment != "none"):
            name, kind, content = line._file(line.company_id.crm_statement_attachment)
            attachment = (
                self.env["ir.attachment"]
                .sudo()
                .create(
                    {
                        "name": name,
                        "raw": content,
                        "mimetype": kind,
                        "res_model": line._name,
                        "res_id": line.id,
                    }
                )
            )
            line.mail_id.sudo().attachment_ids += attachment

    def _file(self, extension):
        """(name, mime type, content) of the statement."""
        Statement = self.env["crm.statement"].sudo()
        period = (self.company_id.sudo(), self.partner_id.sudo(), self.kind, self.date_from, self.date)
        name = f"{Statement.with_context(lang=self._lang())._title(self.kind)} {self.date}"
        if extension == "xlsx":
            return f"{name}.xlsx", XLSX, Statement._xlsx(*period)
        content, kind = Statement._pdf(*period, links=True)
        return f"{name}.{kind}", f"application/{kind}" if kind == "pdf" else "text/html", content

    def _fail(self, reason):
        self.write({"state": "failed", "reason": reason})
