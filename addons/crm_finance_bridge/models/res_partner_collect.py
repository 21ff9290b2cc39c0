from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Nothing of this is stored; figures are those of the commercial partner at the active companies.
    crm_promise_count = fields.Integer("Open Promises", compute="_compute_crm_collect", compute_sudo=True)
    crm_dispute_count = fields.Integer("Open Disputes", compute="_compute_crm_collect", compute_sudo=True)

    @api.depends("commercial_partner_id")
    @api.depends_context("companies", "uid")
    def _compute_crm_collect(self):
        visible = self.filtered(lambda partner: partner._crm_credit_may_see())
        domain = [
            ("partner_id", "in", visible.commercial_partner_id.ids),
            ("company_id", "in", self.env.companies.ids),
            ("state", "=", "open"),
        ]
        counts = [
            dict(self.env[model]._read_group(domain, ["partner_id"], ["__count"])) if visible else {}
            for model in ("crm.payment.promise", "crm.dispute")
        ]
        for partner in self:
            customer = partner.commercial_partner_id._origin if partner in visible else partner.browse()
            partner.crm_promise_count, partner.crm_dispute_count = (found.get(customer, 0) for found in counts)

    def action_crm_promises(self):
        self.ensure_one()
        partner = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_payment_promise_action")
        return {**action, "domain": [("partner_id", "=", partner.id)], "context": {"default_partner_id": partner.id}}

    def action_crm_disputes(self):
        self.ensure_one()
        partner = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_dispute_action")
        return {**action, "domain": [("partner_id", "=", partner.id)], "context": {"default_partner_id": partner.id}}

    # === PRIVACY === #

    def _crm_person_sections(self):
        """What a person promised and disputed, and what was said about money, is known about the person."""
        mine = [("partner_id", "=", self.id)]
        Call = self.env["crm.collection.call"]
        results = dict(Call._fields["result"]._description_selection(self.env))
        return [
            *super()._crm_person_sections(),
            (
                self.env._("Promises to pay"),
                self._crm_person_rows(
                    "crm.payment.promise", mine, "date_logged", lambda row: f"{row.display_name} {row.note or ''}"
                ),
            ),
            (
                self.env._("Disputes"),
                self._crm_person_rows(
                    "crm.dispute",
                    mine,
                    "date_open",
                    lambda row: " ".join(
                        [row.name, row.cause_id.complete_name, row.description or "", row.outcome_note or ""]
                    ),
                ),
            ),
            (
                self.env._("Contacts about overdue money"),
                self._crm_person_rows(Call._name, mine, "date", lambda row: f"{results[row.result]} {row.note or ''}"),
            ),
        ]

    def _crm_erase_more(self):
        """Free texts go; who promised what for which invoice is bookkeeping and stays."""
        mine = Domain("partner_id", "in", self.ids)
        promises = self.env["crm.payment.promise"].sudo().search(mine)
        disputes = self.env["crm.dispute"].sudo().search(mine)
        calls = self.env["crm.collection.call"].sudo().search(mine & Domain("note", "!=", False))
        promises.filtered("note").write({"note": False})
        texts = disputes.filtered(lambda dispute: dispute.description or dispute.outcome_note)
        texts.with_context(tracking_disable=True).write({"description": False, "outcome_note": False})
        calls.write({"note": False})
        self._crm_erase_talk(promises)
        self._crm_erase_talk(disputes)
        return super()._crm_erase_more() + len(promises) + len(disputes) + len(calls)

    def _crm_erase_talk(self, records):
        """What was written to and about the person on records that stay; who did what and when stays with them."""
        mine = Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)
        messages = self.env["mail.message"].sudo().search(mine)
        former = Domain("mail_message_id", "in", messages.ids) & Domain("field_id.ttype", "in", ("char", "text"))
        self.env["mail.tracking.value"].sudo().search(former).unlink()
        messages.filtered(lambda message: message.message_type != "notification").unlink()
