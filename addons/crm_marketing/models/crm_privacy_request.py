import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmPrivacyRequest(models.Model):
    """A person asks what is known about it, or to be forgotten. Never deleted: it is the proof of the answer.

    The export is a workbook of everything that is kept on the person. Erasing (crm_privacy_erase.py) is a manager's
    decision, refused while orders or invoices are open; documents that the law keeps stay, the person behind them
    goes, and the address stays on the list of those who refuse.
    """

    _name = "crm.privacy.request"
    _description = "Privacy Request"
    _order = "id desc"

    name = fields.Char(string="Person", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True, ondelete="set null", index=True)
    kind = fields.Selection(
        [("export", "Data asked for"), ("erase", "To be forgotten")], string="Request", required=True, readonly=True
    )
    state = fields.Selection(
        [("asked", "To do"), ("done", "Done"), ("refused", "Refused")], default="asked", required=True, readonly=True
    )
    source = fields.Selection([("portal", "Customer portal"), ("staff", "A colleague")], required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Entered by", readonly=True, ondelete="set null")
    reason = fields.Char(help="Why it is refused.")
    done_by_id = fields.Many2one("res.users", string="Done by", readonly=True, ondelete="set null")
    done_date = fields.Datetime(string="Done on", readonly=True)
    report = fields.Text(string="What was done", readonly=True)
    attachment_id = fields.Many2one("ir.attachment", string="Workbook", readonly=True, ondelete="set null")

    @api.model
    def _ask(self, partner, kind, source="staff"):
        """The request of the person; one that waits already is enough."""
        partner.ensure_one()
        waiting = self.search([("partner_id", "=", partner.id), ("kind", "=", kind), ("state", "=", "asked")], limit=1)
        return waiting or self.create(
            {
                "name": partner.display_name,
                "partner_id": partner.id,
                "kind": kind,
                "source": source,
                "user_id": self.env.uid,
            }
        )

    def _finish(self, state, **values):
        self.sudo().write({"state": state, "done_by_id": self.env.uid, "done_date": fields.Datetime.now(), **values})

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales administrator exports or erases a person's data."))
        if self.filtered(lambda request: request.state != "asked"):
            raise UserError(self.env._("This request is answered already."))

    def action_do(self):
        """Answer the request: make the workbook, or erase the person."""
        self._check_manager()
        for request in self:
            if not request.partner_id:
                raise UserError(self.env._("The contact does not exist any more."))
            request.partner_id.check_access("write")
            if request.kind == "export":
                request._export()
            else:
                request._finish("done", report=request.partner_id.sudo()._crm_erase_person())

    def action_refuse(self):
        self._check_manager()
        for request in self:
            if not (request.reason or "").strip():
                raise UserError(self.env._("Give a reason first."))
            request._finish("refused")

    def _export(self):
        partner = self.partner_id.sudo()
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{partner.name}.xlsx",
                    "datas": base64.b64encode(partner._crm_person_workbook()),
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        self._finish("done", attachment_id=attachment.id)

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "download",
        }
