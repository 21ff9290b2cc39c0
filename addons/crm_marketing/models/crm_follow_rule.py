from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools import follow

BATCH = 500
BASES = [("contact", "Last contact"), ("purchase", "Last invoice"), ("created", "Record created")]
PLAN = ("basis", "age_from", "age_to", "importance", "repeat_days", "spare_days")
IMPORTANCE = [("any", "Any"), ("a", "Class A"), ("b", "Class B"), ("c", "Class C"), ("none", "Without class")]


class CrmFollowRule(models.Model):
    """How customers outside of campaigns are followed: by silence and importance, which task and how often.

    Age: days since the basis, up to the end of today; never contacted or billed counts from the day of the record. The
    first rule that fits a customer is the one. Nobody gets a second task while one is open, or before the rule's rest
    is over; customers that a campaign has touched lately, that are given up or are no customers are left out.
    """

    _name = "crm.follow.rule"
    _description = "Follow-up Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    basis = fields.Selection(BASES, "Age Counts from", required=True, default="contact")
    age_from = fields.Integer("Days from", required=True, default=90)
    age_to = fields.Integer("Days to", help="Included; 0: no end.")
    importance = fields.Selection(IMPORTANCE, required=True, default="any", help="Class of the newest scorecard.")
    segment_id = fields.Many2one(
        "crm.segment", check_company=True, ondelete="restrict", index="btree_not_null", help="Empty: all customers."
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Method",
        required=True,
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'res.partner'))]",
    )
    summary = fields.Char("Task", translate=True)
    deadline_days = fields.Integer("Due in (days)", default=7)
    repeat_days = fields.Integer("Again after (days)", default=60, help="Rest of a customer after a task.")
    spare_days = fields.Integer(
        "Spare after a Campaign (days)", default=30, help="Customers touched by a campaign in these days are left out."
    )
    limit = fields.Integer("At Most a Run", default=100, help="Longest silent first.")
    user_id = fields.Many2one(
        "res.users",
        "Else Done by",
        required=True,
        default=lambda self: self.env.user,
        check_company=True,
        help="Tasks go to the customer's salesperson; of customers without one to this person.",
    )
    task_ids = fields.One2many("crm.follow.task", "rule_id", "Tasks Made")
    task_count = fields.Integer("Tasks", compute="_compute_task_count")

    _check_days = models.Constraint(
        "CHECK (age_from >= 0 AND (age_to = 0 OR age_to IS NULL OR age_to >= age_from) AND repeat_days > 0 "
        'AND deadline_days >= 0 AND spare_days >= 0 AND "limit" > 0)',
        "The days run from less to more, the rest and the tasks a run are above 0.",
    )

    def _compute_task_count(self):
        counts = dict(self.env["crm.follow.task"]._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"]))
        for rule in self:
            rule.task_count = counts.get(rule, 0)

    # === WHO === #

    @api.model
    def _candidates(self, company, today):
        """Query of (partner_id, user_id, class, days since contact, invoice, creation, last task, campaign).

        Why SQL: every customer is looked at in one statement; the few that fit are read afterwards.
        """
        partners = self.env["res.partner"].sudo().with_company(company)
        domain = Domain("customer_rank", ">", 0) & Domain("company_id", "in", [company.id, False])
        listed = partners._search(domain & ~partners._crm_no_campaign_domain())
        return SQL(
            """SELECT partner.id, partner.user_id, COALESCE(card.customer_class, 'none') AS importance,
                      %(today)s - COALESCE(contact.day, partner.create_date::date) AS contact,
                      %(today)s - COALESCE(sale.day, partner.create_date::date) AS purchase,
                      %(today)s - partner.create_date::date AS created,
                      %(today)s - task.day AS task, %(today)s - touch.day AS campaign,
                      COALESCE(task.is_open, FALSE) AS is_open
                 FROM res_partner partner
                 LEFT JOIN crm_scorecard card
                   ON card.partner_id = partner.id AND card.company_id = %(company)s AND card.is_latest
                 LEFT JOIN (SELECT partner_id, MAX(date)::date AS day FROM crm_contact_log
                             WHERE company_id = %(company)s GROUP BY partner_id) contact
                   ON contact.partner_id = partner.id
                 LEFT JOIN (SELECT commercial_partner_id, MAX(invoice_date) AS day FROM account_move move
                             WHERE %(sales)s GROUP BY commercial_partner_id) sale
                   ON sale.commercial_partner_id = partner.id
                 LEFT JOIN (SELECT task.partner_id, MAX(task.date) AS day, BOOL_OR(activity.active) AS is_open
                              FROM crm_follow_task task
                              LEFT JOIN mail_activity activity ON activity.id = task.activity_id
                             WHERE task.company_id = %(company)s GROUP BY task.partner_id) task
                   ON task.partner_id = partner.id
                 LEFT JOIN (SELECT partner_id, MAX(date)::date AS day FROM crm_touch
                             WHERE valid AND campaign_id IS NOT NULL GROUP BY partner_id) touch
                   ON touch.partner_id = partner.id
                WHERE partner.id = partner.commercial_partner_id AND partner.id IN %(listed)s""",
            today=today,
            company=company.id,
            sales=self.env["crm.metric"]._sales_where(company, None, today + relativedelta(days=1)),
            listed=listed.subselect(),
        )

    @api.model
    def _assign(self, company, today):
        """{rule: [(partner id, user id, age)]}, longest silent first, at most the rule's limit."""
        rules = self.search([("company_id", "=", company.id)])
        self.env.flush_all()
        plans = [follow.Rule(*(rule[name] for name in PLAN), rule.segment_id.id or 0) for rule in rules]
        found = {rule: [] for rule in rules}
        segments = self._segments_of(rules.segment_id)
        for row in self.env.execute_query_dict(self._candidates(company, today)):
            row["segments"] = segments.get(row["id"], ())
            place = follow.first(plans, row)
            if place is not None:
                found[rules[place]].append((row["id"], row["user_id"], row[plans[place].basis]))
        return {rule: sorted(rows, key=lambda row: (-row[2], row[0]))[: rule.limit] for rule, rows in found.items()}

    @api.model
    def _segments_of(self, segments):
        """{partner id: ids of those of the segments that the partner belongs to now}; a query a segment."""
        found = {}
        for segment in segments:
            for (partner,) in self.env.execute_query(segment._partner_query().select()):
                found.setdefault(partner, set()).add(segment.id)
        return found

    def action_preview(self):
        """The customers that would get a task of this rule now."""
        self.ensure_one()
        rows = self.sudo()._assign(self.company_id, fields.Date.context_today(self))
        partners = next((rows[rule] for rule in rows if rule == self), [])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(rule)s: next tasks", rule=self.name),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", [row[0] for row in partners])],
        }

    # === TASKS === #

    @api.model
    def _process(self, company, today):
        """Make the tasks of the day; returns how many. A second run on the day makes none."""
        made = 0
        for rule, rows in self.sudo()._assign(company, today).items():
            for start in range(0, len(rows), BATCH):
                made += len(rule._make_tasks(rows[start : start + BATCH], today))
        return made

    def _make_tasks(self, rows, today):
        model = self.env["ir.model"]._get("res.partner")
        reasons = [self._reason(age) for _partner, _user, age in rows]
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(
                [
                    {
                        "res_model_id": model.id,
                        "res_id": partner,
                        "activity_type_id": self.activity_type_id.id,
                        "summary": self.summary or self.name,
                        "note": reason,
                        "user_id": user or self.user_id.id,
                        "date_deadline": today + relativedelta(days=self.deadline_days),
                    }
                    for (partner, user, _age), reason in zip(rows, reasons, strict=True)
                ]
            )
        )
        return self.env["crm.follow.task"].create(
            [
                {
                    "rule_id": self.id,
                    "partner_id": partner,
                    "user_id": activity.user_id.id,
                    "date": today,
                    "activity_id": activity.id,
                    "reason": reason,
                }
                for (partner, _user, _age), activity, reason in zip(rows, activities, reasons, strict=True)
            ]
        )

    def _reason(self, age):
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in ("basis", "importance")}
        return self.env._(
            "%(basis)s %(days)s days ago; importance: %(importance)s",
            basis=labels["basis"][self.basis],
            days=age,
            importance=labels["importance"][self.importance],
        )

    def action_run_now(self):
        """A marketer makes today's tasks without waiting for the night."""
        company = self.env.company
        if not self.env.user.has_groups("mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager"):
            raise UserError(self.env._("Only marketers and sales administrators make follow-up tasks."))
        today = fields.Date.context_today(self)
        made = self._process(company, today)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if made else "info",
                "message": self.env._("%(count)s tasks made for %(day)s", count=made, day=format_date(self.env, today)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_tasks(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_follow_task_action")
        return action | {"domain": [("rule_id", "=", self.id)]}

    @api.model
    def _cron_run(self):
        """Nightly, company by company."""
        companies = self.env["res.company"].sudo().search([])
        for company in self.env["crm.cron.turn"]._each("crm.follow.rule", companies):
            self.with_company(company)._process(company, fields.Date.context_today(self))
