from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTrialTour(HttpCase):
    def test_a_marketer_plans_and_starts_a_test(self):
        """R155: in the browser, as a marketer: two cells, a holdout, the size asked, the customers drawn."""
        user = new_test_user(self.env, "trial_tourist", "mass_mailing.group_mass_mailing_user")
        self.env["res.partner"].create(
            [{"name": f"Tourist {index}", "email": f"tourist{index}@trial.example"} for index in range(20)]
        )
        self.start_tour("/odoo/split-tests", "crm_marketing_trial_tour", login=user.login)
        test = self.env["crm.experiment"].search([("name", "=", "Two texts by tour")])
        self.assertEqual((test.state, test.user_id), ("running", user))
        self.assertEqual(test.arm_ids.mapped("kind"), ["variant", "variant", "holdout", "rest"])
        self.assertGreaterEqual(sum(test.arm_ids.mapped("units")), 20)
