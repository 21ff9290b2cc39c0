import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..models.res_users_telephone import SCOPE
from ..tools import calls
from .light import LightCommon

URL = "/crm_service/call"


@tagged("post_install", "-at_install")
class TestIntakeCall(LightCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.de")
        cls.agent.telephone_extension = "21"
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        cls.key = cls.env["res.users.apikeys"].with_user(cls.agent).sudo()._generate(SCOPE, "Telephone", tomorrow)
        cls.contact.write({"phone": "030 9018 20", "country_id": cls.env.ref("base.de").id})

    def _post(self, key=None, headers=None, **data):
        headers = {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json", **(headers or {})}
        return self.url_open(URL, data=json.dumps({"call_id": "c1", **data}), headers=headers)

    def _call(self, name="c1"):
        return self.env["crm.call.log"].search([("call_id", "=", name)])

    def test_any_writing_of_the_number_finds_the_caller(self):
        """R103: the matching customer is found, however the number is written, further numbers included."""
        self.env["crm.partner.phone"].create({"partner_id": self.stranger.id, "number": "+49 171 2345678"})
        numbers = {
            "+49 30 901820": self.contact,
            "004930901820": self.contact,
            "030/9018-20": self.contact,
            "+4930901820": self.contact,
            "0171 2345678": self.stranger,
            "+1 212 555 0100": self.env["res.partner"],
            "21": self.env["res.partner"],
            "anonymous": self.env["res.partner"],
        }
        for number, partner in numbers.items():
            self.assertEqual(self.env["crm.call.log"]._find_callers(number, self.company), partner, number)

    def test_call_opens_the_callers_page(self):
        """R103, R103.1: an event at the open endpoint tells the agent's web client, which shows the caller's page."""
        with patch.object(self.env.registry["res.users"], "_bus_send", autospec=True) as sent:
            answer = self._post(number="030 901820", extension="21", event="ringing")
        self.assertEqual((answer.status_code, answer.json()["matches"]), (200, 1))
        users, kind, payload = sent.call_args.args
        self.assertEqual((users.id, kind), (self.agent.id, "crm_service.call"))
        call = self._call()
        self.assertEqual(payload["id"], call.id)
        self.assertRecordValues(
            call, [{"partner_id": self.contact.id, "user_id": self.agent.id, "state": "ringing", "direction": "in"}]
        )
        action = call.with_user(self.agent).action_caller()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.contact.id))

    def test_several_matches_are_a_list_none_a_form(self):
        """R103: who shares a number is listed; an unknown caller opens the form with his number."""
        self.stranger.write({"phone": "030 901820", "country_id": self.env.ref("base.de").id})
        self._post(number="030 901820", extension="21")
        action = self._call().with_user(self.agent).action_caller()
        self.assertEqual(set(action["domain"][0][2]), {self.contact.id, self.stranger.id})
        self.assertFalse(self._call().partner_id)
        self._post(call_id="c2", number="+33 1 23 45 67 89", extension="21")
        action = self._call("c2").with_user(self.agent).action_caller()
        self.assertEqual(action["res_model"], "crm.ticket.quick")
        self.assertEqual(action["context"]["default_phone"], "+33 1 23 45 67 89")

    def test_people_of_one_company_share_a_number(self):
        """R103: several people of one customer with the switchboard's number: the customer's page."""
        self.customer.write({"phone": "030 901820", "country_id": self.env.ref("base.de").id})
        self._post(number="030 901820", extension="21")
        self.assertEqual(self._call().partner_id, self.customer)

    def test_events_twice_and_in_any_order(self):
        """R103.1: started, answered, ended; an event that comes again or late changes nothing that is known."""
        now = fields.Datetime.now()
        times = {
            name: (now + timedelta(seconds=s)).isoformat()
            for name, s in (("ringing", 0), ("answered", 9), ("ended", 69))
        }
        for name in ("ended", "answered", "ringing", "answered", "ended"):
            data = calls.read({"call_id": "c1", "number": "030901820", "event": name, "time": times[name]}, now)
            self.env["crm.call.log"]._report(data, self.company)
        self.assertRecordValues(
            self._call(),
            [
                {
                    "state": "ended",
                    "date_start": now,
                    "wait_seconds": 9,
                    "talk_seconds": 60,
                    "partner_id": self.contact.id,
                }
            ],
        )
        missed = calls.read({"call_id": "c9", "number": "030901820", "event": "ended"}, now)
        self.env["crm.call.log"]._report(missed, self.company)
        self.assertEqual(self._call("c9").state, "missed")

    def test_key_scope_and_rate(self):
        """R103.1: without the key nothing happens; a customer's key is none; too many events a minute are refused."""
        portal = self._user("call_portal", "base.group_portal")
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        foreign = self.env["res.users.apikeys"].with_user(portal).sudo()._generate(SCOPE, "x", tomorrow)
        for key in ("wrong", foreign):
            self.assertEqual(self._post(key=key, number="030 901820").status_code, 401)
        self.assertFalse(self._call())
        self.assertEqual(self.url_open(URL).status_code, 405)
        bad = self._post(number="x" * 100)
        self.assertEqual((bad.status_code, "number" in bad.json()["error"]), (400, True))
        self.assertEqual(self._post(key="", headers={"X-Api-Key": self.key}, number="030 901820").status_code, 200)
        self.env["ir.config_parameter"].sudo().set_param("crm_service.telephone_limit", "3")
        codes = [self._post(number="030 901820").status_code for _number in range(4)]
        self.assertIn(429, codes)
        self.assertIsNone(self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=self.key), "own scope")

    def test_wrong_keys_are_limited_by_address(self):
        """R103.1: who tries keys is stopped, also with the right one, for the rest of the minute."""
        with patch("odoo.addons.crm_service.controllers.telephone.BAD_LIMIT", 2):
            codes = [self._post(key="wrong", number="1").status_code for _number in range(3)]
        self.assertEqual(codes, [401, 401, 429])

    def test_other_company_does_not_see_the_call(self):
        """R103: calls belong to a company; agents read them and change nothing."""
        other = self.env["res.company"].create({"name": "Other GmbH"})
        foreign = new_test_user(
            self.env,
            login="call_foreign",
            groups="crm_service.group_service_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self._post(number="030 901820", extension="21")
        call = self._call()
        self.assertFalse(call.with_user(foreign).search([("id", "=", call.id)]))
        self.assertTrue(call.with_user(self.agent).search([("id", "=", call.id)]))
        self.assertFalse(call.with_user(self.agent).has_access("write"))

    def test_ticket_of_a_call_and_response_by_channel(self):
        """R096, R103.1: the ticket keeps its call; first response is reported by channel, missed calls too."""
        Call, Report = self.env["crm.call.log"], self.env["crm.channel.response"]
        before = dict(Report._read_group([], ["channel"], ["answered:sum"]))
        start = fields.Datetime.now() - timedelta(minutes=30)
        for name, event, seconds in (
            ("a", "ringing", 0),
            ("a", "answered", 60),
            ("b", "ringing", 0),
            ("b", "ended", 20),
        ):
            moment = (start + timedelta(seconds=seconds)).isoformat()
            data = {"call_id": name, "number": "030901820", "extension": "21", "event": event, "time": moment}
            Call._report(calls.read(data, fields.Datetime.now()), self.company)
        quick = (
            self.env["crm.ticket.quick"]
            .with_user(self.agent)
            .with_context(**self._call("a").with_user(self.agent).action_new_ticket()["context"])
            .create({"name": "Lamp is dark"})
        )
        ticket = self.env["crm.ticket"].browse(quick.action_create_ticket()["res_id"])
        self.assertRecordValues(ticket, [{"partner_id": self.contact.id, "channel": "phone", "call_count": 1}])
        self.assertEqual(self._call("a").ticket_id, ticket)
        mail = self.env["crm.ticket"].create(
            {
                "name": "Mail",
                "team_id": self.team.id,
                "channel": "email",
                "date_open": start,
                "partner_id": self.contact.id,
            }
        )
        mail.action_mark_answered()
        rows = Report.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            sorted((row.kind, row.channel, row.answered, round(row.minutes)) for row in rows),
            [("call", "phone", 0, 0), ("call", "phone", 1, 1), ("ticket", "email", 1, 30)],
        )
        events = self.env["crm.customer.event"].search(
            [("res_model", "=", "crm.call.log"), ("res_id", "=", self._call("a").id)]
        )
        self.assertEqual(events.partner_id, self.customer, "calls are on the customer's timeline")
        after = dict(Report.with_user(self.agent)._read_group([], ["channel"], ["answered:sum"]))
        self.assertEqual(after["phone"] - before.get("phone", 0), 1)

    def test_supervisor_makes_the_key(self):
        """R103.1: a service manager makes a key that opens only this door; an agent may not."""
        wizard = self.env["crm.telephone.key"].with_user(self.supervisor).create({})
        key = wizard.action_make()["context"]["default_key"]
        self.assertEqual(self.env["res.users"]._telephone_user(key), self.supervisor)
        self.assertFalse(self.env["crm.telephone.key"].with_user(self.agent).has_access("create"))
