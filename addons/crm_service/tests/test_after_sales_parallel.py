"""Two agents at once, in real transactions of their own."""

from odoo.addons.crm_custom.tests.parallel import ParallelCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestAfterSalesParallel(ParallelCase):
    """Commits a delivery and its tickets, and removes what can be removed."""

    def _prepare(self, env):
        """A delivery of ten and two returns of six each, not asked for yet."""
        product = env["product.product"].create({"name": "Parallel cup", "type": "consu", "list_price": 1})
        partner = env["res.partner"].create({"name": "Parallel buyer"})
        order = env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 10})]}
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 10, "picked": True})
        picking.button_validate()
        ticket = env["crm.ticket"].create({"name": "Parallel", "sale_order_line_id": order.order_line.id})
        reason = env.ref("crm_service.crm_return_reason_defect")
        returns = env["crm.return"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "picking_id": picking.id,
                    "reason_id": reason.id,
                    "line_ids": [(0, 0, {"move_id": picking.move_ids.id, "quantity": 6})],
                }
                for _number in range(2)
            ]
        )
        return returns.ids, picking.move_ids.id, order.id

    def _remove(self, env, order_id, return_ids):
        returns = env["crm.return"].browse(return_ids)
        returns.action_cancel()
        tickets = returns.ticket_id
        (env["sale.order"].browse(order_id).picking_ids - returns.picking_id).unlink()
        returns.unlink()
        tickets.unlink()
        env["sale.order"].browse(order_id).partner_id.active = False

    def test_the_same_goods_asked_for_at_once(self):
        """R085: of ten delivered, two agents ask for six each at once: one gets them, the other hears of 4."""
        return_ids, move_id, order_id = self._commit(self._prepare)
        self.addCleanup(self._commit, lambda env: self._remove(env, order_id, return_ids))
        acts = [lambda env, number=number: env["crm.return"].browse(number).action_submit() for number in return_ids]
        outcome = self._at_once(acts)
        self.assertEqual(sorted(act.state for act in outcome), ["done", "refused"], outcome)
        self.assertIn("only 4 of", "".join(act.message for act in outcome))

        def read(env):
            moves = env["stock.move"].search([("origin_returned_move_id", "=", move_id), ("state", "!=", "cancel")])
            states = env["crm.return"].browse(return_ids).mapped("state")
            return sum(moves.mapped("product_uom_qty")), sorted(states)

        self.assertEqual(self._commit(read), (6, ["approved", "draft"]))
