from datetime import timedelta

from odoo import api, fields, models

from ..tools import portal_trail

DAYS_KEPT = 30
GC_BATCH = 50_000
SECTIONS = [
    ("home", "Home"),
    ("service", "Service"),
    ("order", "Orders"),
    ("quotation", "Quotations"),
    ("invoice", "Invoices"),
    ("delivery", "Deliveries"),
    ("purchase", "Purchases"),
    ("ticket", "Tickets"),
    ("solution", "Solutions"),
    ("shop", "Shop"),
    ("help", "Request for Help"),
    ("account", "Account"),
    ("other", "Other"),
]


class CrmPortalVisit(models.Model):
    """A page that a portal customer opened, or what he did there; kept for 30 days, for whoever helps him.

    Written by the request itself (models/ir_http.py): one row a page or action, none for employees. Times are UTC.
    """

    _name = "crm.portal.visit"
    _description = "Page Seen on the Portal"
    _order = "date desc, id desc"
    _rec_name = "label"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True, ondelete="cascade", index=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    section = fields.Selection(SECTIONS, "Page", required=True, readonly=True)
    action = fields.Char(readonly=True, help="What the customer did there; empty: he looked at the page.")
    name = fields.Char("Document", readonly=True)
    path = fields.Char("Address", readonly=True)
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    label = fields.Char("What", compute="_compute_label")

    _customer_idx = models.Index("(commercial_partner_id, date DESC)")

    @api.depends("section", "name", "action")
    @api.depends_context("lang")
    def _compute_label(self):
        sections = dict(self._fields["section"]._description_selection(self.env))
        actions = self._action_names()
        for visit in self:
            what = " ".join(part for part in (sections.get(visit.section), visit.name) if part)
            done = actions.get(visit.action, visit.action)
            visit.label = f"{what}: {done}" if done else what

    @api.model
    def _action_names(self):
        return {
            "reply": self.env._("answered"),
            "close": self.env._("closed"),
            "reopen": self.env._("reopened"),
            "rate": self.env._("rated"),
            "create": self.env._("opened a new one"),
            "accept": self.env._("accepted"),
            "decline": self.env._("declined"),
            "download": self.env._("downloaded"),
            "send": self.env._("sent"),
            "add": self.env._("put into the cart"),
            "update": self.env._("changed the cart"),
            "place": self.env._("ordered"),
        }

    @api.model
    def _note(self, user, path, method="GET", download=False):
        """Write down one page or action of a portal user; returns it, empty for what is no portal page."""
        step = portal_trail.read(path, method, download)
        if not step:
            return self.browse()
        name = False
        if step.model and step.model in self.env:
            record = self.env[step.model].sudo().browse(step.res_id).exists()
            name = record.display_name if record else False
        return self.sudo().create(
            {
                "partner_id": user.partner_id.id,
                "commercial_partner_id": user.partner_id.commercial_partner_id.id,
                "company_id": user.company_id.id,
                "section": step.section,
                "action": step.action or False,
                "name": name,
                "path": path[: portal_trail.MAX_PATH],
                "res_model": step.model if name else False,
                "res_id": step.res_id if name else False,
            }
        )

    def action_open(self):
        """Open the document under the user's own rights."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return False
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    @api.autovacuum
    def _gc_visits(self):
        self._process_gc(fields.Datetime.now())

    @api.model
    def _process_gc(self, now):
        """Forget what is older than 30 days at `now`; returns whether there may be more."""
        old = self.sudo().search([("date", "<", now - timedelta(days=DAYS_KEPT))], limit=GC_BATCH)
        old.unlink()
        return len(old) == GC_BATCH
