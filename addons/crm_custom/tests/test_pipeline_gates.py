import base64

from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

DAY = fields.Datetime.to_datetime("2026-06-01 08:00:00")


class PipelineCommon(TransactionCase):
    """A pipeline of four stages of one team, of which the last is won; a salesperson and a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        base = "base.group_user,"
        cls.seller = new_test_user(cls.env, "pipe_seller", base + "sales_team.group_sale_salesman", name="Sal")
        cls.other = new_test_user(cls.env, "pipe_other", base + "sales_team.group_sale_salesman", name="Oth")
        cls.manager = new_test_user(cls.env, "pipe_manager", base + "sales_team.group_sale_manager", name="Mag")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Machines",
                "user_id": cls.manager.id,
                "member_ids": [Command.set((cls.seller + cls.other).ids)],
                "company_id": cls.company.id,
            }
        )
        cls.second_team = cls.env["crm.team"].create({"name": "Spare parts", "company_id": cls.company.id})
        # Stages of other teams and of a data set on which the tests run stay out of the way.
        cls.env["crm.stage"].search([]).write(
            {"team_ids": [Command.set(cls.env["crm.team"].create({"name": "x"}).ids)]}
        )
        teams = [Command.set((cls.team + cls.second_team).ids)]
        names = [("Fresh", False), ("Qualified", False), ("Offered", False), ("Signed", True)]
        cls.fresh, cls.qualified, cls.offered, cls.signed = cls.env["crm.stage"].create(
            [
                {"name": name, "is_won": won, "sequence": 1000 + number, "team_ids": teams}
                for number, (name, won) in enumerate(names)
            ]
        )
        cls.customer = cls.env["res.partner"].create({"name": "Ostermere Joinery", "is_company": True})

    def deal(self, user=None, **vals):
        user = user or self.seller
        return (
            self.env["crm.lead"]
            .with_user(user)
            .create(
                {
                    "name": "Press line",
                    "type": "opportunity",
                    "team_id": self.team.id,
                    "user_id": user.id,
                    "company_id": self.company.id,
                    **vals,
                }
            )
        )

    def gate(self, stage, *names, **vals):
        facts = [Command.create({"field_name": name}) for name in names]
        return self.env["crm.stage.gate"].create({"stage_id": stage.id, "fact_ids": facts, **vals})

    def refused(self, *texts):
        """Context: a refusal that names each of the texts."""
        case = self

        class Refused:
            def __enter__(self):
                self.catch = case.assertRaises(ValidationError)
                self.caught = self.catch.__enter__()
                return self

            def __exit__(self, *error):
                handled = self.catch.__exit__(*error)
                for text in texts if handled else ():
                    case.assertIn(text, str(self.caught.exception))
                return handled

        return Refused()


@tagged("post_install", "-at_install")
class TestStageGateDoors(PipelineCommon):
    """Each door to a later stage, with a gate before the second stage that asks for the expected closing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closing = cls.env["crm.stage.gate"].create(
            {"stage_id": cls.qualified.id, "fact_ids": [Command.create({"field_name": "date_deadline"})]}
        )

    def test_drag_and_status_bar(self):
        """R025: a write of the stage, as the kanban and the status bar do, is refused until the fact is there."""
        deal = self.deal()
        with self.refused("Press line", "Qualified", "Expected Closing"):
            deal.write({"stage_id": self.qualified.id})
        deal.invalidate_recordset()
        self.assertEqual(deal.stage_id, self.fresh)
        deal.web_save({"stage_id": self.qualified.id, "date_deadline": "2026-09-01"}, {"stage_id": {}})
        self.assertEqual(deal.stage_id, self.qualified)

    def test_won_button(self):
        deal = self.deal()
        with self.refused("Signed", "Expected Closing"):
            deal.action_set_won_rainbowman()
        deal.date_deadline = "2026-09-01"
        deal.action_set_won_rainbowman()
        self.assertEqual(deal.won_status, "won")

    def test_leap_names_the_gates_of_every_stage_passed(self):
        """One message with everything missing, stage by stage; the gate beyond the goal is not asked."""
        self.gate(self.offered, "expected_revenue", "partner_id")
        self.gate(self.signed, "description")
        deal = self.deal()
        with self.refused("Qualified: Expected Closing", "Offered: Expected Revenue", "Offered: Contact") as refusal:
            deal.stage_id = self.offered
        self.assertNotIn("Notes", str(refusal.caught.exception))
        self.assertEqual(str(refusal.caught.exception).count("•"), 3)

    def test_team_change(self):
        """A gate of one team only holds also for who comes over from another team, later stages included."""
        self.closing.team_id = self.second_team
        deal = self.deal(user=self.manager)
        deal.stage_id = self.offered
        with self.refused("Expected Closing"):
            deal.team_id = self.second_team
        deal.write({"team_id": self.second_team.id, "date_deadline": "2026-09-01"})
        self.assertEqual(deal.team_id, self.second_team)

    def test_team_change_by_change_of_salesperson(self):
        """The team that Odoo computes from the salesperson passes the same gate."""
        self.closing.team_id = self.second_team
        self.second_team.member_ids = [Command.link(self.other.id)]
        self.team.member_ids = [Command.unlink(self.other.id)]
        deal = self.deal(user=self.manager, team_id=self.team.id)
        deal.stage_id = self.offered
        with self.refused("Expected Closing"):
            deal.user_id = self.other

    def test_import(self):
        """load() of a file refuses the row and keeps nothing of it."""
        Lead = self.env["crm.lead"].with_user(self.seller).with_context(import_file=True)
        header = ["name", "type", "stage_id/.id", "team_id/.id", "date_deadline"]
        row = ["Imported", "opportunity", str(self.offered.id), str(self.team.id), ""]
        result = Lead.load(header, [row])
        self.assertFalse(result["ids"])
        self.assertIn("Expected Closing", result["messages"][0]["message"])
        self.assertFalse(Lead.search([("name", "=", "Imported")]))
        result = Lead.load(header, [[*row[:4], "2026-09-01"]])
        self.assertTrue(result["ids"])

    def test_create_straight_into_a_later_stage(self):
        with self.refused("Expected Closing"):
            self.deal(stage_id=self.offered.id)
        self.assertEqual(self.deal(stage_id=self.offered.id, date_deadline="2026-09-01").stage_id, self.offered)
        self.assertEqual(self.deal().stage_id, self.fresh, "a new deal may always begin")

    def test_quick_create_in_a_kanban_column(self):
        Lead = self.env["crm.lead"].with_user(self.seller)
        with self.refused("Expected Closing"):
            Lead.with_context(default_stage_id=self.qualified.id, default_type="opportunity").create(
                {"name": "Quick", "team_id": self.team.id}
            )

    def test_merge(self):
        """The merged deal passes the gates of the stage and team that it gets."""
        self.closing.team_id = self.second_team
        deals = self.deal(user=self.manager) + self.deal(user=self.manager)
        deals[0].stage_id = self.offered
        with self.refused("Expected Closing"):
            deals.merge_opportunity(team_id=self.second_team.id)
        deals = self.deal(user=self.manager) + self.deal(user=self.manager, date_deadline="2026-09-01")
        deals[0].stage_id = self.offered
        merged = deals.merge_opportunity(team_id=self.second_team.id)
        self.assertEqual((merged.team_id, merged.stage_id), (self.second_team, self.offered))

    def test_merge_of_a_lead_in_a_later_stage(self):
        """A lead stands in front of all gates, wherever its stage; merging makes it an opportunity."""
        lead = self.deal(type="lead", stage_id=self.offered.id)
        deal = self.deal()
        merged = (lead + deal).merge_opportunity()
        self.assertEqual((merged.type, merged.stage_id), ("opportunity", self.fresh))

    def test_conversion(self):
        """A converted lead starts in the first stage when it has not earned its own; assignment never stops."""
        lead = self.deal(type="lead", stage_id=self.offered.id)
        earned = self.deal(type="lead", stage_id=self.offered.id, date_deadline="2026-09-01")
        (lead + earned).convert_opportunity(self.customer)
        self.assertEqual((lead + earned).mapped("stage_id"), self.fresh + self.offered)
        self.assertEqual(lead.stage_id, self.fresh)
        sly = self.deal(type="lead", stage_id=self.offered.id)
        with self.refused("Expected Closing"):
            sly.type = "opportunity"

    def test_order_confirmation(self):
        """The setting wins the deal with its order; a closed gate keeps the deal, and tells what is missing."""
        self.company.crm_win_on_order = True
        deal = self.deal(partner_id=self.customer.id)
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create({"partner_id": self.customer.id, "opportunity_id": deal.id})
        )
        order.action_confirm()
        self.assertEqual((order.state, deal.stage_id), ("sale", self.fresh))
        self.assertIn("Expected Closing", deal.activity_ids.note)
        self.assertEqual(deal.activity_ids.user_id, self.seller)
        deal.date_deadline = "2026-09-01"
        second = order.copy({"opportunity_id": deal.id})
        second.action_confirm()
        self.assertEqual(deal.won_status, "won")

    def test_lost_and_back_again(self):
        """A restored deal returns to the stage it had earned; while lost, it cannot be moved past a gate either."""
        deal = self.deal(date_deadline="2026-09-01", stage_id=self.qualified.id)
        deal.date_deadline = False
        deal.action_set_lost()
        self.assertEqual(deal.won_status, "lost")
        deal.action_restore()
        self.assertEqual((deal.won_status, deal.stage_id), ("pending", self.qualified))
        other = self.deal()
        other.action_set_lost()
        with self.refused("Expected Closing"):
            other.stage_id = self.offered

    def test_back_and_forth(self):
        """Going back is free; coming again asks again."""
        deal = self.deal(date_deadline="2026-09-01", stage_id=self.qualified.id)
        deal.write({"stage_id": self.fresh.id, "date_deadline": False})
        with self.refused("Expected Closing"):
            deal.stage_id = self.qualified

    def test_without_stage_in_between(self):
        deal = self.deal()
        deal.stage_id = False
        with self.refused("Expected Closing"):
            deal.stage_id = self.offered

    def test_superuser_and_many_at_once(self):
        """sudo is no door; several deals are refused in one message."""
        deals = self.deal(name="One") + self.deal(name="Two")
        with self.refused("“One”", "“Two”"):
            deals.sudo().write({"stage_id": self.offered.id})

    def test_deleted_stage(self):
        """A deleted stage takes its gates along and leaves its name in the history."""
        with freeze_time(DAY):
            deal = self.deal(date_deadline="2026-09-01", stage_id=self.qualified.id)
        deal.stage_id = self.offered
        self.qualified.unlink()
        self.assertFalse(self.closing.exists())
        self.assertIn("Qualified", deal.stage_history_ids.mapped("stage_name"))

    def test_start_stage_has_no_gate(self):
        """A gate before the stage in which deals start would keep every mail and web form out."""
        with self.refused("Fresh"):
            self.gate(self.fresh, "date_deadline")

    def test_archived_gate_and_other_company(self):
        self.closing.active = False
        self.deal().stage_id = self.qualified
        self.closing.write({"active": True, "company_id": self.env["res.company"].create({"name": "Far"}).id})
        self.deal().stage_id = self.qualified


