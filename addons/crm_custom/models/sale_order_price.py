from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

ACTIVITY = "crm_custom.mail_activity_type_price_approval"


class SaleOrder(models.Model):
    """Prices of the customer's class, and approval of what departs from them.

    Only customers whose class has a policy with a price list or a largest discount are judged. Confirmation is
    refused while a line departs without approval, whatever the door: button, portal, API, import, direct write; a
    confirmed order's prices are held to the same.
    """

    _inherit = "sale.order"

    crm_price_approval_ids = fields.One2many("crm.price.approval", "order_id", "Price Approvals", copy=False)
    crm_price_state = fields.Selection(
        [
            ("agreed", "As agreed"),
            ("departs", "Needs approval"),
            ("requested", "Approval asked"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        string="Prices",
        compute="_compute_crm_price_state",
    )
    crm_price_text = fields.Char("Prices That Depart", compute="_compute_crm_price_state")
    crm_price_request_id = fields.Many2one("crm.price.approval", compute="_compute_crm_price_state")
    crm_price_may_decide = fields.Boolean(compute="_compute_crm_price_state")

    # === WHAT IS DUE === #

    def _crm_due_pricelist(self):
        """The customer's own price list, else that of its class, else the one Odoo would take."""
        self.ensure_one()
        order = self.with_company(self.company_id).sudo()
        customer = order.partner_id
        policy = order._class_policies()[order]
        enabled = self.env["res.groups"]._is_feature_enabled("product.group_product_pricelist")
        if not enabled:
            return order.pricelist_id
        if customer.specific_property_product_pricelist:
            return customer.specific_property_product_pricelist
        if policy and policy.pricelist_id.active:
            return policy.pricelist_id
        return customer.property_product_pricelist

    def _crm_departures(self):
        """{order: {line: percent}} of lines that depart from the price due; orders of judged customers only."""
        judged = self.filtered("partner_id")
        policies = judged.sudo()._class_policies() if judged else {}
        result = {}
        for order, policy in policies.items():
            if not policy or not (policy.pricelist_id or policy.max_discount):
                continue
            lines = order.order_line.filtered(lambda line: line._crm_is_priced())
            found = {line: line._crm_deviation(policy) for line in lines}
            result[order.with_env(self.env)] = {line: percent for line, percent in found.items() if percent}
        return result

    def _crm_uncovered(self, lines):
        """Those of the departing lines that no approval of the order covers."""
        self.ensure_one()
        approved = self.sudo().crm_price_approval_ids.filtered(lambda approval: approval.state == "approved").line_ids
        return [
            line
            for line in lines
            if not any(
                entry.order_line_id == line._origin and entry._covers(line, line._crm_due_price()) for entry in approved
            )
        ]

    def _crm_check_prices(self):
        for order, lines in self._crm_departures().items():
            if uncovered := order._crm_uncovered(lines):
                raise ValidationError(
                    self.env._(
                        "%(order)s: these prices are not those of the customer's class and nobody approved them: "
                        "%(lines)s. Ask for approval, or update the prices.",
                        order=order.name,
                        lines=order._crm_describe({line: lines[line] for line in uncovered}),
                    )
                )

    def _crm_describe(self, departures):
        """'Lamp -10 %, Chair +5 %'."""
        return ", ".join(
            f"{line.product_id.display_name or line.name} {percent:+g} %" for line, percent in departures.items()
        )

    @api.constrains("state", "partner_id", "pricelist_id")
    def _check_crm_prices(self):
        self.filtered(lambda order: order.state == "sale")._crm_check_prices()

    # === ON THE FORM === #

    @api.depends(
        "order_line.price_unit",
        "order_line.discount",
        "order_line.product_uom_qty",
        "partner_id",
        "state",
        "crm_price_approval_ids.state",
    )
    @api.depends_context("uid")
    def _compute_crm_price_state(self):
        departures = self.filtered(lambda order: order.state != "cancel")._crm_departures()
        for order in self:
            lines = departures.get(order, {})
            uncovered = order._crm_uncovered(lines) if lines else []
            last = order.sudo().crm_price_approval_ids[:1]
            asked = order.sudo().crm_price_approval_ids.filtered(lambda approval: approval.state == "requested")[:1]
            order.crm_price_request_id = asked
            order.crm_price_may_decide = bool(asked) and asked._may_decide(self.env.user)
            order.crm_price_text = order._crm_describe({line: lines[line] for line in uncovered or lines})
            if asked:
                order.crm_price_state = "requested"
            elif uncovered:
                order.crm_price_state = "refused" if last.state == "refused" else "departs"
            else:
                order.crm_price_state = "approved" if lines else "agreed"

    # === REQUEST === #

    def action_crm_ask_price(self):
        """Ask for approval: a dialog with the prices due and the prices wanted."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["crm.price.request"].create({"order_id": self.id, "line_ids": self._crm_request_lines()})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for Approval of Prices"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _crm_request_lines(self):
        """Lines that depart; of an order that holds to its prices, all: to ask before they are changed."""
        departing = self._crm_departures().get(self, {})
        priced = self.order_line.filtered(lambda line: line._crm_is_priced())
        return [
            (
                0,
                0,
                {
                    "order_line_id": line.id,
                    "quantity": line.product_uom_qty,
                    "price_due": line._crm_due_price(),
                    "price_asked": line._crm_net_price(),
                },
            )
            for line in (departing or priced)
        ]

    def action_crm_approve_price(self):
        self.crm_price_request_id.with_env(self.env).action_approve()

    def action_crm_refuse_price(self):
        self.crm_price_request_id.with_env(self.env).action_refuse()

    def _crm_request_price(self, reason, lines):
        """Log a request and tell those who decide. `lines`: values of crm.price.approval.line."""
        self.ensure_one()
        self.check_access("write")
        if self.crm_price_approval_ids.sudo().filtered(lambda approval: approval.state == "requested"):
            raise UserError(self.env._("Approval of this order's prices is asked for already."))
        approval = (
            self.env["crm.price.approval"]
            .sudo()
            .create(
                {
                    "order_id": self.id,
                    "user_id": self.env.uid,
                    "reason": reason,
                    "line_ids": [(0, 0, values) for values in lines],
                }
            )
        )
        for user in approval._deciders(self.sudo()):
            self.sudo().activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=self.env._("Decide on the prices of %(order)s", order=self.name),
                note=Markup("<p>%s</p>") % reason,
            )
        self.message_post(body=self.env._("Approval of prices asked for: %(reason)s", reason=reason))
        return approval.with_env(self.env)

    def _crm_close_price_activities(self):
        self.activity_feedback([ACTIVITY])
