from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTrialPreference(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "preference_marketer", "mass_mailing.group_mass_mailing_user")
        cls.people = cls.env["res.partner"].create([{"name": f"Person {index:02}"} for index in range(13)])
        cls.savers, cls.hurried = cls.env["crm.segment"].create(
            [
                {"name": name, "domain": repr([("id", "in", people.ids)])}
                for name, people in (("Savers", cls.people[:6]), ("Hurried", cls.people[6:12]))
            ]
        )
        cls.few = cls.env["crm.segment"].create({"name": "Few", "domain": repr([("id", "=", cls.people[12].id)])})
        (cls.savers | cls.hurried | cls.few)._refresh()
        cls.survey = (
            cls.env["crm.preference.survey"]
            .with_user(cls.marketer)
            .create(
                {
                    "name": "Tea subscription",
                    "segment_ids": [Command.set((cls.savers | cls.hurried | cls.few).ids)],
                    "to_ask_ids": [Command.set(cls.people.ids)],
                    "attribute_ids": [
                        Command.create({"name": "Price", "level_text": "10, 15"}),
                        Command.create({"name": "Delivery", "level_text": "1 day, 5 days"}),
                    ],
                }
            )
        )

    def test_importance_by_segment(self):
        """R154: savers put 75 % on the price, the hurried 75 % on delivery, all together half and half."""
        survey = self.survey
        survey.action_open()
        self.assertEqual(survey.profile_ids.mapped("name"), ["10 / 1 day", "10 / 5 days", "15 / 1 day", "15 / 5 days"])
        survey.action_prepare_answers()
        survey.action_prepare_answers()
        self.assertEqual(len(survey.answer_ids), 13 * 4)
        for answer in survey.answer_ids:
            cheap, quick = answer.profile_id.name.startswith("10"), "1 day" in answer.profile_id.name
            price, speed = (6, 2) if answer.partner_id in self.people[:6] else (2, 6)
            answer.rating = 1 + price * cheap + speed * quick
        survey.answer_ids.filtered(lambda answer: answer.partner_id == self.people[12]).rating = 5
        survey.action_close()
        found = {
            (row.segment_id, row.attribute_id.name): (row.state, round(row.importance, 1), row.best_level_id.name)
            for row in survey.result_ids
        }
        self.assertEqual(found[self.savers, "Price"], ("ok", 75.0, "10"))
        self.assertEqual(found[self.savers, "Delivery"], ("ok", 25.0, "1 day"))
        self.assertEqual(found[self.hurried, "Delivery"], ("ok", 75.0, "1 day"))
        self.assertEqual(found[self.env["crm.segment"], "Price"][:2], ("ok", 50.0))
        self.assertEqual(found[self.few, "Price"], ("not_enough", 0.0, False))
        savers = survey.result_ids.filtered(lambda row: row.segment_id == self.savers and row.importance > 50)
        self.assertEqual((savers.worths, savers.respondents, savers.fit), ("10 +3.00, 15 -3.00", 6, 100))
        graph = (
            self.env["crm.preference.result"]
            .with_user(self.marketer)
            ._read_group(
                [("survey_id", "=", survey.id), ("segment_id", "=", self.savers.id)],
                ["attribute_id"],
                ["importance:avg"],
            )
        )
        self.assertEqual([round(share) for _attribute, share in graph], [75, 25])

    def test_what_cannot_be_asked_and_who_may_not(self):
        """R154: two levels at least, attributes stand once asked, ratings to 10, own company only."""
        self.survey.attribute_ids[0].level_text = "10"
        with self.assertRaises(UserError):
            self.survey.action_open()
        self.survey.attribute_ids[0].level_text = "10, 15, 20, 10"
        self.assertEqual(len(self.survey.attribute_ids[0].level_ids), 3)
        self.survey.action_open()
        self.assertEqual(len(self.survey.profile_ids), 6)
        with self.assertRaises(ValidationError):
            self.survey.attribute_ids = [Command.create({"name": "Colour"})]
        with self.assertRaises(AccessError):
            self.survey.with_user(new_test_user(self.env, "preference_clerk")).read(["name"])
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "preference_stranger",
            "mass_mailing.group_mass_mailing_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        with self.assertRaises(AccessError):
            self.survey.with_user(stranger).read(["name"])
