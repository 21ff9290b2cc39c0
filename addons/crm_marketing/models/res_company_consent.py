from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_consent_rule = fields.Selection(
        [("objection", "Everyone who has not refused"), ("consent", "Only those who have agreed")],
        string="Who May Be Contacted",
        default="objection",
        required=True,
        prefetch="crm",
    )
    crm_consent_months = fields.Integer(
        string="Consent Lasts",
        default=0,
        help="Months after which an agreement expires. 0: until it is withdrawn.",
        prefetch="crm",
    )
    crm_contact_cap = fields.Integer(
        string="Contact Limit",
        default=0,
        help="Most contacts by campaigns (mail, SMS, call, letter) that a person gets within the days beside. 0: none.",
        prefetch="crm",
    )
    crm_contact_cap_days = fields.Integer(string="Days of the Contact Limit", default=7, prefetch="crm")
    crm_mail_baseline = fields.Integer(
        string="Consented Mail Addresses at the Start",
        help="Customers with a consented mail address when you began to count; 0: not known.",
        prefetch="crm",
    )

    _check_crm_consent = models.Constraint(
        "CHECK (crm_consent_months >= 0 AND crm_contact_cap >= 0 AND crm_contact_cap_days >= 1)",
        "Consent months and contact limit cannot be negative; the limit needs at least one day.",
    )
