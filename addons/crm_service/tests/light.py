from odoo import Command
from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.tests import TransactionCase


class LightCommon(TransactionCase):
    """A team, an agent, a supervisor, a customer and a promise in the main company, without a chart of accounts.

    For tests that need no invoice: `common.ServiceCommon` sets up accounting, which costs many seconds a class.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office hours with a break",
                "company_id": cls.company.id,
                "tz": "UTC",
                "attendance_ids": [
                    Command.create({"name": "x", "dayofweek": str(day), "hour_from": start, "hour_to": stop})
                    for day in range(5)
                    for start, stop in ((8, 12), (13, 17))
                ],
            }
        )
        cls.agent = cls._user("light_agent", "crm_service.group_service_user")
        cls.supervisor = cls._user("light_supervisor", "crm_service.group_service_manager")
        cls.team = cls.env["crm.service.team"].create(
            {
                "name": "Light Help",
                "company_id": cls.company.id,
                "alias_name": "light.help",
                "require_content": False,  # on in the tests of the gate itself (test_desk_content.py)
                "breach_cause_rule": "asked",
                "member_ids": [Command.set((cls.agent | cls.supervisor).ids)],
            }
        )
        cls.policy = cls.env["crm.sla.policy"].create(
            {
                "name": "Light promise",
                "sequence": 1,
                "company_id": cls.company.id,
                "team_ids": cls.team.ids,
                "calendar_id": cls.calendar.id,
                "response_hours": 2,
                "resolution_hours": 8,
            }
        )
        cls.customer = cls.env["res.partner"].create({"name": "Lichtblick Optik", "email": "office@lichtblick.test"})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Lena Licht", "email": "lena@lichtblick.test", "parent_id": cls.customer.id}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Dunkel", "email": "other@dunkel.test"})

    @classmethod
    def _user(cls, login, groups, **values):
        """Make a user with these groups (comma list of xml ids) in the main company."""
        return mail_new_test_user(
            cls.env, login=login, groups=groups, company_id=cls.company.id, email=f"{login}@company.test", **values
        )

    @classmethod
    def _ticket(cls, **values):
        """Make a ticket of the light team for the customer's contact, owned by the agent unless said otherwise."""
        return cls.env["crm.ticket"].create(
            {
                "name": "Lamp flickers",
                "team_id": cls.team.id,
                "partner_id": cls.contact.id,
                "user_id": cls.agent.id,
                **values,
            }
        )
