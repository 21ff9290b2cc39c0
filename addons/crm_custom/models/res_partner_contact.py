from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

COMPARISONS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}
NOBODY = SQL("(SELECT NULL::int WHERE FALSE)")


class ResPartner(models.Model):
    """Last contact of a customer, and the matrix of who speaks with whom.

    The last contact counts for everybody who reads the customer: who may not open the contact itself still sees
    that there was one, when and by whom, within the companies that are switched on.
    """

    _inherit = "res.partner"

    crm_last_contact = fields.Datetime(
        string="Last contact", compute="_compute_crm_last_contact", search="_search_crm_last_contact"
    )
    crm_last_contact_user_id = fields.Many2one(
        "res.users",
        string="Last contact by",
        compute="_compute_crm_last_contact",
        search="_search_crm_last_contact_user_id",
    )
    crm_contact_log_count = fields.Integer(string="Contacts made", compute="_compute_crm_contact_log_count")

    @api.depends("commercial_partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_crm_last_contact(self):
        newest = {}
        customers = self.commercial_partner_id.ids
        if customers:
            self.env["crm.contact.log"].flush_model(["partner_id", "date", "user_id", "company_id"])
            rows = self.env.execute_query(self._crm_newest_contact_query(SQL("partner_id IN %s", tuple(customers))))
            newest = {partner: (date, user) for partner, date, user in rows}
        for partner in self:
            date, user = newest.get(partner.commercial_partner_id.id, (False, False))
            partner.crm_last_contact = date
            partner.crm_last_contact_user_id = user

    def _crm_newest_contact_query(self, where):
        """SELECT partner_id, date, user_id of the newest contact of each customer in the current companies."""
        return SQL(
            """SELECT DISTINCT ON (partner_id) partner_id, date, user_id FROM crm_contact_log
               WHERE company_id IN %s AND %s ORDER BY partner_id, date DESC, id DESC""",
            tuple(self.env.companies.ids),
            where,
        )

    @api.model
    def _search_crm_last_contact(self, operator, value):
        if operator == "in":
            none = Domain("commercial_partner_id", "in", self._crm_newest_contacts(SQL("TRUE")))
            dates = [date for date in value if date]
            found = self._crm_newest_contacts(SQL("date IN %s", tuple(dates))) if dates else NOBODY
            domain = Domain("commercial_partner_id", "in", found)
            return domain | ~none if False in value else domain
        if operator not in COMPARISONS:
            return NotImplemented
        comparison = SQL("date %s %s", COMPARISONS[operator], value)
        return [("commercial_partner_id", "in", self._crm_newest_contacts(comparison))]

    @api.model
    def _search_crm_last_contact_user_id(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "any":
            users = self.env["res.users"]._search(value).get_result_ids()
        else:
            users = [user for user in value if user]
        found = self._crm_newest_contacts(SQL("user_id IN %s", tuple(users))) if users else NOBODY
        domain = Domain("commercial_partner_id", "in", found)
        if operator == "in" and False in value:
            domain |= ~Domain("commercial_partner_id", "in", self._crm_newest_contacts(SQL("TRUE")))
        return domain

    @api.model
    def _crm_newest_contacts(self, where):
        """Return the customers (SQL) whose newest contact is such."""
        self.env["crm.contact.log"].flush_model(["partner_id", "date", "user_id", "company_id"])
        return SQL(
            "(SELECT newest.partner_id FROM (%s) newest WHERE %s)", self._crm_newest_contact_query(SQL("TRUE")), where
        )

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_contact_log_count(self):
        """Contacts that the user may open."""
        logs, counts = self.env["crm.contact.log"], {}
        if logs.has_access("read"):
            domain = [("partner_id", "in", self.commercial_partner_id.ids)]
            counts = {partner.id: count for partner, count in logs._read_group(domain, ["partner_id"], ["__count"])}
        for partner in self:
            partner.crm_contact_log_count = counts.get(partner.commercial_partner_id.id, 0)

    # === ACTIONS === #

    def action_crm_contact_logs(self):
        """The contacts of the customer; a new one starts with this customer and person."""
        action = self._crm_action(
            self.env._("Contacts"),
            "crm.contact.log",
            [("partner_id", "=", self.commercial_partner_id.id)],
            ("list", "form", "calendar", "pivot", "graph"),
            {"create": True, "default_partner_id": self.commercial_partner_id.id},
        )
        if self != self.commercial_partner_id and not self.is_company:
            action["context"]["default_contact_id"] = self.id
        return action

    def action_crm_log_contact(self):
        """A new contact with this customer, in a dialog."""
        self.ensure_one()
        customer = self.commercial_partner_id
        person = self if self != customer and not self.is_company else self.browse()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a contact"),
            "res_model": "crm.contact.log",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": customer.id, "default_contact_id": person.id},
        }

    def action_crm_contact_matrix(self):
        return self._crm_action(
            self.env._("Who speaks with whom"),
            "crm.contact.matrix",
            [("partner_id", "=", self.commercial_partner_id.id)],
            ("pivot", "list"),
        )
