from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context


class CrmReturn(models.Model):
    """The steps of a return. Each checks the step before and the user's right, then acts with the rights it needs."""

    _inherit = "crm.return"

    def _check_step(self, *states):
        """Raise unless the user may write these returns and they are in one of the states."""
        self.check_access("write")
        names = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "%(number)s is in the step '%(state)s': this is not possible now.",
                        number=record.name,
                        state=names[record.state],
                    )
                )

    def _check_agent(self):
        if not self.env.user.has_group("crm_service.group_service_user"):
            raise AccessError(self.env._("Only service agents may do this."))

    def _check_free(self):
        """Raise when more comes back than was delivered and has not come back yet.

        The delivered moves are locked until the end of the transaction: of two users who ask for the last unit one
        waits for the other, and then sees what the other took.
        """
        for record in self:
            lines = record.sudo().line_ids
            if not lines:
                raise UserError(self.env._("Choose what comes back first."))
            lines.move_id._crm_lock()
            free = lines.move_id._crm_free_to_return(record)
            for move, items in lines.grouped("move_id").items():
                if move.product_uom.compare(sum(items.mapped("quantity")), free[move]) > 0:
                    raise UserError(
                        self.env._(
                            "%(product)s: only %(free)g of delivery %(delivery)s may still come back.",
                            product=move.product_id.display_name,
                            free=free[move],
                            delivery=move.picking_id.name,
                        )
                    )

    # === ASK AND APPROVE === #

    def action_submit(self):
        """Ask for approval; up to the limit of the team the return is approved at once."""
        self._check_agent()
        self._check_step("draft")
        self._check_free()
        now = fields.Datetime.now()
        for record in self:
            record.sudo().write({"state": "approval", "date_submitted": now})
            limit = record.team_id.sudo().return_limit
            if record.company_currency_id.compare_amounts(record.amount_company, limit) <= 0:
                record._expect_goods()
            else:
                record._ask_approver()

    def _ask_approver(self):
        approver = self.team_id.sudo().user_id or self.env.ref("base.user_admin", raise_if_not_found=False)
        if approver:
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Approve return %(number)s", number=self.name),
                user_id=approver.id,
            )

    def action_approve(self):
        self._check_step("approval")
        for record in self:
            if not record._is_approver():
                raise AccessError(
                    self.env._(
                        "%s is approved by a service manager, or by the team's leader up to the leader's limit.",
                        record.name,
                    )
                )
            record._expect_goods()
            record.sudo().approver_id = self.env.user
            record.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def action_refuse(self):
        self._check_step("approval")
        for record in self:
            if not record._is_approver():
                raise AccessError(self.env._("%s is refused by who may approve it.", record.name))
            record.sudo().write({"state": "refused", "approver_id": self.env.uid})
            record.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def action_cancel(self):
        """Goods that are on the way are no longer expected; what came cannot be cancelled."""
        self._check_agent()
        self._check_step("draft", "approval", "approved")
        for record in self.sudo():
            if record.receipt_id.state not in (False, "done", "cancel"):
                record.receipt_id.action_cancel()
            record.activity_unlink(["mail.mail_activity_data_todo"])
            record.state = "cancel"

    def _expect_goods(self):
        """Make the receipt with Odoo's return wizard."""
        self._check_free()
        record = self.sudo().with_company(self.company_id)
        wizard = record._wizard([(line, line.quantity) for line in record.line_ids])
        receipt = wizard._create_return()
        record.write({"state": "approved", "date_approved": fields.Datetime.now(), "receipt_id": receipt.id})

    def _wizard(self, quantities):
        """Odoo's return wizard for these lines: [(line, quantity)]."""
        context = {**clean_context(self.env.context), "active_model": "stock.picking", "active_id": self.picking_id.id}
        return (
            self.env["stock.return.picking"]
            .with_context(**{**context, "active_ids": self.picking_id.ids})
            .create(
                {
                    "picking_id": self.picking_id.id,
                    "ticket_id": self.ticket_id.id,
                    "product_return_moves": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "move_id": line.move_id.id,
                                "quantity": quantity,
                                "crm_return_line_id": line.id,
                            }
                        )
                        for line, quantity in quantities
                    ],
                }
            )
        )

    # === RECEIVE AND INSPECT === #

    def _goods_came(self):
        """Called when a transfer is done: write down what came; the first receipt opens the inspection."""
        now = fields.Datetime.now()
        for record in self.sudo().filtered(lambda item: item.state in ("approved", "received")):
            for line in record.line_ids:
                line.quantity_received = line._received()
            if record.state == "approved" and any(record.line_ids.mapped("quantity_received")):
                record.write({"state": "received", "date_received": now})

    def action_inspected(self):
        """Close the inspection: the bad goods go where the inspector says."""
        self._check_step("received")
        for record in self:
            record.line_ids._check_rest()
            record.line_ids._check_inspection()
            record.line_ids._dispose()
            record.sudo().write({"state": "inspected", "date_inspected": fields.Datetime.now()})
            record._note(self.env._("Goods of %(number)s were inspected.", number=record.name))

    # === SETTLE === #

    def action_refund(self):
        """Make the draft credit note for what was accepted; the accountants post it."""
        self._check_agent()
        self._check_step("inspected")
        self.ensure_one()
        self._make_refunds()
        self._settle("refund")
        return self.action_open_refunds()

    def _make_refunds(self):
        record = self.sudo().with_company(self.company_id)
        invoices = record.line_ids.move_id.sale_line_id.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        if not invoices:
            raise UserError(
                self.env._("Nothing was invoiced yet: what came back will not be invoiced, no credit note is needed.")
            )
        context = {**clean_context(self.env.context), "active_model": "account.move", "active_ids": invoices.ids}
        wizard = (
            self.env["account.move.reversal"]
            .sudo()
            .with_context(**context)
            .create(
                {
                    "ticket_id": record.ticket_id.id,
                    "crm_return_id": record.id,
                    "reason": record.name,
                    "journal_id": invoices.journal_id[:1].id,
                }
            )
        )
        wizard.refund_moves()

    def action_replace(self):
        """Ship again what was accepted, free of charge: the order line counts it as delivered again."""
        self._check_agent()
        self._check_step("inspected")
        self.ensure_one()
        record = self.sudo().with_company(self.company_id)
        wanted = [
            (line, line.quantity_accepted)
            for line in record.line_ids
            if not line.product_uom_id.is_zero(line.quantity_accepted)
        ]
        if not wanted:
            raise UserError(self.env._("Nothing was accepted: there is nothing to replace."))
        record.replacement_ids = record._wizard(wanted)._crm_send_again()
        self._settle("exchange")
        return self.action_open_replacements()

    def action_finish(self):
        """Settle without credit note or replacement: the customer gets the repaired goods back, or nothing."""
        self._check_agent()
        self._check_step("inspected")
        for record in self:
            record._settle("repair" if record.line_ids.sudo().repair_id else "none")

    def _settle(self, outcome):
        self.sudo().write({"state": "done", "outcome": outcome, "date_done": fields.Datetime.now()})
        names = dict(self._fields["outcome"]._description_selection(self.env))
        self._note(self.env._("%(number)s is settled: %(outcome)s.", number=self.name, outcome=names[outcome]))

    def _note(self, text):
        self.ticket_id.sudo()._message_log(body=text, author_id=self.env.user.partner_id.id)

    # === SMART BUTTONS === #

    def action_open_ticket(self):
        return self.ticket_id._open_records(self.ticket_id, self.env._("Ticket"))

    def action_open_receipt(self):
        return self.ticket_id._open_records(self.receipt_id, self.env._("Receipt"))

    def action_open_refunds(self):
        return self.ticket_id._open_records(self.sudo().refund_ids.sudo(False), self.env._("Credit Notes"))

    def action_open_replacements(self):
        return self.ticket_id._open_records(self.replacement_ids, self.env._("Replacements"))

    def action_open_scraps(self):
        return self.ticket_id._open_records(self.line_ids.scrap_id, self.env._("Scrap"))

    def action_open_repairs(self):
        return self.ticket_id._open_records(self.line_ids.repair_id, self.env._("Repairs"))
