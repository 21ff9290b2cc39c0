from odoo import api, fields, models

from ..tools import credit


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Nothing of this is stored; figures are those of the commercial partner at the current company's legal entity.
    crm_credit_visible = fields.Boolean(compute="_compute_crm_credit", compute_sudo=True)
    crm_credit_state = fields.Selection(
        credit.STATES,
        "Credit State",
        compute="_compute_crm_credit",
        compute_sudo=True,
    )
    crm_credit_currency_id = fields.Many2one("res.currency", compute="_compute_crm_credit", compute_sudo=True)
    crm_credit_receivable = fields.Monetary(
        "Open Receivables",
        compute="_compute_crm_credit",
        compute_sudo=True,
        currency_field="crm_credit_currency_id",
    )
    crm_credit_unapplied = fields.Monetary(
        "Unapplied Receipts",
        compute="_compute_crm_credit",
        compute_sudo=True,
        currency_field="crm_credit_currency_id",
        help="Receipts and credit notes not yet matched with invoices.",
    )
    crm_credit_uninvoiced = fields.Monetary(
        "Orders to Invoice",
        compute="_compute_crm_credit",
        compute_sudo=True,
        currency_field="crm_credit_currency_id",
        help="Confirmed orders at ordered quantity, tax included.",
    )
    crm_credit_draft = fields.Monetary(
        "Draft Invoices",
        compute="_compute_crm_credit",
        compute_sudo=True,
        currency_field="crm_credit_currency_id",
    )
    crm_credit_exposure = fields.Monetary(
        "Exposure",
        compute="_compute_crm_credit",
        compute_sudo=True,
        currency_field="crm_credit_currency_id",
    )
    crm_credit_limit = fields.Monetary(
        "Limit", compute="_compute_crm_credit", compute_sudo=True, currency_field="crm_credit_currency_id"
    )
    crm_credit_overdue = fields.Monetary(
        "Overdue, Net of Receipts",
        compute="_compute_crm_credit",
        compute_sudo=True,
        currency_field="crm_credit_currency_id",
        help="Past due today and not disputed, less unapplied receipts.",
    )
    crm_credit_overdue_limit = fields.Monetary(
        "Overdue Allowed",
        compute="_compute_crm_credit",
        compute_sudo=True,
        currency_field="crm_credit_currency_id",
    )
    crm_credit_days = fields.Integer("Oldest Overdue (Days)", compute="_compute_crm_credit", compute_sudo=True)
    crm_credit_max_days = fields.Integer("Days Allowed", compute="_compute_crm_credit", compute_sudo=True)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_crm_credit(self):
        root = self.env.company.root_id
        visible = self.filtered(lambda partner: partner._crm_credit_may_see())
        rows = self.env["crm.credit.exposure"]._rows(root, visible.commercial_partner_id._origin)
        for partner in self:
            row = rows.get(partner.commercial_partner_id._origin.id, {}) if partner in visible else {}
            partner.crm_credit_visible = bool(row)
            partner.crm_credit_state = row.get("state", credit.NONE)
            partner.crm_credit_currency_id = root.currency_id
            partner.crm_credit_receivable = row.get("receivable", 0.0)
            partner.crm_credit_unapplied = row.get("unapplied", 0.0)
            partner.crm_credit_uninvoiced = row.get("uninvoiced", 0.0)
            partner.crm_credit_draft = row.get("draft", 0.0)
            partner.crm_credit_exposure = row.get("exposure", 0.0)
            partner.crm_credit_limit = row.get("amount_limit", 0.0)
            partner.crm_credit_overdue = row.get("overdue", 0.0)
            partner.crm_credit_overdue_limit = row.get("overdue_limit", 0.0)
            partner.crm_credit_days = row.get("days_overdue", 0)
            partner.crm_credit_max_days = row.get("max_days_overdue", 0)

    def _crm_credit_may_see(self):
        """Accounting and sales managers see every customer's credit, a salesperson that of own customers."""
        user = self.env.user
        if user.has_groups(
            "account.group_account_readonly,account.group_account_invoice,sales_team.group_sale_salesman_all_leads"
        ):
            return True
        return user.has_group("sales_team.group_sale_salesman") and self.sudo().commercial_partner_id.user_id == user

    # === ACTIONS === #

    def _crm_credit_action(self, xmlid, domain, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": domain, "context": context}

    def action_crm_credit_terms(self):
        """Open the credit terms of the customer, ready to be filled in if there are none."""
        self.ensure_one()
        partner, root = self.commercial_partner_id, self.env.company.root_id
        terms = self.env["crm.credit.limit"].search([("partner_id", "=", partner.id), ("company_id", "=", root.id)])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Terms"),
            "res_model": "crm.credit.limit",
            "res_id": terms.id,
            "view_mode": "form",
            "context": {"default_partner_id": partner.id, "default_company_id": root.id},
        }

    def action_crm_credit_orders(self):
        self.ensure_one()
        return self._crm_credit_action(
            "sale.action_orders",
            [
                ("partner_invoice_id.commercial_partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "child_of", self.env.company.root_id.id),
                ("state", "=", "sale"),
                ("invoice_status", "!=", "invoiced"),
            ],
        )

    def action_crm_credit_drafts(self):
        self.ensure_one()
        return self._crm_credit_action(
            "account.action_move_out_invoice_type",
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "child_of", self.env.company.root_id.id),
                ("state", "=", "draft"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ],
        )

    def action_crm_credit_decisions(self):
        self.ensure_one()
        return self._crm_credit_action(
            "crm_finance_bridge.crm_credit_decision_action",
            [("partner_id", "=", self.commercial_partner_id.id)],
        )

    def action_crm_open_items(self):
        """The open receivable items behind the figure (own ones for a salesperson without accounting rights)."""
        return self._crm_open_items("residual", ">")

    def action_crm_unapplied_items(self):
        return self._crm_open_items("residual", "<")

    def _crm_open_items(self, name, operator):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Items"),
            "res_model": "crm.open.item",
            "view_mode": "list,pivot,graph",
            "domain": [
                ("partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "child_of", self.env.company.root_id.id),
                (name, operator, 0),
            ],
            "context": {"as_of": False},
        }
