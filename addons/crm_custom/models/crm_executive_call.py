from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html


class CrmExecutiveCall(models.Model):
    """A call that an executive owes to one of the customers with the largest sales, once a month.

    The list is made each month (cron, or the button) from the newest scorecards: untaxed sales of twelve months,
    largest first, shared among the executives of the company in turn. What is entered as feedback becomes a contact
    of the customer, and the follow-up an activity for the customer's salesperson.
    """

    _name = "crm.executive.call"
    _description = "Executive Call"
    _order = "month desc, rank, id"
    _rec_name = "partner_id"

    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Executive", required=True, domain="[('share', '=', False)]")
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    phone = fields.Char(related="partner_id.phone")
    rank = fields.Integer(readonly=True, aggregator=None)
    revenue = fields.Monetary(string="Annual sales", readonly=True, currency_field="currency_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    last_contact = fields.Datetime(related="partner_id.crm_last_contact")
    state = fields.Selection(
        [("open", "To Call"), ("done", "Called"), ("skipped", "Left Out")], default="open", required=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Spoken with",
        domain="[('commercial_partner_id', '=', partner_id), ('is_company', '=', False)]",
        ondelete="set null",
        index="btree_not_null",
    )
    feedback = fields.Text(help="What the customer said. It appears on the customer's profile.")
    next_step = fields.Char(string="Follow-up")
    next_date = fields.Date(string="Follow-up on")
    log_id = fields.Many2one("crm.contact.log", readonly=True, index="btree_not_null", ondelete="set null")

    _month_partner_unique = models.UniqueIndex(
        "(company_id, month, partner_id)", "A customer is on the list of a month once."
    )
    _user_state_idx = models.Index("(user_id, state)")

    # === THE LIST === #

    @api.model
    def _cron_make(self):
        companies = self.env["res.company"].search([])
        today = fields.Date.context_today(self)
        for company in self.env["crm.cron.turn"]._each("crm.executive.call", companies):
            self.with_company(company)._make(company, today)

    @api.model
    def _make(self, company, today):
        """The calls of the month that are missing; run twice it makes nothing twice."""
        executives = company.sudo().crm_executive_ids.filtered("active")
        if not executives or not company.crm_executive_customers:
            return self.browse()
        month = today.replace(day=1)
        known = set(self.search([("company_id", "=", company.id), ("month", "=", month)]).partner_id.ids)
        return self.create(
            [
                {
                    "company_id": company.id,
                    "month": month,
                    "partner_id": partner,
                    "rank": rank,
                    "revenue": revenue,
                    "user_id": executives[(rank - 1) % len(executives)].id,
                }
                for rank, (partner, revenue) in enumerate(self._top_customers(company), 1)
                if partner not in known
            ]
        )

    @api.model
    def _top_customers(self, company):
        """[(partner id, annual sales)], largest sales first."""
        self.env["crm.scorecard"].flush_model(["company_id", "is_latest", "partner_id", "revenue"])
        return self.env.execute_query(
            SQL(
                """SELECT card.partner_id, card.revenue FROM crm_scorecard card
                   JOIN res_partner partner ON partner.id = card.partner_id AND partner.active
                   WHERE card.company_id = %s AND card.is_latest AND card.revenue > 0
                   ORDER BY card.revenue DESC, card.partner_id LIMIT %s""",
                company.id,
                company.crm_executive_customers,
            )
        )

    def action_make_now(self):
        """A manager's button: the list of this month for the current company."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(self.env._("Only a sales administrator makes the list."))
        company = self.env.company
        if not company.crm_executive_ids:
            raise UserError(self.env._("Name the executives who call in the CRM settings first."))
        self.sudo()._make(company, fields.Date.context_today(self))
        return self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_executive_call_action")

    # === THE CALL === #

    def action_done(self):
        """Feedback to the profile, follow-up to the customer's salesperson."""
        for call in self:
            if call.state != "open":
                raise UserError(self.env._("This call is closed already."))
            if not (call.feedback or "").strip():
                raise UserError(
                    self.env._("Please enter what %(customer)s said.", customer=call.partner_id.display_name)
                )
            call.log_id = self.env["crm.contact.log"]._log(
                call.contact_id or call.partner_id,
                "call",
                subject=self.env._("Executive call"),
                content=plaintext2html(call.feedback),
                user_id=self.env.uid,
                company_id=call.company_id.id,
            )
            call._follow_up()
            call.state = "done"
        return True

    def _follow_up(self):
        """An activity on the customer: what was agreed, or to read the feedback, within a week where no day is set."""
        self.partner_id.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=self.next_date or fields.Date.add(fields.Date.context_today(self), days=7),
            summary=self.next_step or self.env._("Follow up the executive call"),
            note=plaintext2html(self.feedback),
            user_id=(self.salesperson_id or self.user_id).id,
        )

    def action_skip(self):
        self.filtered(lambda call: call.state == "open").state = "skipped"
        return True

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
