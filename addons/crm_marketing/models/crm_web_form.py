import secrets

from odoo import api, fields, models

FIELDS = ("phone", "company", "zip", "message")


class CrmWebForm(models.Model):
    """A public page that asks for a contact: what it asks, what it promises, and where the answer goes.

    Everybody who has the link sees a published form; the link's key is random. Submissions are crm.web.form.entry.
    """

    _name = "crm.web.form"
    _description = "Web Form"
    _inherit = ["mail.thread"]
    _order = "is_published desc, name, id"
    _check_company_auto = True

    name = fields.Char("Title", required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    is_published = fields.Boolean("Published", tracking=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty: the campaign by whose link the visitor came.",
    )
    medium_id = fields.Many2one(
        "utm.medium", default=lambda self: self.env.ref("utm.utm_medium_website", raise_if_not_found=False)
    )
    source_id = fields.Many2one("utm.source", help="Empty: the source by whose link the visitor came.")
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson", check_company=True, help="Empty: the salesperson of the visitor's territory."
    )
    intro = fields.Html("Text Above", translate=True)
    thanks = fields.Html("Text After", translate=True)
    ask_phone = fields.Boolean("Ask Telephone", default=True)
    ask_company = fields.Boolean(default=True)
    ask_zip = fields.Boolean("Ask Country and Postcode", default=True, help="Needed to find the territory.")
    ask_message = fields.Boolean(default=True)
    ask_consent = fields.Boolean(
        default=True, help="Asks whether news and offers may be sent by mail, and by telephone if asked."
    )
    access_token = fields.Char(
        default=lambda self: secrets.token_urlsafe(24),
        required=True,
        copy=False,
        readonly=True,
        groups="mass_mailing.group_mass_mailing_user",
    )
    url = fields.Char("Link", compute="_compute_url", groups="mass_mailing.group_mass_mailing_user")
    entry_ids = fields.One2many("crm.web.form.entry", "form_id", "All Submissions")
    entry_count = fields.Integer("Submissions", compute="_compute_counts")
    lead_count = fields.Integer("Leads", compute="_compute_counts")
    order_count = fields.Integer("Orders", compute="_compute_counts", help="Confirmed orders of these leads.")

    _token_unique = models.UniqueIndex("(access_token)")

    @api.depends("access_token")
    def _compute_url(self):
        for form in self:
            form.url = f"{form.get_base_url()}/crm/form/{form.access_token}"

    @api.depends("entry_ids.lead_id")
    def _compute_counts(self):
        entries = self.env["crm.web.form.entry"].sudo()
        mine = [("form_id", "in", self.ids)]
        kept = dict(entries._read_group([*mine, ("state", "in", ("lead", "known"))], ["form_id"], ["__count"]))
        leads = {
            form.id: leads
            for form, leads in entries._read_group(
                [*mine, ("lead_id", "!=", False)], ["form_id"], ["lead_id:recordset"]
            )
        }
        ids = [lead.id for found in leads.values() for lead in found]
        orders = dict(
            self.env["sale.order"]
            .sudo()
            ._read_group([("opportunity_id", "in", ids), ("state", "=", "sale")], ["opportunity_id"], ["__count"])
        )
        for form in self:
            own = leads.get(form.id, ())
            form.entry_count = kept.get(form, 0)
            form.lead_count = len(own)
            form.order_count = sum(orders.get(lead, 0) for lead in own)

    def _asked(self):
        return ("name", "email", *(field for field in FIELDS if self[f"ask_{field}"]))

    # === ACTIONS === #

    def action_publish(self):
        self.is_published = True

    def action_unpublish(self):
        self.is_published = False

    def action_new_link(self):
        """Make the link anew; the former one answers no more."""
        for form in self:
            form.access_token = secrets.token_urlsafe(24)

    def action_open_page(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def action_open_entries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_web_form_entry_action")
        return action | {"domain": [("form_id", "=", self.id)], "context": {"search_default_kept": 1}}

    def action_open_leads(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leads"),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.sudo().entry_ids.lead_id.ids)],
            "context": {"create": False},
        }

    def action_open_orders(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("opportunity_id", "in", self.sudo().entry_ids.lead_id.ids), ("state", "=", "sale")],
            "context": {"create": False},
        }