@tagged("post_install", "-at_install")
class TestStageGateNeeds(PipelineCommon):
    def test_activity(self):
        call = self.env["mail.activity.type"].create({"name": "Factory tour", "res_model": "crm.lead"})
        self.gate(self.qualified, activity_type_ids=[Command.set(call.ids)])
        deal = self.deal()
        activity = deal.activity_schedule(activity_type_id=call.id, user_id=self.seller.id)
        with self.refused("Factory tour"):
            deal.stage_id = self.qualified
        activity.action_feedback(feedback="seen")
        deal.stage_id = self.qualified

    def test_documents(self):
        self.gate(self.qualified, attachment_count=2, attachment_name="spec")
        deal = self.deal()
        for name in ("Specification.pdf", "other.pdf"):
            self.attach(deal, name)
        with self.refused("named “spec”: 2"):
            deal.stage_id = self.qualified
        self.attach(deal, "SPEC-2.pdf")
        deal.stage_id = self.qualified

    def attach(self, deal, name):
        vals = {"name": name, "datas": base64.b64encode(b"x"), "res_model": "crm.lead", "res_id": deal.id}
        self.env["ir.attachment"].with_user(self.seller).create(vals)

    def test_quotation(self):
        self.gate(self.qualified, quotation="sent")
        deal = self.deal(partner_id=self.customer.id)
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create({"partner_id": self.customer.id, "opportunity_id": deal.id})
        )
        with self.refused("Sent to the customer"):
            deal.stage_id = self.qualified
        order.action_quotation_sent()
        deal.stage_id = self.qualified

    def test_approval(self):
        """The log says who asked and who decided; it holds up to the amount approved, and not by the asker."""
        group = self.env.ref("sales_team.group_sale_manager")
        gate = self.gate(self.qualified, approver_group_id=group.id, approval_amount=1000.0)
        small = self.deal(expected_revenue=999.99)
        small.stage_id = self.qualified
        deal = self.deal(expected_revenue=5000.0)
        with self.refused("approval by"):
            deal.stage_id = self.qualified
        self.assertTrue(deal.gate_needs_approval)
        deal.action_request_stage_approval()
        with self.assertRaises(UserError):
            deal.action_request_stage_approval()
        approval = deal.stage_approval_ids
        self.assertEqual(deal.activity_ids.user_id, self.manager)
        with self.assertRaises(AccessError):
            approval.with_user(self.seller).action_approve()
        with self.assertRaises(AccessError):
            approval.with_user(self.seller).write({"state": "approved"})
        approval.with_user(self.manager).action_approve()
        self.assertEqual((approval.decided_by_id, approval.requested_by_id), (self.manager, self.seller))
        self.assertFalse(deal.activity_ids)
        deal.expected_revenue = 6000.0
        with self.refused("approval by"):
            deal.stage_id = self.qualified
        deal.expected_revenue = 5000.0
        deal.stage_id = self.qualified
        mine = self.deal(user=self.manager, expected_revenue=2000.0)
        mine.action_request_stage_approval()
        with self.assertRaises(AccessError):
            mine.stage_approval_ids.action_approve()
        gate.allow_own_approval = True
        mine.stage_approval_ids.action_approve()
        mine.stage_id = self.qualified

    def test_refused_request(self):
        group = self.env.ref("sales_team.group_sale_manager")
        self.gate(self.qualified, approver_group_id=group.id)
        deal = self.deal()
        deal.action_request_stage_approval()
        deal.stage_approval_ids.with_user(self.manager).action_refuse()
        with self.refused("approval by"):
            deal.stage_id = self.qualified

    def test_hint_before_anybody_tries(self):
        """The form says what the next stage needs; so many queries for ten deals as for a hundred."""
        self.gate(self.qualified, "date_deadline", quotation="sent", attachment_count=1)
        deal = self.deal()
        self.assertEqual(deal.gate_next_stage_id, self.qualified)
        self.assertIn("Expected Closing", deal.gate_missing)
        counts = []
        for number in (10, 100):
            deals = self.env["crm.lead"].concat(*[self.deal(name=f"{number}-{n}") for n in range(number)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deals.mapped("gate_missing")
            deals.mapped("stage_pace")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestStageHistory(PipelineCommon):
    def spans(self, deal):
        rows = self.env["crm.stage.history"].search([("lead_id", "=", deal.id)], order="entered, id")
        return [(row.stage_id.name, row.status, row.entered, row.left) for row in rows]

    def at(self, days):
        return freeze_time(DAY + relativedelta(days=days))

    def test_entry_date_and_days_in_each_stage(self):
        """R025: entry date and days of each stage are kept, without gap or overlap, through loss and return."""
        with self.at(0):
            deal = self.deal()
        with self.at(3):
            deal.stage_id = self.qualified
        with self.at(8):
            deal.action_set_lost()
        with self.at(10):
            deal.action_restore()
        with self.at(11):
            deal.stage_id = self.offered
        with self.at(15):
            deal.action_set_won()
        day = [DAY + relativedelta(days=days) for days in (0, 3, 8, 10, 11, 15)]
        self.assertEqual(
            self.spans(deal),
            [
                ("Fresh", "open", day[0], day[1]),
                ("Qualified", "open", day[1], day[2]),
                ("Qualified", "lost", day[2], day[3]),
                ("Qualified", "open", day[3], day[4]),
                ("Offered", "open", day[4], day[5]),
                ("Signed", "won", day[5], False),
            ],
        )
        self.assertEqual(self.env["crm.stage.history"].search([("lead_id", "=", deal.id)])[-1].user_id, self.seller)
        with self.at(20):
            deal.invalidate_recordset()
            self.assertEqual(deal.days_in_stage, 0.0, "a won deal spends no days in a stage")
        stays = deal.stage_history_ids.filtered(lambda stay: stay.stage_id == self.qualified)
        self.assertEqual(sum(stays.filtered(lambda stay: stay.status == "open").mapped("days")), 6.0)

    def test_furthest_stage(self):
        """R026: going back or losing keeps the furthest stage, also when a stage was leapt over."""
        deal = self.deal()
        deal.stage_id = self.offered
        self.assertEqual(deal.max_stage_id, self.offered)
        with self.at(9000):
            deal.stage_id = self.fresh
        with self.at(9001):
            deal.action_set_lost()
        self.assertEqual(deal.max_stage_id, self.offered)

    def test_pace_against_the_median_of_won_deals(self):
        """R025: days in the stage stand beside the median of won deals; under five won deals there is no data."""
        for number in range(4):
            self._won_after(number + 1)
        with self.at(20):
            slow = self.deal()
        with self.at(24):
            self.env["crm.stage.pace"]._refresh()
            self.assertEqual(slow.stage_pace, "no_data")
            self._won_after(5)
            self.env["crm.stage.pace"]._refresh()
            slow.invalidate_recordset()
            # Won deals left after 1, 2, 3, 4, 5 days: median 3, upper quartile 4; this one is in for 4.
            self.assertEqual((slow.days_in_stage, slow.stage_median_days, slow.stage_pace), (4.0, 3.0, "slow"))
        with self.at(25):
            slow.invalidate_recordset()
            self.assertEqual(slow.stage_pace, "stuck")

    def _won_after(self, days):
        with self.at(0):
            deal = self.deal()
        with self.at(days):
            deal.action_set_won()
        return deal

    def test_history_of_deals_older_than_the_addon(self):
        """Odoo's log of stage changes becomes the history; without log, the time since creation."""
        deal = self.deal()
        self.env["crm.stage.history"].search([("lead_id", "=", deal.id)]).unlink()
        self.env.cr.execute("UPDATE crm_lead SET max_stage_id = NULL WHERE id = %s", [deal.id])
        self.assertEqual(self.env["crm.stage.history"]._backfill(), 1)
        self.assertEqual([row[:2] for row in self.spans(deal)], [("Fresh", "open")])
        deal.invalidate_recordset()
        self.assertEqual(deal.max_stage_id, self.fresh)
        self.assertEqual(self.env["crm.stage.history"]._backfill(), 0)

    def test_visibility(self):
        """A salesperson sees the history of own deals, a manager all; nobody writes it."""
        mine, foreign = self.deal(), self.deal(user=self.other)
        History = self.env["crm.stage.history"].with_user(self.seller)
        found = History.search([("lead_id", "in", (mine + foreign).ids)])
        self.assertEqual(found.lead_id, mine)
        with self.assertRaises(AccessError):
            found.write({"stage_name": "x"})
        found = History.with_user(self.manager).search([("lead_id", "in", (mine + foreign).ids)])
        self.assertEqual(found.lead_id, mine + foreign)
