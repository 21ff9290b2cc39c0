from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestCustomerProfile(CustomerCommon):
    """What we know of a customer, what it is to us, and what it needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer("Aldbrook", "direct", cls.salesman)
        cls.ann = cls.env["res.partner"].create({"name": "Ann", "parent_id": cls.customer.id})
        cls.person = cls.make_customer("Paula Private", False, cls.salesman, is_company=False)
        cls.goods = cls.env["product.product"].create(
            {"name": "Chair", "type": "consu", "list_price": 50, "taxes_id": [Command.clear()]}
        )
        cls.lamp = cls.env["product.product"].create(
            {
                "name": "Lamp",
                "type": "consu",
                "list_price": 100,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
        )
        cls.pack = cls.env["uom.uom"].create(
            {"name": "Pack of 4", "relative_factor": 4, "relative_uom_id": cls.goods.uom_id.id}
        )

    def make_order(self, partner=None, products=None, quantity=4, days_ago=5, uom=None, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.customer).id,
                "user_id": self.salesman.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **({"product_uom_id": uom.id} if uom else {}),
                        }
                    )
                    for product in products or self.goods
                ],
                **vals,
            }
        )
        order.action_confirm()
        order.date_order = fields.Datetime.now() - relativedelta(days=days_ago)
        return order

    def fresh(self, record, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user or self.salesman)

    # === R002, R003, R007: THE PROFILE === #

    def test_seven_basic_data_and_completeness(self):
        """R002: a salesperson fills the seven basic data of an individual and sees the completeness in percent."""
        basic = {
            "crm_family": "Married, two children",
            "crm_occupation": "Architect",
            "crm_personality": "Precise, likes figures",
            "crm_income": 85000,
            "crm_funds": 250000,
            "crm_education": "master",
            "crm_network": "Chamber of architects",
        }
        seen = []
        with Form(self.person.with_user(self.salesman)) as form:
            seen.append(form.crm_completeness)
            for name, value in basic.items():
                form[name] = value
                seen.append(form.crm_completeness)
        self.assertEqual(seen, [0, 14, 29, 43, 57, 71, 86, 100])
        self.assertFalse(self.fresh(self.person).crm_missing)
        self.person.crm_funds = 0
        self.assertEqual(self.fresh(self.person).crm_missing, "Funds")
        with self.assertRaises(AccessError):
            self.person.with_user(self.clerk).read(["crm_income"])

    def test_company_and_individual_show_their_own_fields(self):
        """R007: an individual shows age and occupation, a company industry and contacts; the kind follows."""
        with Form(self.env["res.partner"].with_user(self.salesman)) as form:
            form.name = "New person"
            form.company_type = "person"
            form.crm_birthdate = "1980-07-01"
            form.crm_occupation = "Teacher"
            with self.assertRaises(AssertionError):
                form.crm_employees = 5
        person = form.record
        self.assertEqual((person.crm_kind, person.crm_age), ("b2c", 45))
        with Form(self.env["res.partner"].with_user(self.salesman)) as form:
            form.name = "New company"
            form.company_type = "company"
            form.industry_id = self.env["res.partner.industry"].search([], limit=1)
            form.crm_employees = 12
            with self.assertRaises(AssertionError):
                form.crm_occupation = "None"
        self.assertEqual((form.record.crm_kind, self.ann.crm_kind), ("b2b", "b2b"))
        partners = self.env["res.partner"]
        pool = [("id", "in", (self.customer | self.ann | person).ids)]
        self.assertEqual(partners.search([("crm_kind", "=", "b2c"), *pool]), person)
        groups = partners._read_group(pool, ["crm_kind"], ["__count"])
        self.assertEqual(groups, [("b2b", 2), ("b2c", 1)])

    def test_every_report_is_split_by_kind(self):
        """R007: orders, receivables, money, contacts, scorecards, pipeline, sales and invoices by B2B and B2C."""
        for partner, amount in ((self.customer, 200), (self.person, 70)):
            self.make_order(partner)
            self.pay(self.bill(partner, amount), amount / 2)
            self.env["crm.lead"].create(
                {"name": "Deal", "type": "opportunity", "partner_id": partner.id, "user_id": self.salesman.id}
            )
            self.env["crm.contact.log"].with_user(self.salesman)._log(partner, "call")
        self.run_cards()
        self.env.flush_all()
        both = (self.customer | self.person).ids
        for model, measure in (
            ("crm.order.flow", "amount_ordered:sum"),
            ("crm.open.item", "residual:sum"),
            ("crm.collection", "amount:sum"),
            ("crm.contact.log", "__count"),
            ("crm.contact.matrix", "number:sum"),
            ("crm.lead", "__count"),
            ("sale.report", "price_subtotal:sum"),
            ("account.invoice.report", "price_subtotal:sum"),
        ):
            records = self.env[model]
            rows = dict(records._read_group([("partner_id", "in", both)], ["crm_kind"], [measure]))
            self.assertEqual(set(rows), {"b2b", "b2c"}, model)
            self.assertTrue(all(rows.values()), model)
            whole = records._read_group([("partner_id", "in", both)], [], [measure])[0][0]
            self.assertAlmostEqual(sum(rows.values()), whole, msg=model)
            self.assertTrue(records.search_count([("partner_id", "in", both), ("crm_kind", "=", "b2c")]), model)
            if model not in ("crm.lead", "crm.contact.matrix"):
                arch = records.get_view(view_type="search")["arch"]
                self.assertIn("'group_by': 'crm_kind'", arch, model)
        cards = dict(self.env["crm.scorecard"]._read_group([("partner_id", "in", both)], ["crm_kind"], ["__count"]))
        self.assertEqual(cards, {"b2b": 1, "b2c": 1})

    def test_six_sections_with_live_transactions_and_credit(self):
        """R003: six sections on one page for salesperson and accountant; transactions and credit are the ERP's."""
        arch = self.env["res.partner"].with_user(self.salesman).get_view(view_type="form")["arch"]
        for section in ("demographics", "psychographics", "needs", "behaviour", "transactions", "credit"):
            self.assertIn(f'name="{section}"', arch)
        page = self.fresh(self.customer)
        self.assertEqual((page.crm_sales_year, page.crm_open_amount), (0, 0))
        self.assertEqual(page.crm_status_text, "No order in the last twelve months.")
        order = self.make_order(products=self.lamp, days_ago=40)
        self.make_order(products=self.lamp, days_ago=10)
        self.make_order(days_ago=500)
        invoice = order._create_invoices()
        invoice.write({"invoice_date": self.today - relativedelta(days=40), "invoice_payment_term_id": False})
        invoice.invoice_date_due = self.today - relativedelta(days=30)
        invoice.action_post()
        self.pay(invoice, 100, days_ago=20)
        page = self.fresh(self.customer)
        self.assertEqual((page.crm_sales_year, page.crm_collected_year), (800, 100))
        self.assertEqual((page.crm_open_amount, page.crm_overdue_amount), (300, 300))
        self.assertEqual((page.crm_order_count, page.crm_customer_since.isoformat()), (3, "2025-02-15"))
        self.assertIn("orders every 245 days", page.crm_behaviour_text)
        self.assertEqual(page.crm_credit_text, "no credit limit")
        self.assertFalse(self.fresh(self.customer, self.colleague).crm_sales_year)
        self.assertFalse(self.fresh(self.customer, self.colleague).crm_credit_text)

    def test_business_status_entered_and_computed(self):
        """R002.2: strength and cost control as entered, sales and payback from orders and payments."""
        dealer = self.make_customer("Dealer", "distributor", self.salesman)
        with Form(dealer.with_user(self.manager)) as form:
            form.crm_financial_strength = "4"
            form.crm_cost_control = "2"
        order = self.make_order(dealer, self.lamp)
        invoice = order._create_invoices()
        invoice.write({"invoice_date": self.today, "invoice_payment_term_id": False})
        invoice.invoice_date_due = self.today - relativedelta(days=8)
        invoice.action_post()
        page = self.fresh(dealer, self.manager)
        self.assertEqual((page.crm_sales_year, page.crm_payback), (400, 0))
        self.assertEqual(page.crm_status_text, "0 % of it is paid, no payment yet")
        self.pay(invoice, 300)
        page = self.fresh(dealer, self.manager)
        self.assertEqual((page.crm_financial_strength, page.crm_cost_control), ("4", "2"))
        self.assertEqual((page.crm_sales_year, page.crm_payback, page.crm_days_late), (400, 75, 8))
        self.assertEqual(page.crm_status_text, "75 % of it is paid, 8 days late on average")

    # === R005, R006, R013: RELATIONS === #

    def test_competitor_never_owes(self):
        """R005: filtered by kind of relation; a competitor can neither have nor get a receivable or an order."""
        rival = self.make_customer("Rival", user=self.salesman, relation_type="competitor")
        ally = self.make_customer("Ally", user=self.salesman, relation_type="partner")
        self.customer.relation_type = "customer"
        pool = rival | ally | self.customer
        arch = self.env["res.partner"].with_user(self.manager).get_view(view_type="search")["arch"]
        for relation, partner in (("customer", self.customer), ("competitor", rival), ("partner", ally)):
            self.assertIn(f'name="relation_{relation}"', arch)
            found = self.env["res.partner"].search(
                [("commercial_partner_id.relation_type", "=", relation), ("id", "in", pool.ids)]
            )
            self.assertEqual(found, partner)
        with Form(rival.with_user(self.manager)) as form:
            form.crm_rival_offer = "Nails of their own brand"
            form.crm_rival_weaknesses = "Slow deliveries"
            with self.assertRaises(AssertionError):
                form.crm_cooperation = "None"
        with Form(ally.with_user(self.manager)) as form:
            form.crm_cooperation = "Shared stand at the fair"
            form.crm_cooperation_until = "2027-12-31"
            with self.assertRaises(AssertionError):
                form.crm_rival_offer = "None"
        with self.assertRaisesRegex(UserError, "Rival is marked as a competitor"), self.cr.savepoint():
            self.bill(rival, 10)
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "partner_id": rival.id,
                            "account_id": self.company_data["default_account_receivable"].id,
                            "debit": 5,
                        }
                    ),
                    Command.create({"account_id": self.company_data["default_account_revenue"].id, "credit": 5}),
                ],
            }
        )
        with self.assertRaisesRegex(UserError, "no receivables"), self.cr.savepoint():
            entry.action_post()
        with self.assertRaisesRegex(UserError, "cannot be confirmed"), self.cr.savepoint():
            self.make_order(rival)
        self.bill(rival, 10, move_type="in_invoice")
        invoice = self.bill(self.ann, 30)
        with self.assertRaisesRegex(ValidationError, "Aldbrook still has open receivables"), self.cr.savepoint():
            self.customer.relation_type = "competitor"
        self.pay(invoice)
        self.customer.relation_type = "competitor"
        self.env.flush_all()
        self.assertFalse(self.env["crm.open.item"].search([("partner_id.relation_type", "=", "competitor")]))
        stranger = self.make_customer("Stranger", user=self.salesman, is_company=False)
        self.bill(stranger, 30)
        with self.assertRaisesRegex(ValidationError, "open receivables"), self.cr.savepoint():
            stranger.parent_id = rival

    def test_channel_with_sales_rolled_up(self):
        """R006: a distributor shows the customers beneath it, level by level, with their sales added up."""
        top = self.make_customer("Top", "distributor", self.salesman)
        sub = self.make_customer("Sub", "distributor", self.colleague, channel_parent_id=top.id)
        ends = [self.make_customer(f"End {n}", "direct", self.colleague, channel_parent_id=sub.id) for n in (1, 2)]
        direct = self.make_customer("Direct", "direct", self.salesman, channel_parent_id=top.id)
        for partner, amount in ((top, 1000), (sub, 300), (ends[0], 50), (ends[1], 7), (direct, 20)):
            self.bill(partner, amount)
        self.bill(ends[0], 10, move_type="out_refund")
        self.bill(ends[1], 999, days_ago=400)
        other = self.setup_other_company(name="Second company")["company"]
        self.bill(ends[1], 555, company=other)
        page = self.fresh(top)
        self.assertEqual(page.channel_sales, 1000 + 300 + 40 + 7 + 20)
        rows = {(row.partner_id.name, row.level): row.amount for row in page.crm_channel_ids}
        self.assertEqual(rows, {("Sub", 1): 300, ("Direct", 1): 20, ("End 1", 2): 40, ("End 2", 2): 7})
        self.assertEqual(self.fresh(sub, self.colleague).channel_sales, 347)
        self.assertFalse(self.fresh(top, self.colleague).channel_sales)
        members = self.env["crm.channel.member"]
        opened = members.with_user(self.manager).search(top.with_user(self.manager).action_channel()["domain"])
        self.assertEqual(sum(opened.mapped("amount")), 1367)
        with self.assertRaisesRegex(ValidationError, "in a circle"), self.cr.savepoint():
            top.channel_parent_id = ends[0]

    def test_special_customer_has_owner_and_deputy(self):
        """R013: flagged as special, it cannot be left without a named owner and another deputy."""
        with self.assertRaisesRegex(ValidationError, "another colleague as deputy"), self.cr.savepoint():
            self.customer.with_user(self.manager).is_special = True
        self.customer.with_user(self.manager).write({"is_special": True, "deputy_user_id": self.colleague.id})
        for vals in (
            {"user_id": False},
            {"deputy_user_id": False},
            {"deputy_user_id": self.salesman.id},
        ):
            with self.assertRaisesRegex(ValidationError, "special customer"), self.cr.savepoint():
                self.customer.with_user(self.manager).write(vals)
        with self.assertRaisesRegex(ValidationError, "Aldbrook"), self.cr.savepoint():
            self.colleague.active = False
        self.customer.deputy_user_id = self.manager
        self.colleague.active = False

    # === R003.1, R003.2, R059: PREFERENCES, PURPOSE, NEEDS === #

    def test_preferences_learned_from_orders(self):
        """R003.1: a new order shows packaging, delivery slot and usual products learned from earlier orders."""
        preferences = self.env["crm.contact.preference"]
        told = preferences.with_user(self.salesman).create(
            {"partner_id": self.customer.id, "kind": "other", "note": "Rings the bell twice"}
        )
        depot = self.env["res.partner"].create(
            {"name": "Depot", "type": "delivery", "parent_id": self.customer.id, "city": "Aldbrook"}
        )
        for week in (1, 2, 3):
            self.make_order(
                self.ann,
                self.goods | self.lamp if week == 1 else self.goods,
                days_ago=7 * week,
                uom=self.pack,
                # Tuesdays, eight in the morning UTC
                commitment_date=fields.Datetime.to_datetime("2026-06-30 08:00:00") - relativedelta(weeks=week),
                partner_shipping_id=depot.id,
            )
        self.make_order(self.person)
        self.assertTrue(preferences._learn(self.company, self.today))
        learned = preferences.search([("partner_id", "=", self.customer.id), ("is_learned", "=", True)])
        found = {row.kind: row.text for row in learned}
        self.assertEqual(found["product"], self.goods.display_name)
        self.assertEqual(found["packaging"], "Pack of 4")
        self.assertEqual(found["slot"], "Tuesday morning")
        self.assertIn("Depot", found["address"])
        usual = learned.filtered(lambda row: row.kind == "product")
        self.assertEqual((usual.order_count, usual.order_total, usual.share), (3, 3, 100))
        self.assertEqual(usual.evidence, "3 of 3 orders, last on 06/23/2026")
        self.assertFalse(preferences.search([("partner_id", "=", self.person.id)]))
        with Form(self.env["sale.order"].with_user(self.salesman)) as form:
            form.partner_id = self.ann
        self.assertEqual(form.record.crm_preference_ids, told | learned)
        count = len(learned)
        self.customer.with_user(self.salesman).action_crm_learn()
        self.assertEqual(preferences.search_count([("partner_id", "=", self.customer.id)]), count + 1)
        arch = self.env["sale.order"].with_user(self.salesman).get_view(view_type="form")["arch"]
        self.assertIn("crm_preference_ids", arch)

    def test_order_value_by_purpose(self):
        """R003.2: order value split by purpose for any period, with the investment share of each."""
        self.customer.crm_purpose = "collection"
        self.make_order(crm_purpose="investment", quantity=2)
        self.make_order(crm_purpose="use", quantity=6)
        usual = self.make_order(quantity=2)
        self.assertEqual(usual.crm_purpose, "collection")
        self.make_order(crm_purpose="investment", quantity=10, days_ago=100)
        self.make_order(self.person, quantity=10, days_ago=100)
        self.env.flush_all()
        flows = self.env["crm.order.flow"].with_user(self.manager)
        domain = [("partner_id", "in", (self.customer | self.person).ids)]
        recent = [*domain, ("date_order", ">=", "2026-06-01")]
        rows = dict(flows._read_group(recent, ["crm_purpose"], ["amount_ordered:sum"]))
        self.assertEqual(rows, {"investment": 100, "use": 300, "collection": 100})
        self.assertEqual(flows._read_group(recent, [], ["crm_investment_share:avg"])[0][0], 20)
        months = flows._read_group(domain, ["date_order:month"], ["crm_investment_share:avg"])
        self.assertEqual([share for _month, share in months], [50, 20])
        self.assertIn("crm_investment_share", flows.fields_get(["crm_investment_share"], ["aggregator"]))
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.ann
        self.assertEqual(form.crm_purpose, "collection")

    def test_needs_without_an_offer(self):
        """R059: needs with priority and date; those without an offer are a list until one is made."""
        needs = self.env["crm.customer.need"].with_user(self.salesman)
        with Form(needs) as form:
            form.name = "Forty chairs"
            form.partner_id = self.customer
            form.priority = "3"
            form.date_needed = "2026-08-01"
        need = form.record
        other = needs.create({"name": "Lamps", "partner_id": self.ann.id, "priority": "1"})
        self.assertEqual((other.partner_id, other.contact_id), (self.customer, self.ann))

        def listed():
            return needs.search([("state", "=", "open"), ("has_offer", "=", False)])

        self.assertEqual(listed(), need | other)
        action = need.action_offer()
        self.assertEqual((action["res_model"], need.order_id.partner_id), ("sale.order", self.customer))
        self.assertTrue(need.has_offer)
        self.assertEqual(listed(), other)
        self.assertEqual(need.action_offer()["res_id"], action["res_id"])
        need.order_id.with_user(self.salesman)._action_cancel()
        self.assertEqual(listed(), need | other)
        other.action_drop()
        self.assertEqual(listed(), need)
        with self.assertRaisesRegex(UserError, "closed"), self.cr.savepoint():
            other.action_offer()
        self.assertFalse(needs.with_user(self.colleague).search([]))
        arch = needs.get_view(view_type="search")["arch"]
        self.assertIn("no_offer", arch)

    # === R008.1, R008.2: LISTS === #

    def test_vip_customers_with_six_groups_of_facts(self):
        """R008.2: the VIP filter finds special and class A customers; each card has the six groups of facts."""
        special = self.make_customer("Special", user=self.salesman, is_special=True, deputy_user_id=self.manager.id)
        agent = self.make_customer("Agent", "agent", self.salesman)
        self.bill(agent, 10)
        self.run_cards()
        people = self.env["res.partner"].with_user(self.salesman)
        pool = special | agent | self.person
        found = people.search([("crm_is_vip", "=", True), ("id", "in", pool.ids)])
        self.assertEqual(found, special | agent)
        self.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": special.id,
                "expected_revenue": 900,
                "user_id": self.salesman.id,
            }
        )
        self.env["crm.contact.log"].with_user(self.salesman)._log(special, "call")
        self.env["res.partner"].create({"name": "Pia", "parent_id": special.id})
        card = self.fresh(special)
        self.assertEqual((card.crm_potential, card.crm_deal_count, card.crm_people_count), (900, 1, 1))
        self.assertEqual(card.crm_last_contact, fields.Datetime.now())
        view = self.env.ref("crm_custom.res_partner_view_kanban_vip")
        arch = people.get_view(view.id, "kanban")["arch"]
        for group in ("info", "service", "time", "contacts", "sales", "potentials"):
            self.assertIn(f'name="{group}"', arch)

    def test_lists_of_10_and_100_customers_take_the_same_queries(self):
        """R008.1, R008.2: overview list and VIP cards cost no query per customer."""
        customers = self.env["res.partner"].create(
            [{"name": f"C{n}", "is_company": True, "user_id": self.salesman.id} for n in range(100)]
        )
        for customer in customers:
            self.env["crm.contact.log"].create({"partner_id": customer.id, "subject": "x"})
        for view, kind in (("res_partner_view_list_overview", "list"), ("res_partner_view_kanban_vip", "kanban")):
            shown = (
                self.env["res.partner"].with_user(self.salesman).get_view(self.env.ref(f"crm_custom.{view}").id, kind)
            )
            names = [*shown["models"]["res.partner"]]
            self.assertGreater(len(names), 8)

            def count(some, names=names):
                some = self.fresh(some)
                before = self.cr.sql_log_count
                some.web_read({name: {} for name in names})
                return self.cr.sql_log_count - before

            count(customers)
            self.assertEqual(count(customers[:10]), count(customers), view)

    def test_forms_open_for_each_role(self):
        """The profile opens for salesperson, manager, accountant and clerk."""
        accountant = self.env.user
        for user in (self.salesman, self.manager, self.clerk, accountant):
            for partner in (self.customer, self.person, self.ann):
                with self.with_user(user.login):
                    form = Form(partner.with_env(self.env))
                    self.assertEqual(form.name, partner.name)
