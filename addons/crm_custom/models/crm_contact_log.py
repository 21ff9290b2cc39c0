from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

CHANNELS = [
    ("call", "Call"),
    ("email", "Email"),
    ("im", "Instant message"),
    ("visit", "Visit"),
    ("meeting", "Meeting"),
    ("video", "Video call"),
    ("letter", "Letter"),
    ("portal", "Portal"),
    ("other", "Other"),
]
ACTIVITY_TYPES = {
    "call": "mail.mail_activity_data_call",
    "email": "mail.mail_activity_data_email",
    "visit": "mail.mail_activity_data_meeting",
    "meeting": "mail.mail_activity_data_meeting",
    "video": "mail.mail_activity_data_meeting",
}
SUMMARY_LENGTH = 120


class CrmContactLog(models.Model):
    """One contact with a customer: when, by which channel, between whom, what was said and what comes next.

    The one record of contacts that everything counts (last contact, visits, coverage, reports). `date` is UTC.
    What is planned is not here: the next step is an ordinary activity of Odoo on the customer.
    """

    _name = "crm.contact.log"
    _description = "Customer Contact"
    _order = "date desc, id desc"
    _rec_name = "subject"
    _check_company_auto = True

    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        help="The company; of an individual, the person.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        ondelete="set null",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', partner_id), ('is_company', '=', False)]",
        help="The person spoken to.",
    )
    user_id = fields.Many2one(
        "res.users", string="By", required=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    channel = fields.Selection(CHANNELS, required=True, default="call")
    direction = fields.Selection([("out", "Outgoing"), ("in", "Incoming")], required=True, default="out")
    subject = fields.Char(required=True)
    content = fields.Html(string="What was said")
    next_step = fields.Char()
    next_date = fields.Date(string="Next contact", help="Makes an activity for this day on the customer.")
    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", ondelete="set null", index="btree_not_null", check_company=True
    )
    order_id = fields.Many2one(
        "sale.order", string="Quotation or order", ondelete="set null", index="btree_not_null", check_company=True
    )
    event_id = fields.Many2one("calendar.event", string="Meeting", ondelete="set null", index="btree_not_null")
    activity_id = fields.Many2one(
        "mail.activity", string="Activity made", ondelete="set null", index="btree_not_null", readonly=True, copy=False
    )
    done_activity_id = fields.Many2one(
        "mail.activity",
        string="Activity done",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The planned contact that this one fulfilled.",
    )

    _partner_date_idx = models.Index("(partner_id, company_id, date DESC)")
    _user_date_idx = models.Index("(user_id, date DESC)")

    @api.onchange("contact_id")
    def _onchange_contact_id(self):
        if self.contact_id:
            self.partner_id = self.contact_id.commercial_partner_id

    @api.constrains("date")
    def _check_date(self):
        """A contact has happened; the day's slack is for clocks and time zones."""
        limit = fields.Datetime.add(fields.Datetime.now(), days=1)
        if any(log.date > limit for log in self):
            raise ValidationError(
                self.env._("A contact lies in the past. Plan a future one as next step or as a meeting.")
            )

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        for log in self:
            if log.contact_id and log.contact_id.commercial_partner_id != log.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=log.contact_id.display_name,
                        customer=log.partner_id.display_name,
                    )
                )

    # === WRITING === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._complete(vals)
        logs = super().create(vals_list)
        logs._plan_next()
        self._forget_last_contact()
        return logs

    def write(self, vals):
        if vals.get("partner_id") or vals.get("contact_id"):
            vals = dict(vals)
            self._complete(vals)
        done = super().write(vals)
        if vals.keys() & {"next_date", "next_step"}:
            self._plan_next()
        if vals.keys() & {"date", "partner_id", "user_id", "company_id"}:
            self._forget_last_contact()
        return done

    @api.model
    def _forget_last_contact(self):
        """What customers remember as their last contact is read anew."""
        self.env["res.partner"].invalidate_model(
            ["crm_last_contact", "crm_last_contact_user_id", "crm_contact_log_count"], flush=False
        )

    @api.model
    def _complete(self, vals):
        """Store the commercial partner; the person that was named instead becomes the contact."""
        partners = self.env["res.partner"]
        partner = partners.browse(vals.get("partner_id") or vals.get("contact_id") or False)
        if not partner:
            return
        if not vals.get("contact_id") and partner.commercial_partner_id != partner and not partner.is_company:
            vals["contact_id"] = partner.id
        vals["partner_id"] = partner.commercial_partner_id.id

    def _plan_next(self):
        """Keep one open activity on the customer per log with a next date; none when the date is taken out."""
        for log in self:
            activity = log.sudo().activity_id.filtered("active")
            if not log.next_date:
                activity.unlink()
                continue
            values = {
                "summary": log.next_step or log.subject,
                "date_deadline": log.next_date,
                "user_id": log.user_id.id,
            }
            if activity:
                activity.write(values)
                continue
            kind = ACTIVITY_TYPES.get(log.channel, "mail.mail_activity_data_todo")
            log.activity_id = log.partner_id.activity_schedule(kind, **values)

    @api.model
    def _log(self, partner, channel, **values):
        """Record a contact that has just happened with `partner` (a company or one of its people)."""
        names = dict(self._fields["channel"]._description_selection(self.env))
        text = html2plaintext(values.get("content") or "").strip().split("\n")[0][:SUMMARY_LENGTH]
        return self.create({"partner_id": partner.id, "channel": channel, "subject": text or names[channel], **values})

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
