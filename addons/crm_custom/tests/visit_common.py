from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user

NOW = "2026-06-30 08:00:00"
"""A Tuesday."""


class VisitCommon(TransactionCase):
    """A salesperson, a colleague and a manager in one company; customers with coordinates. Now is 2026-06-30 08:00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "no_reset_password": True, "tz": "UTC"})
        cls.company = cls.env["res.company"].create({"name": "Visit Company"})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        groups = {"sal": "group_sale_salesman", "col": "group_sale_salesman", "mag": "group_sale_manager"}
        cls.salesman, cls.colleague, cls.manager = (
            new_test_user(
                cls.env,
                f"visit_{name}",
                f"base.group_user,sales_team.{group}",
                name=name.title(),
                email=f"{name}@example.com",
                tz="UTC",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for name, group in groups.items()
        )
        cls.clerk = new_test_user(
            cls.env, "visit_clerk", "base.group_user", company_id=cls.company.id, company_ids=cls.company.ids
        )

    @classmethod
    def make_customer(cls, name, user=None, **vals):
        user = cls.salesman if user is None else user
        return cls.env["res.partner"].create({"name": name, "is_company": True, "user_id": user.id, **vals})

    @classmethod
    def make_visit(cls, partner, user=None, **vals):
        """A visit as its salesperson plans it."""
        user = user or cls.salesman
        values = {
            "partner_id": partner.id,
            "objective": "The order for autumn",
            "purpose": "sell",
            "start": fields.Datetime.to_datetime("2026-06-30 10:00:00"),
            "user_id": user.id,
            **vals,
        }
        return cls.env["crm.visit"].with_user(user).create(values)
