from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
class TestBusinessCard(CustomerCommon):
    """Customers and contacts from a card, their numbers, and who changed what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany = cls.env.ref("base.de")
        cls.partners = cls.env["res.partner"]

    def fill_card(self, **vals):
        with Form(self.env["crm.business.card"].with_user(self.salesman)) as form:
            form.name = vals.pop("name", "Holzwerk Nord")
            form.country_id = self.germany
            form.street, form.zip, form.city = "Hafenweg 1", "20457", "Hamburg"
            form.phone = "040 / 36 81 38-0"
            for name, function, phone, mobile in (
                ("Ann Koch", "Buyer", "040 36 81 38 12", "0171 234 5678"),
                ("Bert Lang", "Director", "", "0049 (0)172 345 67 89"),
            ):
                with form.line_ids.new() as line:
                    line.name, line.function, line.phone, line.mobile = name, function, phone, mobile
            for name, value in vals.items():
                form[name] = value
        return form.record

    def found(self, text, user=None):
        """Partners that the ordinary search box finds."""
        people = self.partners.with_user(user or self.salesman)
        return people.search([("display_name", "ilike", text)])

    def test_company_and_two_contacts_in_one_step(self):
        """R001: one form saves a company and two contacts, numbers in international format, source recorded."""
        card = self.fill_card(source_note="Hannover fair")
        action = card.action_save()
        company = self.partners.browse(action["res_id"])
        ann, bert = company.child_ids.sorted("name")
        self.assertEqual((company.name, company.is_company, company.city), ("Holzwerk Nord", True, "Hamburg"))
        self.assertEqual(company.phone, "+49 40 3681380")
        self.assertEqual((ann.name, ann.function, ann.phone), ("Ann Koch", "Buyer", "+49 40 36813812"))
        self.assertRecordValues(
            ann.crm_phone_ids,
            [{"number": "+49 171 2345678", "kind": "mobile", "e164": "+491712345678", "is_valid": True}],
        )
        self.assertEqual((bert.phone, bert.phone_sanitized), ("+49 172 3456789", "+491723456789"))
        source = self.env.ref("crm_custom.utm_source_business_card")
        for record in (company, ann, bert):
            self.assertEqual((record.crm_source_id, record.crm_source_note), (source, "Hannover fair"))
            self.assertEqual(record.user_id, self.salesman)
            self.assertEqual(record.country_id, self.germany)

    def test_more_people_of_a_customer_and_a_person_alone(self):
        """A card adds people to a customer that is there; without a company it makes the person."""
        company = self.partners.browse(self.fill_card().action_save()["res_id"])
        with Form(self.env["crm.business.card"].with_user(self.salesman)) as form:
            form.partner_id = company
            with form.line_ids.new() as line:
                line.name, line.phone = "Cora", "040 36813899"
        next_card = form.record.action_save_new()
        self.assertEqual(next_card["res_model"], "crm.business.card")
        self.assertEqual(len(company.child_ids), 3)
        self.assertEqual(company.child_ids.filtered(lambda c: c.name == "Cora").phone, "+49 40 36813899")
        with Form(self.env["crm.business.card"].with_user(self.salesman)) as form:
            form.country_id = self.germany
            with form.line_ids.new() as line:
                line.name, line.mobile = "Dora", "not a number"
        self.assertTrue(form.record.phone_invalid)
        person = self.partners.browse(form.record.action_save()["res_id"])
        self.assertEqual((person.name, person.is_company, person.phone), ("Dora", False, "not a number"))
        self.assertTrue(person.crm_phone_invalid)
        with self.assertRaisesRegex(UserError, "company or a person"):
            self.env["crm.business.card"].with_user(self.salesman).create({}).action_save()

    def test_find_by_name_phone_and_company(self):
        """R001.2: contacts are found by name, company and any writing of any number, and lead to their customer."""
        self.company.country_id = self.germany
        company = self.partners.browse(self.fill_card().action_save()["res_id"])
        ann, bert = company.child_ids.sorted("name")
        self.assertEqual(self.found("Ann Ko"), ann)
        self.assertEqual(self.found("Holzwerk Nord"), company | ann | bert)
        for text in ("040 36813812", "+49 40 36813812", "0049 40 3681 3812", "36813812", "(040) 36-81-38-12"):
            self.assertEqual(self.found(text), ann, text)
        for text in ("0171 2345678", "+491712345678", "0171/234 56 78", "1712345678"):
            self.assertEqual(self.found(text), ann, text)
            self.assertEqual(self.partners.search([("phone_mobile_search", "ilike", text)]), ann, text)
        names = self.partners.with_user(self.salesman).name_search("0172 3456789")
        self.assertEqual([identifier for identifier, _name in names], bert.ids)
        self.assertEqual(ann.with_user(self.salesman).action_crm_open_customer()["res_id"], company.id)
        view = self.partners.with_user(self.salesman).get_view(view_type="search")["arch"]
        self.assertIn("phone_mobile_search", view)
        self.assertIn("[('display_name', 'ilike', self)]", view)

    def test_clean_up_of_old_numbers(self):
        """R001: existing numbers are rewritten in batches, twice is harmless, invalid ones are listed."""
        self.company.country_id = self.germany
        people = self.partners.create(
            [{"name": f"P{n}", "phone": f"040 36 81-38 {n:02}", "country_id": self.germany.id} for n in range(25)]
        )
        french = self.partners.create(
            {"name": "F", "phone": "01 42 68 53 00", "country_id": self.env.ref("base.fr").id}
        )
        wrong = self.partners.create({"name": "W", "phone": "ask Ann", "country_id": self.germany.id})
        extra = self.env["crm.partner.phone"].create({"partner_id": french.id, "number": "call me"})
        before = len(people[0].message_ids)
        after, changed = people[0].id - 1, 0
        while True:
            after, checked, rewritten, _invalid = self.partners._crm_clean_phones(after, limit=10)
            if not checked:
                break
            changed += rewritten
        self.assertEqual(changed, 26)
        self.assertEqual(people[7].phone, "+49 40 36813807")
        self.assertEqual(people[7].phone_sanitized, "+494036813807")
        self.assertEqual(french.phone, "+33 1 42 68 53 00")
        self.assertEqual(wrong.phone, "ask Ann")
        self.assertEqual(len(people[0].message_ids), before)
        _after, checked, rewritten, invalid = self.partners._crm_clean_phones(people[0].id - 1)
        self.assertEqual((checked, rewritten, invalid), (1, 0, 1))
        wizard = self.env["crm.phone.cleanup"].with_user(self.manager).create({})
        self.assertTrue(wizard.to_check)
        wizard.action_run()
        self.assertTrue(wizard.is_done)
        listed = self.partners.search(wizard.action_invalid()["domain"])
        self.assertEqual(listed & (people | french | wrong), french | wrong)
        self.assertFalse(extra.is_valid)
        with self.assertRaises(AccessError):
            self.env["crm.phone.cleanup"].with_user(self.salesman).create({})

    def test_changes_with_old_and_new_value(self):
        """R001.1: the manager sees who changed address, phone or contact, when, old and new value."""
        company = self.partners.with_context(tracking_disable=False, mail_notrack=False).browse(
            self.fill_card().action_save()["res_id"]
        )
        ann, bert = company.child_ids.sorted("name")
        self.flush_tracking()
        company.with_user(self.colleague).write({"street": "Kaiserweg 9", "phone": "+49 40 111222"})
        ann.with_user(self.colleague).function = "Head of buying"
        ann.crm_phone_ids.with_user(self.colleague).number = "+49 171 9999999"
        self.flush_tracking()
        company.with_user(self.colleague).write({"child_ids": [Command.create({"name": "Cora"})]})
        bert.unlink()
        self.flush_tracking()
        # The rows of one transaction share a moment; what counts is what they say.
        log = self.env["crm.partner.change"].with_user(self.manager)
        rows = log.search(company.with_user(self.manager).action_crm_changes()["domain"])
        told = {(row.partner_id, row.topic, row.old_value, row.new_value): row.author_id for row in rows}
        who = self.colleague.partner_id
        self.assertEqual(told[company, "phone", "+49 40 3681380", "+49 40 111222"], who)
        self.assertEqual(told[ann, "contact", "Buyer", "Head of buying"], who)
        self.assertEqual(told[ann, "phone", "+49 171 2345678", "+49 171 9999999"], who)
        self.assertIn((company, "contact", "Bert Lang", ""), told)
        moved = rows.filtered(lambda row: row.topic == "address" and row.partner_id == company)
        self.assertEqual(len(moved), 1)
        self.assertIn("Hafenweg 1", moved.old_value)
        self.assertIn("Kaiserweg 9", moved.new_value)
        self.assertTrue(all(rows.mapped("date")))
        self.assertEqual(moved.action_open_record()["res_id"], company.id)
        for user in (self.salesman, self.clerk):
            with self.assertRaises(AccessError):
                self.env["crm.partner.change"].with_user(user).search([])

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()
