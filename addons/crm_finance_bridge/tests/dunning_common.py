"""A company with three levels, and letters of one customer."""

from odoo import fields
from odoo.fields import Command

from .common import FinanceCommon

TODAY = fields.Date.to_date("2026-03-10")


class DunningCommon(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.tz = "UTC"
        cls.customer.email = "pay@riverside.test"
        cls.strategy = cls.env["crm.dunning.strategy"].search([("company_id", "=", cls.company.id)])
        cls.template = cls.env.ref("crm_finance_bridge.mail_template_dunning")
        cls.strategy.level_ids = [
            Command.clear(),
            *(
                Command.create({"name": name, "days": days, "template_id": cls.template.id, **values})
                for name, days, values in (
                    ("First", 7, {}),
                    ("Second", 21, {"fee": 12.5, "interest_rate": 9.0}),
                    ("Third", 35, {}),
                )
            ),
        ]
        cls.levels = cls.strategy.level_ids.sorted("days")
        cls.Letter = cls.env["crm.dunning.letter"]

    @classmethod
    def _run(cls, today=TODAY, **values):
        """A run prepared as of a day."""
        run = cls.env["crm.dunning.run"].create({"company_id": cls.company.id, **values})
        run._prepare(today)
        return run

    @classmethod
    def _sent(cls, today=TODAY):
        """A run prepared and sent whole."""
        run = cls._run(today)
        cls._send(run)
        return run

    @classmethod
    def _send(cls, run):
        run.state = "sending"
        run._process_send(fields.Datetime.to_datetime("2026-03-10 09:00:00"))

    @classmethod
    def _letter(cls, run, partner=None):
        return run.letter_ids.filtered(
            lambda letter: letter.partner_id == (partner or cls.customer) and letter.state != "cancelled"
        )

    def _status(self, today=TODAY, partner=None):
        """{document: row} as the rule sees it on a day."""
        Status = self.env["crm.dunning.status"]
        Status._dunning_flush()
        rows = self.env.execute_query_dict(Status._dunning_query(self.company, today, (partner or self.customer).ids))
        return {row["move_id"]: row for row in rows}
