from odoo import api, models
from odoo.exceptions import UserError

COPY = "crm_collection_copy"  # in the context of the window, and in what waits to be sent: the worklist row's id


class CrmCollectionTask(models.Model):
    """Copies of overdue invoices, sent with Odoo's own windows."""

    _inherit = "crm.collection.task"

    def action_copy_sent(self):
        """Open Odoo's own sending of the overdue invoices; what comes of it is logged when the e-mail is made."""
        self.ensure_one()
        self.check_access("write")
        moves = self._overdue_items().move_id.filtered(lambda move: move.is_sale_document())
        if not moves:
            raise UserError(self.env._("There is no overdue invoice of which a copy could be sent."))
        moves = moves.with_context(**{COPY: self.id})
        return moves.action_send_and_print() if len(moves) > 1 else moves.action_invoice_sent()

    def _copy_sent(self, move, user):
        """Log that `user` sent a copy of an invoice of this customer, and rest for three days.

        Several invoices of one day are one contact. The id comes with the window: a wrong one logs nothing.
        """
        task = (
            self.sudo()
            .exists()
            .filtered(lambda task: task.partner_id == move.commercial_partner_id and task.company_id == move.company_id)
        )
        start = task.company_id._crm_credit_day_start(task.company_id._crm_credit_today()) if task else None
        same = [("partner_id", "=", task.partner_id.id), ("company_id", "=", task.company_id.id)]
        same += [("user_id", "=", user.id), ("result", "=", "copy_sent"), ("date", ">=", start)]
        if task and not self.env["crm.collection.call"].sudo().search_count(same, limit=1):
            task.with_user(user).sudo()._log_result("copy_sent", 3)


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_send_and_print(self):
        """Opened from the worklist, the window remembers for which row."""
        action = super().action_send_and_print()
        if task_id := self.env.context.get(COPY):
            action["context"][COPY] = task_id
        return action


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        """A copy counts as sent once its e-mail is made, not when the window is opened."""
        result = super()._send_mail(move, mail_template, **kwargs)
        data = move.sending_data or {}
        if task_id := data.get(COPY) or self.env.context.get(COPY):
            user = self.env["res.users"].browse(data.get("author_user_id") or self.env.uid).exists()
            self.env["crm.collection.task"].browse(task_id)._copy_sent(move, user or self.env.user)
        return result
