from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

QUIET = {"mail_auto_subscribe_no_notify": True, "mail_activity_quick_update": True}


class CrmReassignment(models.Model):
    """Who gave which customers and which open work to whom: the record that stays when staff change.

    Closed leads, confirmed orders, past messages and done activities keep the salesperson who made them.
    """

    _name = "crm.reassignment"
    _description = "Reassignment of Customers"
    _order = "date desc, id desc"
    _rec_name = "from_user_id"

    from_user_id = fields.Many2one("res.users", string="From", required=True, readonly=True, ondelete="restrict")
    to_user_ids = fields.Many2many("res.users", string="To", readonly=True)
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Done by",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, required=True, readonly=True)
    reason = fields.Selection(
        [("handover", "Hand-over of a customer"), ("departure", "Departure of a colleague")],
        required=True,
        readonly=True,
    )
    note = fields.Text(readonly=True)
    line_ids = fields.One2many("crm.reassignment.line", "reassignment_id", readonly=True)
    line_count = fields.Integer(string="Records", compute="_compute_line_count")

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["crm.reassignment.line"]._read_group(
                [("reassignment_id", "in", self.ids)], ["reassignment_id"], ["__count"]
            )
        )
        for move in self:
            move.line_count = counts.get(move, 0)

    # === WHAT MOVES === #

    @api.model
    def _part_domains(self, user):
        """{part: (model, domain)} of what a salesperson holds: customers, open leads, quotations, activities."""
        companies = Domain("company_id", "in", [*self.env.companies.ids, False])
        mine = Domain("user_id", "=", user.id)
        return {
            "partner": ("res.partner", mine & companies),
            "lead": ("crm.lead", mine & companies & Domain("won_status", "=", "pending") & Domain("active", "=", True)),
            "order": ("sale.order", mine & companies & Domain("state", "in", ("draft", "sent"))),
            "activity": ("mail.activity", mine & Domain("active", "=", True)),
        }

    @api.model
    def _held(self, user, parts, customers=None):
        """{part: records} of the user; with `customers` only what belongs to them."""
        held = {}
        for part in parts:
            model, domain = self._part_domains(user)[part]
            if customers is not None:
                domain &= self._customer_domain(part, customers)
            records = self.env[model].sudo().with_context(active_test=False).search(domain)
            held[part] = records
        return held

    @api.model
    def _customer_domain(self, part, customers):
        family = self.env["res.partner"].sudo().with_context(active_test=False)
        family = family.search([("commercial_partner_id", "in", customers.ids)])
        if part == "partner":
            return Domain("id", "in", family.ids)
        if part in ("lead", "order"):
            return Domain("partner_id", "in", family.ids)
        documents = Domain.FALSE
        for model in ("crm.lead", "sale.order"):
            found = self.env[model].sudo()._search([("partner_id", "in", family.ids)])
            documents |= Domain("res_model", "=", model) & Domain("res_id", "in", found)
        return documents | (Domain("res_model", "=", "res.partner") & Domain("res_id", "in", family.ids))

    @api.model
    def _customers_of(self, part, records):
        """{record id: commercial partner id or False}, in one query a model."""
        if part == "partner":
            return {partner.id: partner.commercial_partner_id.id for partner in records}
        if part in ("lead", "order"):
            return {record.id: record.partner_id.commercial_partner_id.id for record in records}
        found, documents = {}, defaultdict(dict)
        for activity in records:
            documents[activity.res_model][activity.id] = activity.res_id
        for model, targets in documents.items():
            if model not in self.env:
                continue
            target_records = self.env[model].sudo().browse(set(targets.values())).exists()
            link = "commercial_partner_id" if model == "res.partner" else "partner_id"
            if link not in target_records._fields:
                continue
            customer = {record.id: record[link].commercial_partner_id.id for record in target_records}
            found |= {activity_id: customer.get(res_id) for activity_id, res_id in targets.items()}
        return found

    @api.model
    def _reassign(self, from_user, targets, parts, reason, customers=None, note=False):
        """Move what `from_user` holds; returns the reassignment.

        `targets`: {commercial partner id: new user}; what belongs to no such customer goes to targets[False].
        Without a target for it a record stays. Each write is tracked on the record, and nobody is mailed once a
        record: the reassignment is the message.
        """
        self = self.sudo().with_context(**QUIET)
        from_user.ensure_one()
        move = self.create(
            {
                "from_user_id": from_user.id,
                "to_user_ids": [(6, 0, sorted({user.id for user in targets.values()}))],
                "reason": reason,
                "note": note,
            }
        )
        lines = []
        for part, records in self._held(from_user, parts, customers).items():
            customer_of = self._customers_of(part, records)
            groups = defaultdict(list)
            for record in records:
                customer_id = customer_of.get(record.id) or False
                user = targets.get(customer_id) or targets.get(False)
                if user:
                    groups[user].append(record.id)
            for user, record_ids in groups.items():
                moved = records.browse(record_ids)
                self._check_companies(user, moved)
                lines += self._prepare_lines(move, moved, customer_of, user)
                moved.write({"user_id": user.id})
        self.env["crm.reassignment.line"].create(lines)
        return move

    @api.model
    def _check_companies(self, user, records):
        if "company_id" not in records._fields:
            return
        foreign = records.company_id - user.sudo().company_ids
        if foreign:
            raise UserError(
                self.env._(
                    "%(user)s does not work in %(companies)s.",
                    user=user.name,
                    companies=", ".join(foreign.mapped("name")),
                )
            )

    @api.model
    def _prepare_lines(self, move, records, customer_of, user):
        return [
            {
                "reassignment_id": move.id,
                "model": records._name,
                "res_id": record.id,
                "name": record.display_name,
                "partner_id": customer_of.get(record.id) or False,
                "to_user_id": user.id,
            }
            for record in records
        ]
