from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import identity as ident
from .crm_partner_key import SOURCE_FIELDS

SHOWN = 5  # near matches shown while typing
KEY_FIELDS = frozenset(SOURCE_FIELDS) | {"is_company"}


class ResPartner(models.Model):
    """Collision check: whoever types a customer that exists sees it, and an owned customer is asked for.

    What the user may not read stays hidden: of such a customer only its existence, the certainty and whom to ask are
    shown, only where the match is sure or likely (so that nobody fishes with parts of names), and only of companies
    that the user belongs to. Of a customer of a foreign company nothing is shown at all.
    """

    _inherit = "res.partner"

    crm_can_request = fields.Boolean(compute="_compute_crm_can_request")

    @api.depends("commercial_partner_id.user_id")
    @api.depends_context("uid", "company")
    def _compute_crm_can_request(self):
        guarded = self._crm_guarded()
        for partner in self:
            owner = partner.commercial_partner_id.user_id
            partner.crm_can_request = guarded and owner and owner != self.env.user

    # === KEYS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        self.env["crm.partner.key"]._mark(partners.ids)
        return partners

    def write(self, vals):
        if "user_id" in vals:
            self._crm_guard_owner(vals["user_id"])
        result = super().write(vals)
        if not KEY_FIELDS.isdisjoint(vals):
            self.env["crm.partner.key"]._mark(self.ids)
        return result

    # === WHILE TYPING === #

    @api.model
    @api.readonly
    def crm_near_matches(self, values, exclude_id=False):
        """Customers like the one typed: [{id, name, certainty, why, owner, last_contact ...}], likeliest first.

        `values`: name, phone, email, vat, street, city, zip as typed. `exclude_id`: the record itself.
        """
        if not self.env.user._is_internal():
            return []
        record = self._crm_typed_identity(values)
        excluded = [exclude_id] if isinstance(exclude_id, int) and exclude_id else []
        matches = self.env["crm.partner.key"].sudo()._matches(record, excluded)[: 4 * SHOWN]
        return self._crm_present_matches(matches)[:SHOWN]

    @api.model
    def _crm_typed_identity(self, values):
        typed = {name: value for name, value in values.items() if isinstance(value, str)}
        return ident.identity(
            typed.get("name", ""),
            [typed.get("phone", "")],
            [typed.get("email", "")],
            typed.get("vat", ""),
            typed.get("street", ""),
            typed.get("city", ""),
            typed.get("zip", ""),
        )

    @api.model
    def _crm_present_matches(self, matches):
        """What this user may know of the matches; one line a customer."""
        partners = self.browse([partner_id for partner_id, _judged in matches])
        readable = self.with_context(active_test=False).search([("id", "in", partners.ids)])
        contacts = readable._crm_last_contacts()
        hidden_ok = partners.sudo().filtered(
            lambda partner: not partner.company_id or partner.company_id in self.env.user.company_ids
        )
        pending = self.env["crm.collision"]._pending_customers(readable.commercial_partner_id)
        found = []
        for (_partner_id, judged), partner in zip(matches, partners, strict=True):
            if partner in readable:
                found.append(partner._crm_open_match(judged, contacts, pending))
            elif partner.id in hidden_ok.ids and judged.certainty in ("sure", "likely"):
                found.append(partner._crm_hidden_match(judged))
        return found

    def _crm_open_match(self, judged, contacts, pending):
        customer = self.commercial_partner_id
        owner = customer.sudo().user_id
        last = contacts.get(customer.id)
        return {
            "id": self.id,
            "customer_id": customer.id,
            "name": self.display_name,
            "city": self.city or "",
            "certainty": judged.certainty,
            "why": self.env["crm.partner.key"]._why([part[:2] for part in judged.parts]),
            "owner": owner.name or "",
            "mine": owner == self.env.user,
            "last_contact": fields.Datetime.to_string(last) if last else False,
            "hidden": False,
            "requested": customer.id in pending,
            "can_request": bool(owner) and owner != self.env.user and customer._crm_guarded(),
        }

    def _crm_hidden_match(self, judged):
        """Existence and whom to ask; no id, no name, no date."""
        customer = self.sudo().commercial_partner_id
        return {
            "id": False,
            "customer_id": False,
            "name": self.env._("A customer that you may not see"),
            "city": "",
            "certainty": judged.certainty,
            "why": "",
            "owner": (customer.user_id or customer._crm_collision_manager()).name or "",
            "mine": False,
            "last_contact": False,
            "hidden": True,
            "requested": False,
            "can_request": False,
        }

    def _crm_last_contacts(self):
        """{customer id: datetime of the last contact} of readable partners, by commercial partner."""
        customers = self.commercial_partner_id
        if "crm_last_contact" in self._fields:
            return {customer.id: customer.crm_last_contact for customer in customers}
        if not customers:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, MAX(event.start) FROM calendar_event event
                     JOIN calendar_event_res_partner_rel rel ON rel.calendar_event_id = event.id
                     JOIN res_partner partner ON partner.id = rel.res_partner_id
                    WHERE partner.commercial_partner_id IN %s AND event.start <= NOW() AT TIME ZONE 'UTC'
                    GROUP BY 1""",
                tuple(customers.ids),
            )
        )
        return dict(rows)

    # === WHERE CUSTOMERS ARE PICKED OR QUICKLY MADE === #

    @api.model
    @api.readonly
    def web_name_search(self, name, specification, domain=None, operator="ilike", limit=100):
        """Every field in which a customer is picked also offers the near matches, below the exact ones."""
        found = super().web_name_search(name, specification, domain, operator, limit)
        if operator != "ilike" or len(name or "") < 3 or len(found) >= limit or not self.env.user._is_internal():
            return found
        matches = self.env["crm.partner.key"].sudo()._matches(self._crm_named_identity(name))[:SHOWN]
        known = {row["id"] for row in found}
        wanted = [partner_id for partner_id, _judged in matches if partner_id not in known]
        if not wanted:
            return found
        near = self.search(Domain(domain or []) & Domain("id", "in", wanted), limit=limit - len(found))
        near = near.sorted(lambda partner: wanted.index(partner.id))
        if set(specification) == {"display_name"}:
            labels = near.with_context(formatted_display_name=True)
            return found + [
                {
                    "id": partner.id,
                    "display_name": partner.display_name,
                    "__formatted_display_name": label.display_name,
                }
                for partner, label in zip(near, labels, strict=True)
            ]
        return found + near.web_read(specification)

    @api.model
    def _crm_named_identity(self, text):
        """Identity of what stands in a search box: a mail address, a phone number or a name."""
        if "@" in text:
            return ident.identity(emails=[text], name=text.partition("<")[0] if "<" in text else "")
        if ident.phone_key(text) and not any(char.isalpha() for char in text):
            return ident.identity(phones=[text])
        return ident.identity(name=text)

    @api.model
    def name_create(self, name):
        """A quick creation stops where the customer probably exists: the web client then opens the whole form,
        which shows the matches. Imports and what the system does by itself are not stopped.
        """
        by_hand = not self.env.su and not self.env.context.get("import_file")
        if by_hand and self.env.user.has_group("sales_team.group_sale_salesman"):
            self._crm_stop_quick_create(name)
        return super().name_create(name)

    @api.model
    def _crm_stop_quick_create(self, name):
        matches = self.env["crm.partner.key"].sudo()._matches(self._crm_named_identity(name))
        shown = [
            match
            for match in self._crm_present_matches(matches[: 4 * SHOWN])
            if match["certainty"] in ("sure", "likely")
        ]
        if shown:
            raise ValidationError(
                self.env._(
                    "%(name)s may be a customer that exists: %(matches)s",
                    name=name,
                    matches="; ".join(
                        self.env._("%(customer)s (owner: %(owner)s)", customer=row["name"], owner=row["owner"])
                        if row["owner"]
                        else row["name"]
                        for row in shown[:3]
                    ),
                )
            )

    # === OWNERSHIP === #

    @api.model
    def _crm_guarded(self):
        """Whether this user has to ask: a salesperson without 'all documents', where the company guards customers."""
        user = self.env.user
        return (
            not self.env.su
            and self.env.company.sudo().crm_collision_policy != "off"
            and user.has_group("sales_team.group_sale_salesman")
            and not user.has_group("sales_team.group_sale_salesman_all_leads")
        )

    def _crm_works_for(self, user):
        """Whether the user is the named deputy of this customer."""
        return "deputy_user_id" in self._fields and self.sudo().deputy_user_id == user

    def _crm_guard_owner(self, user_id):
        """A salesperson cannot take an owned customer by writing its salesperson.

        The row is read and locked in the database: of two who take a free customer at once one waits and is
        refused, whatever their screens showed.
        """
        if not self or not self._crm_guarded():
            return
        self.flush_recordset(["user_id"])
        customers = self.commercial_partner_id
        rows = self.env.execute_query(
            SQL(
                "SELECT id, user_id FROM res_partner WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple({*self.ids, *customers.ids}),
            )
        )
        owned = [
            partner_id for partner_id, owner_id in rows if owner_id and owner_id != user_id and owner_id != self.env.uid
        ]
        if owned:
            self.browse(owned[0]).commercial_partner_id._crm_refuse()

    def _crm_refuse(self):
        """Say whose customer it is, and offer to request it."""
        self.ensure_one()
        owner = self.sudo().user_id
        text = self.env._(
            "%(customer)s is a customer of %(owner)s. Request the hand-over, or leave the salesperson as it is.",
            customer=self.display_name,
            owner=owner.name,
        )
        if self.env.company.sudo().crm_collision_policy == "block":
            raise UserError(
                self.env._("%(customer)s is a customer of %(owner)s.", customer=self.display_name, owner=owner.name)
            )
        action = self.env.ref("crm_custom.crm_collision_request_action")
        raise RedirectWarning(
            text, action.id, self.env._("Request hand-over"), {"default_partner_id": self.id, "dialog_size": "medium"}
        )

    def _crm_collision_manager(self):
        """Who decides for the owner's manager: the leader of the owner's sales team, else of the user's."""
        teams = self.env["crm.team"].sudo()
        owner = self.sudo().user_id
        for user in (owner, self.env.user):
            team = teams.search([("crm_team_member_ids.user_id", "=", user.id), ("user_id", "!=", False)], limit=1)
            if user and team.user_id.active:
                return team.user_id
        return self.env["res.users"]

    def action_crm_request_handover(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_collision_request_action")
        return action | {"context": {"default_partner_id": self.commercial_partner_id.id}}
