from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmDunningLetter(models.Model):
    """Letters leave in batches; e-mail, state and lines are committed together.

    A run that is killed leaves whole batches only: the next one goes on with the letters that are still to send.
    Odoo's own mail queue delivers what a batch put into it.
    """

    _inherit = "crm.dunning.letter"

    def _send_batch(self, now):
        """Send letters that this transaction has locked; those whose lines are settled, promised or disputed stay."""
        ready = self._refresh()
        for level, letters in ready.grouped("level_id").items():
            mails = letters.filtered(lambda letter: letter.channel == "mail")
            mails._queue_or_fail(level.template_id, now)
            (letters - mails)._hand_out()
            letters._stop_customers()
        return ready

    def _queue_or_fail(self, template, now):
        """A text that cannot be rendered fails its letters, not the run."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._queue_mails(template, now)
        except UserError:
            self._fail(self.env._("The text %(name)s cannot be written for this letter", name=template.name))

    def _queue_mails(self, template, now):
        """One e-mail a letter into Odoo's queue, in each customer's language, a handful of queries a batch."""
        mails = template.sudo().send_mail_batch(
            self.ids, email_values={"is_notification": True, "message_type": "auto_comment"}
        )
        for letter, mail in zip(self, mails, strict=True):
            letter.mail_id = mail
        self.write({"state": "sent", "date_sent": now})

    def _hand_out(self):
        """Paper waits to be printed, calls and to-dos go to somebody."""
        if not self:
            return
        self.write({"state": "todo"})
        kinds = {"call": "mail.mail_activity_data_call", "activity": "mail.mail_activity_data_todo"}
        for channel, xmlid in kinds.items():
            letters = self.filtered(lambda letter, channel=channel: letter.channel == channel)
            kind = self.env.ref(xmlid)
            self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
                [
                    {
                        "activity_type_id": kind.id,
                        "res_model_id": self.env["ir.model"]._get_id(self._name),
                        "res_id": letter.id,
                        "user_id": letter.user_id.id or self.env.uid,
                        "summary": letter.level_id.name,
                        "date_deadline": letter.date,
                        "automated": True,
                    }
                    for letter in letters
                ]
            )

    def _refresh(self):
        """Compare the letters with the ledger of this moment; return those that still have something to say.

        A preview may be hours old: lines paid, promised or disputed since leave the letter, amounts and level follow.
        """
        gone = self.browse()
        for run, letters in self.grouped("run_id").items():
            today = run.company_id._crm_credit_today()
            Status = self.env["crm.dunning.status"].sudo()
            Status._dunning_flush()
            rows = self.env.execute_query(
                SQL(
                    "SELECT id, claim, claim_document FROM (%s) row WHERE claims",
                    Status._dunning_query(run.company_id, today, letters.partner_id.ids, run),
                )
            )
            gone |= letters._apply({line_id: amounts for line_id, *amounts in rows})
        gone._cancel(self.env._("Settled, promised or disputed meanwhile"))
        return (self - gone).filtered(lambda letter: letter.state == "draft")

    def _apply(self, claims):
        """Let the lines follow `claims` ({journal item: (amount, amount in its currency)}).

        What is left may reach a lower level: the letter becomes one of that level. Returns those that are not due any
        more: without a new level, or below the smallest amount.
        """
        lines = self.line_ids
        stale = lines.filtered(lambda line: line.move_line_id.id not in claims)
        changed = (lines - stale).filtered(
            lambda line: line.currency_id.compare_amounts(line.amount, claims[line.move_line_id.id][0])
        )
        for line in changed:
            amount, document = map(float, claims[line.move_line_id.id])
            interest = line.currency_id.round(line.interest * amount / line.amount)
            line.write({"amount": amount, "amount_document": document, "interest": interest})
        touched = (stale | changed).letter_id
        gone = touched.filtered(lambda letter: not letter._is_due(letter.line_ids - stale))
        stale.filtered(lambda line: line.letter_id not in gone).unlink()
        for letter in touched - gone:
            lines = letter.line_ids
            letter.write(
                {
                    "amount": sum(lines.mapped("amount")),
                    "interest": sum(lines.mapped("interest")),
                    **letter._level_values(lines),
                }
            )
        return gone

    # === HELD OUT === #

    @api.model
    def _release_held(self, company, today):
        """Letters whose delay is over give their levels back: the next run makes them anew, for good."""
        self.env["crm.dunning.letter.line"].search(
            [
                ("advances", "=", True),
                ("letter_id.company_id", "=", company.id),
                ("letter_id.state", "=", "held"),
                ("letter_id.held_until", "<=", today),
            ]
        ).advances = False

    # === FAILURES === #

    def _fail(self, reason):
        """A mail that did not leave: the letter says so, its levels stay taken until somebody resends or cancels."""
        self.write({"state": "failed", "reason": reason})
