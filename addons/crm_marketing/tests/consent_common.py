from odoo import Command
from odoo.tests import TransactionCase, new_test_user


class ConsentCase(TransactionCase):
    """A marketer, a salesperson and four contacts with mail address and number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.marketer = new_test_user(
            cls.env, "consent_marketer", "base.group_user,mass_mailing.group_mass_mailing_user", **company
        )
        cls.seller = new_test_user(
            cls.env, "consent_sal", "base.group_user,sales_team.group_sale_salesman", name="Sal", **company
        )
        cls.manager = new_test_user(
            cls.env,
            "consent_manager",
            "base.group_user,sales_team.group_sale_manager,mass_mailing.group_mass_mailing_user",
            **company,
        )
        cls.anna, cls.ben, cls.carl, cls.dora = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "email": f"{name.lower()}@people.test",
                    "phone": f"+1 202-555-01{number}",
                    "country_id": cls.env.ref("base.us").id,
                }
                for number, name in enumerate(("Anna", "Ben", "Carl", "Dora"), 10)
            ]
        )
        cls.people = cls.anna | cls.ben | cls.carl | cls.dora
        cls.ledger = cls.env["crm.consent"]

    @classmethod
    def decide(cls, partner, state, channel="email", purpose="marketing", **vals):
        return cls.env["crm.consent"].create(
            {"partner_id": partner.id, "state": state, "channel": channel, "purpose": purpose, **vals}
        )

    def excluded(self, channel="email", purpose="marketing", people=None, **kwargs):
        """{name: reason} of the people left out."""
        people = people or self.people
        rows = self.env.execute_query(people._crm_excluded_query(channel, purpose, partners=people.ids, **kwargs))
        names = {partner.id: partner.name for partner in people}
        return {names[partner]: reason for partner, reason in rows}
