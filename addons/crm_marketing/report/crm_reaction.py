from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_touch import KINDS

FIGURES = {
    "delivered": ("mail", "sms"),
    "opened": ("open",),
    "clicked": ("click",),
    "replied": ("reply",),
    "called": ("call",),
    "visited": ("visit",),
    "registered": ("event",),
    "submitted": ("form",),
    "leads": ("lead",),
    "ordered": ("order",),
    "unsubscribed": ("optout",),
}


class CrmReaction(models.Model):
    """How customers react to campaigns day by day: one row a touch (id = the touch's), one column a kind.

    Touches that do not count (machines, repetitions, mails that came back) stand in `filtered` alone. Days are those
    of the reader's time zone, as everywhere that Odoo groups by day.
    """

    _name = "crm.reaction"
    _inherit = ["crm.fact"]
    _description = "Reactions to Campaigns"
    _auto = False
    _rec_name = "touch_id"
    _order = "date desc, id desc"

    touch_id = fields.Many2one("crm.touch", readonly=True)
    date = fields.Datetime(readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    mailing_id = fields.Many2one("mailing.mailing", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    delivered = fields.Integer(readonly=True)
    opened = fields.Integer(readonly=True)
    clicked = fields.Integer("Clicks", readonly=True)
    replied = fields.Integer("Answered", readonly=True)
    called = fields.Integer("Calls", readonly=True)
    visited = fields.Integer("Visits", readonly=True)
    registered = fields.Integer("Registrations", readonly=True)
    submitted = fields.Integer("Forms", readonly=True)
    leads = fields.Integer(readonly=True)
    ordered = fields.Integer("Orders", readonly=True)
    unsubscribed = fields.Integer(readonly=True)
    filtered = fields.Integer("Filtered Out", readonly=True, help="Machines, repetitions, mails that came back.")

    _depends = {
        "crm.touch": [
            "campaign_id", "company_id", "date", "kind", "mailing_id", "medium_id", "partner_id", "valid",
        ],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT touch.id, touch.id AS touch_id, touch.date, touch.kind, touch.campaign_id, touch.mailing_id,
                   touch.medium_id, touch.partner_id, touch.company_id, %s, (NOT touch.valid)::int AS filtered
              FROM crm_touch touch
             WHERE touch.campaign_id IS NOT NULL OR touch.mailing_id IS NOT NULL
            """,
            SQL(", ").join(self._figure(name, kinds) for name, kinds in FIGURES.items()),
        )

    @api.model
    def _figure(self, name, kinds):
        return SQL("(touch.valid AND touch.kind IN %s)::int AS %s", kinds, SQL.identifier(name))

    def action_open(self):
        self.ensure_one()
        return self.touch_id.action_open_source()
