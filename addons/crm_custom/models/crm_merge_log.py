from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError


class CrmMergeLog(models.Model):
    """What was merged or archived: who, when, why, which values won, which records moved; and the way back.

    Merging is Odoo's own (base.partner.merge.automatic.wizard); this model takes a picture before it, and undoes
    the merge from the picture (see crm_merge_log_undo.py).
    """

    _name = "crm.merge.log"
    _description = "Merged or Archived Customer"
    _order = "date desc, id desc"
    _rec_name = "source_name"

    action = fields.Selection([("merge", "Merged"), ("archive", "Archived")], required=True, readonly=True)
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Done by",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The record that stayed, or the archived one.",
    )
    partner_ref = fields.Integer(string="Id of the record that stayed", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source_ref = fields.Integer(string="Id of the merged record", readonly=True)
    source_name = fields.Char(string="Merged or archived record", readonly=True)
    reason = fields.Char(string="Why", readonly=True)
    won_values = fields.Text(string="Values that won", readonly=True)
    line_ids = fields.One2many("crm.merge.log.line", "log_id", readonly=True)
    record_count = fields.Integer(string="Records moved", readonly=True)
    snapshot = fields.Json(readonly=True, groups="base.group_system")
    state = fields.Selection([("done", "Done"), ("undone", "Undone")], default="done", required=True, readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    undone_date = fields.Datetime(readonly=True)

    @api.model
    def _check_steward(self):
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales manager merges or archives customers."))

    # === MERGE === #

    @api.model
    def _merge(self, partner, source, values, reason=""):
        """Merge `source` into `partner`, with these values for it; returns the log."""
        self._check_steward()
        for record in (partner, source):
            record.check_access("write")
        self = self.sudo()
        partner, source = partner.sudo(), source.sudo()
        try:
            (partner | source).lock_for_update()
        except LockError as error:
            raise UserError(self.env._("Somebody else is working on one of the two. Try again.")) from error
        log = self.create(
            {
                "action": "merge",
                "partner_id": partner.id,
                "partner_ref": partner.id,
                "source_ref": source.id,
                "source_name": source.display_name,
                "company_id": partner.company_id.id,
                "reason": reason,
                "won_values": self._won_text(partner, values),
            }
        )
        log._picture(partner, source)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([partner.id, source.id], partner, extra_checks=False)
        partner.write(values)
        self.env["crm.partner.key"]._mark(partner.ids)
        log._picture_after(partner)
        return log.sudo(False)

    @api.model
    def _won_text(self, partner, values):
        """One line a field: label, value that stays."""
        labels = partner.fields_get(list(values), ["string"])
        lines = []
        for name, value in values.items():
            field = partner._fields[name]
            text = self.env[field.comodel_name].browse(value).display_name if field.type == "many2one" else value
            lines.append(f"{labels[name]['string']}: {text or '-'}")
        return "\n".join(lines)

    # === ARCHIVE === #

    @api.model
    def _archive(self, partners, reason):
        """Archive partners, one log each; those with open documents are refused by name."""
        self._check_steward()
        partners.check_access("write")
        busy = partners.sudo().filtered(lambda partner: partner.user_ids)
        if busy:
            raise UserError(
                self.env._("These are users and stay: %(names)s", names=", ".join(busy.mapped("display_name")))
            )
        logs = self.sudo().create(
            [
                {
                    "action": "archive",
                    "partner_id": partner.id,
                    "partner_ref": partner.id,
                    "source_ref": partner.id,
                    "source_name": partner.display_name,
                    "company_id": partner.company_id.id,
                    "reason": reason,
                }
                for partner in partners
            ]
        )
        partners.action_archive()
        return logs.sudo(False)

    def action_undo(self):
        """Bring the merged or archived record back."""
        self._check_steward()
        for log in self:
            if log.state != "done":
                raise UserError(self.env._("This is undone already."))
            if log.action == "archive":
                log.partner_id.action_unarchive()
            else:
                log.sudo()._undo_merge()
            log.sudo().write({"state": "undone", "undone_by_id": self.env.uid, "undone_date": fields.Datetime.now()})
        return True
