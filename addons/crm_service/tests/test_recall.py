from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .light import LightCommon

MARCH = datetime(2026, 3, 2, 10)


@tagged("post_install", "-at_install")
class TestRecall(LightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.stock = cls.warehouse.lot_stock_id
        cls.outside = cls.env.ref("stock.stock_location_customers")
        cls.kettle = cls.env["product.product"].create({"name": "Kettle", "is_storable": True})
        cls.pan = cls.env["product.product"].create({"name": "Pan", "is_storable": True, "tracking": "lot"})
        cls.lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.pan.id, "company_id": cls.company.id} for name in ("PAN-1", "PAN-2")]
        )

    @classmethod
    def _partners(cls, number, **values):
        return cls.env["res.partner"].create(
            [{"name": f"Buyer {n}", "email": f"buyer{n}@recall.test", **values} for n in range(number)]
        )

    @classmethod
    def _ship(cls, partners, quantity=2, product=None, lot=None, date=MARCH, back=None):
        """Ship to each partner; `back`: the moves that come back."""
        product = product or cls.kettle
        places = (cls.outside, cls.stock) if back else (cls.stock, cls.outside)
        moves = cls.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": places[0].id,
                    "location_dest_id": places[1].id,
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "origin_returned_move_id": back[number].id if back else False,
                    "move_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "quantity": quantity,
                                "lot_id": lot.id if lot else False,
                                "location_id": places[0].id,
                                "location_dest_id": places[1].id,
                                "company_id": cls.company.id,
                            }
                        )
                    ],
                }
                for number, partner in enumerate(partners)
            ]
        )
        moves.picked = True
        moves._action_done()
        moves.write({"date": date})
        return moves

    def _recall(self, products=None, **values):
        return (
            self.env["crm.recall"]
            .with_user(self.supervisor)
            .create(
                {
                    "name": "Handles break",
                    "product_ids": [Command.set((products or self.kettle).ids)],
                    "team_id": self.team.id,
                    "message": "<p>Please send it back.</p>",
                    **values,
                }
            )
        )

    def _shipped(self, recall):
        return {line.partner_id: (line.quantity_shipped, line.quantity_left) for line in recall.line_ids}

    def test_every_customer_shipped_is_found(self):
        """R127: product, lots and days; orders of contacts count for their company; what came back is taken off."""
        one, two, three = self._partners(3)
        first = self._ship(one | two)
        self._ship(self.contact, 5)
        self._ship(one, 1, date=datetime(2026, 4, 1, 10))
        self._ship(three, 3, self.pan, self.lots[0])
        self._ship(one, 4, self.pan, self.lots[1])
        self._ship(two, 1, back=first[1])
        recall = self._recall()
        recall.action_find()
        self.assertEqual(self._shipped(recall), {one: (3, 3), two: (2, 1), self.customer: (5, 5)})
        self.assertEqual(
            (recall.state, recall.customer_count, recall.quantity_shipped, recall.quantity_returned),
            ("found", 3, 10, 1),
        )
        self.assertEqual(recall.line_ids.filtered(lambda line: line.partner_id == two)._shipped_moves(), first[1])
        march = self._recall(date_from="2026-03-02", date_to="2026-03-31")
        march.action_find()
        self.assertEqual(self._shipped(march)[one], (2, 2))
        lots = self._recall(self.pan, lot_ids=[Command.set(self.lots[0].ids)])
        lots.action_find()
        self.assertEqual(self._shipped(lots), {three: (3, 3)})
        # Run again: nobody twice, what came back and what was shipped meanwhile is known.
        self._ship(two, 1, back=first[1])
        self._ship(three, 1)
        recall.action_find()
        self.assertEqual(self._shipped(recall), {one: (3, 3), two: (2, 0), self.customer: (5, 5), three: (1, 1)})
        self.assertEqual(recall.affected_count, 3)

    def test_one_ticket_each_and_the_answer_rate(self):
        """R127: one ticket and one mail a customer, nothing new when run twice; answered of informed is the rate."""
        partners = self._partners(4)
        moves = self._ship(partners)
        partners[3].email = False
        self._ship(partners[2], 2, back=moves[2])  # has none left
        recall = self._recall()
        with self.assertRaises(UserError):
            recall.action_inform()
        recall.action_find()
        self.assertEqual(recall.answer_text, "Nobody informed yet")
        recall.action_inform()
        recall.action_inform()
        self.env["crm.recall"]._process_inform(MARCH)
        tickets = self.env["crm.ticket"].search([("recall_id", "=", recall.id)])
        self.assertEqual(tickets.partner_id, partners[0] | partners[1] | partners[3])
        self.assertEqual(len(tickets), 3)
        self.assertEqual(set(tickets.mapped("stage_kind")), {"waiting"})
        mails = self.env["mail.mail"].sudo().search([("model", "=", "crm.ticket"), ("res_id", "in", tickets.ids)])
        self.assertEqual(sorted(mails.recipient_ids.mapped("email")), ["buyer0@recall.test", "buyer1@recall.test"])
        self.assertEqual(len(mails), 2)
        self.assertIn(
            tickets.filtered(lambda item: item.partner_id == partners[0]).number,
            mails.mapped("subject")[0] + mails.mapped("subject")[1],
        )
        state = {line.partner_id: line.state for line in recall.line_ids}
        self.assertEqual([state[partner] for partner in partners], ["informed", "informed", "returned", "no_address"])
        # An answer by mail, and a call by an agent.
        ticket = tickets.filtered(lambda item: item.partner_id == partners[0])
        ticket.message_post(
            body="I send it back", author_id=partners[0].id, message_type="email", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual((recall.informed_count, recall.answered_count, recall.answer_rate), (2, 1, 50))
        call = recall.line_ids.filtered(lambda line: line.partner_id == partners[3]).with_user(self.agent)
        call.action_informed()
        call.answer = "used"
        self.assertEqual(recall.answer_text, "66.7 % (2 of 3)")
        self.assertEqual(ticket.stage_kind, "open")
        with self.assertRaises(UserError):
            recall.product_ids = self.pan
        with self.assertRaises(UserError):
            recall.unlink()

    def test_killed_midway_nobody_is_left_out_or_asked_twice(self):
        """R127: what a run has done stands, the next one does the rest."""
        self._ship(self._partners(7))
        recall = self._recall()
        recall.action_find()
        recall.sudo().state = "running"
        lines = recall.sudo()
        self.assertEqual([lines._inform(MARCH, limit=3) for _run in range(4)], [3, 3, 1, 0])
        self.assertEqual(len(recall.line_ids.ticket_id), 7)
        self.assertEqual(self.env["crm.ticket"].search_count([("recall_id", "=", recall.id)]), 7)

    def test_queries_of_ten_and_of_a_hundred(self):
        """R127: finding is one statement; informing costs few queries a customer."""
        small, large = self._recall(self.kettle), self._recall(self.pan)
        partners = self._partners(100)
        self._ship(partners[:10])
        self._ship(partners, product=self.pan, lot=self.lots[0])
        counts = {}
        for recall in (small, large):
            recall = recall.sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            recall.action_find()
            self.env.flush_all()
            found = self.cr.sql_log_count
            recall.state = "running"
            recall._inform(MARCH)
            self.env.flush_all()
            counts[len(recall.line_ids)] = (found - before, self.cr.sql_log_count - found)
        self.assertEqual(set(counts), {10, 100})
        self.assertLessEqual(counts[100][0] - counts[10][0], 2)
        self.assertLessEqual((counts[100][1] - counts[10][1]) / 90, 6, counts)

    def test_agents_answer_managers_recall(self):
        """R127: an agent records answers only; other companies see nothing."""
        self._ship(self._partners(1))
        recall = self._recall()
        recall.action_find()
        for act in ("action_find", "action_inform", "action_close"):
            with self.assertRaises(AccessError):
                getattr(recall.with_user(self.agent), act)()
        with self.assertRaises(AccessError):
            recall.line_ids.with_user(self.agent).quantity_left = 0
        company = self.env["res.company"].create({"name": "Recall House"})
        other = self._user("recall_other", "crm_service.group_service_manager")
        other.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertFalse(self.env["crm.recall"].with_user(other).search([]))
        self.assertFalse(self.env["crm.recall.line"].with_user(other).search([]))
