"""Who may do what with every model of the addon, and that another company sees none of it."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .access_table import EMPTY, NOBODY, PARENTS, RIGHTS, ROLES, SHARED
from .collect_common import CollectCommon

TODAY = date(2026, 3, 2)
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestAccess(CollectCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._user("access_agent", "crm_service.group_service_user")
        cls.reader = cls._user("access_reader", "account.group_account_readonly")
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = new_test_user(
            cls.env,
            "access_stranger",
            groups="account.group_account_manager,account.group_account_readonly,sales_team.group_sale_manager,"
            "crm_service.group_service_manager",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )

    def _models(self):
        """The models that the addon makes, but for those without rows."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "crm_finance_bridge"), ("model", "=", "ir.model"), ("name", "=like", "model_crm_%")]
        )
        models = self.env["ir.model"].browse(data.mapped("res_id")).mapped("model")
        own = [name for name in models if self.env[name]._original_module == "crm_finance_bridge"]
        return sorted(name for name in own if not self.env[name]._abstract)

    def test_every_model_is_in_the_table(self):
        self.assertEqual([name for name in self._models() if name not in RIGHTS], [])

    def test_rights_of_each_role(self):
        """What each role may do at all is what the table says, nothing more and nothing less."""
        users = [self.salesman, self.agent, self.reader, self.biller, self.finance]
        for name in self._models():
            for role, user, wanted in zip(ROLES, users, RIGHTS[name].split(), strict=True):
                model = self.env[name].with_user(user)
                found = "".join(key for key, operation in OPERATIONS.items() if model.has_access(operation))
                self.assertEqual(found or NOBODY, wanted, f"{name} for {role}")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_customers_and_visitors_have_no_rights(self):
        portal = new_test_user(self.env, "access_portal", groups="base.group_portal")
        for login, user in (("portal", portal), ("public", self.env.ref("base.public_user"))):
            for name in self._models():
                model = self.env[name].with_user(user)
                for operation in OPERATIONS.values():
                    self.assertFalse(model.has_access(operation), f"{name} {operation} for {login}")
                with self.assertRaises(AccessError, msg=name):
                    model.search([])

    def test_every_model_has_a_rule_for_companies(self):
        rules = self.env["ir.rule"].search([("groups", "=", False), ("perm_read", "=", True)])
        guarded = {rule.model_id.model for rule in rules if "company_ids" in (rule.domain_force or "")}
        open_models = {name for name in self._models() if name not in guarded and not self.env[name].is_transient()}
        self.assertEqual(open_models, SHARED)

    def _fill(self):
        """At least one row of nearly every model, of this company."""
        self._limit(amount=500.0)
        self.company.crm_credit_hold_rule = "hold"
        order = self._order(900.0)
        order.with_user(self.salesman).action_credit_ask()
        self._order(50.0).action_confirm()
        promise = self._promise(100.0)
        self._dispute(self.second, 50.0)
        self._pay(self.first, 40.0, "2026-03-01")
        promise._process_due()
        self._receipt(70.0, "2026-03-01")
        env = self.env
        env["crm.collector"].create({"user_id": self.biller.id, "company_id": self.company.id})
        env["crm.collection.task"]._refresh(self.company)
        env["crm.receipt.ledger"]._refresh(self.company)
        env["crm.aging.snapshot"]._process(TODAY + timedelta(days=40))
        env["crm.payment.score"]._process_night(self.company, TODAY)
        env["crm.credit.proposal"]._process_proposals(self.company, TODAY)
        env["crm.customer.balance"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "date": "2025-12-31",
                "assets": 10.0,
                "debts": 5.0,
                "source": "Annual accounts",
            }
        )
        env["crm.dispute.cause"].create({"name": "Ours", "code": "ours", "company_id": self.company.id})
        self._invoice(80.0, "2026-01-01", "2026-01-10", partner=self._customer("Harbour Tools"))
        run = env["crm.dunning.run"].create({"company_id": self.company.id})
        run._prepare(TODAY)
        run.letter_ids.write({"state": "sent", "date_sent": "2026-03-02 10:00:00"})
        self._invoice(30.0, move_type="in_invoice", partner=self.partner_a)
        env["crm.remittance.advice"].create(
            {
                "name": "7",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "line_ids": [Command.create({"text": self.second.name, "amount": 10.0})],
            }
        )
        self._fill_pay()

    def _fill_pay(self):
        env = self.env
        plan = env["crm.commission.plan"].create(
            {
                "name": "Plan",
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "rule_ids": [Command.create({"kind": "rate", "rate": 5.0})],
                "tier_ids": [Command.create({"amount_from": 10.0, "rate": 6.0})],
                "share_ids": [Command.create({"user_id": self.salesman.id, "percent": 100.0})],
            }
        )
        plan.with_user(self.finance).action_activate()
        env["crm.commission.run"]._run(self.company, TODAY)
        order = self._order(60.0)
        env["crm.commission.split"].create({"order_id": order.id, "user_id": self.salesman.id, "percent": 100.0})
        env["crm.wage"].create(
            {"user_id": self.salesman.id, "company_id": self.company.id, "month": "2026-02-01", "amount": 2000.0}
        )

    def _of(self, name, company):
        """The rows of a company, some by way of what they belong to."""
        return [(f"{PARENTS[name]}.company_id" if name in PARENTS else "company_id", "=", company.id)]

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_another_company_sees_nothing(self):
        """The strongest roles of another company find, read and sum none of this one's rows."""
        self._fill()
        self.env.flush_all()
        empty = []
        for name in self._models():
            if name in SHARED or self.env[name].is_transient():
                continue
            mine = self.env[name].search(self._of(name, self.company))
            if not mine:
                empty.append(name)
                continue
            theirs = self.env[name].with_user(self.stranger)
            stored = next(
                key for key, field in mine._fields.items() if field.column_type and field.store and key != "id"
            )
            with self.subTest(name):
                self.assertFalse(theirs.search([]).filtered(lambda row, mine=mine: row.id in mine._ids))
                self.assertFalse(theirs.search_count([("id", "in", mine.ids)]))
                try:
                    found = theirs.browse(mine.ids[0]).read([stored])
                except (AccessError, MissingError):
                    found = []
                self.assertFalse(found)
        self.assertLessEqual(set(empty), EMPTY)

    # === WHAT THE SCREENS ASK FOR === #

    def test_boards_refuse_another_company(self):
        """A company id from the client that is not among the user's own gives the own figures."""
        self._pay(self.first, 40.0, "2026-02-20")
        stranger = self.env(user=self.stranger)
        own, foreign = ({"company_id": company.id} for company in (self.elsewhere, self.company))
        board = stranger["crm.aging"].get_board(filters=foreign)
        self.assertEqual(board["totals"], stranger["crm.aging"].get_board(filters=own)["totals"])
        self.assertEqual(board["totals"]["total"]["amount"], 0.0)
        self.assertEqual([company["id"] for company in board["companies"]], self.elsewhere.ids)
        partner = {"partner_id": self.customer.id, **foreign}
        self.assertFalse(stranger["crm.aging"].get_board(filters=partner)["rows"])
        self.assertEqual(stranger["crm.aging"].get_kpis(filters=foreign), stranger["crm.aging"].get_kpis(filters=own))
        self.assertFalse(stranger["crm.aging"].get_options()["user_id"])
        funds = stranger["crm.funds.board"].get_board("2026-01-01", "2026-12-31", company_id=self.company.id)
        self.assertEqual((funds["totals"], funds["rows"]), ({"in": 0.0, "out": 0.0, "net": 0.0}, []))
        mine = self.env["crm.funds.board"].get_board("2026-01-01", "2026-12-31", company_id=self.company.id)
        self.assertEqual(mine["totals"]["in"], 40.0)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_buttons_refuse_foreign_ids(self):
        """Invoices, receipts and settings of another company, named by their id, are neither shown nor changed."""
        self._receipt(70.0, "2026-03-01")
        self.env["crm.receipt.ledger"]._refresh(self.company)
        match = self.env["crm.receipt.match"].search([("company_id", "=", self.company.id)])[:1]
        state, payment = match.state, self._pay(self.first, 40.0)
        theirs = match.with_user(self.stranger)
        self.assertFalse(theirs.get_desk()["rows"])
        items = self._item(self.second).ids
        calls = {
            "receipt": theirs.get_receipt,
            "accept": theirs.action_accept,
            "accept with": lambda: theirs.accept_with(items),
            "accept shown": lambda: theirs.accept_shown(items),
            "refuse": theirs.action_refuse,
            "undo": theirs.action_undo,
            "promise": self.second.with_user(self.stranger).action_crm_promise,
            "dispute": self.second.with_user(self.stranger).action_crm_dispute,
            "short payment": payment.with_user(self.stranger).action_crm_dispute,
        }
        for name, call in calls.items():
            self.env.invalidate_all()
            with self.assertRaises(AccessError, msg=name):
                call()
        self.assertEqual(match.state, state)
        self.assertEqual(theirs.action_accept_certain(), 0)

    def test_risk_method_of_another_company(self):
        before = self.company.crm_risk_method
        wizard = (
            self.env["crm.risk.method"]
            .with_user(self.stranger)
            .create({"company_id": self.company.id, "method": "option", "loss_given_default": 1.0})
        )
        with self.assertRaises(AccessError):
            wizard.action_apply()
        self.assertEqual(self.company.crm_risk_method, before)

    def test_forms_tell_nothing_of_what_they_name(self):
        """An unsaved form that names a foreign order or receivable shows none of its figures."""
        self._limit(amount=500.0)
        order = self._order(900.0)
        forms = {user: self.env["crm.credit.release"].with_user(user).new({"order_id": order.id})
                 for user in (self.finance, self.stranger)}  # fmt: skip
        self.assertEqual(forms[self.finance].amount, 900.0)
        self.assertTrue(forms[self.finance].message)
        self.assertEqual((forms[self.stranger].amount, forms[self.stranger].message), (0.0, False))
        row = {"move_line_id": self._item(self.second).id}
        for user, shown in ((self.salesman, 200.0), (self.other_salesman, 0.0), (self.stranger, 0.0)):
            line = self.env["crm.dispute.line"].with_user(user).new(row)
            self.assertEqual(line.residual, shown)
        terms = {"partner_id": self.customer.id, "company_id": self.company.id}
        for user, limit in (
            (self.finance, 500.0),
            (self.salesman, 500.0),
            (self.other_salesman, 0.0),
            (self.stranger, 0.0),
        ):
            self.assertEqual(self.env["crm.credit.limit"].with_user(user).new(terms).amount_limit, limit)

    def test_a_receipt_is_matched_with_receivables_only(self):
        self._receipt(70.0, "2026-03-01")
        self.env["crm.receipt.ledger"]._refresh(self.company)
        match = self.env["crm.receipt.match"].with_user(self.biller).search([("company_id", "=", self.company.id)])[:1]
        revenue = self.second.line_ids - self._item(self.second)
        with self.assertRaises(UserError):
            match.accept_with(revenue.ids)
