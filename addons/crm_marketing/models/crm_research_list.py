import base64

from odoo import api, fields, models
from odoo.addons.crm_custom.tools import spreadsheet
from odoo.addons.crm_custom.tools.cells import HistoryError
from odoo.exceptions import UserError

from ..tools import research

MAX_LINES = 20000
BASES = [("consent", "Consent"), ("interest", "Legitimate interest")]
FIELDS = ("name", "company_name", "email", "phone", "street", "zip", "city")


class CrmResearchList(models.Model):
    """New names from market research: a list with its source, and what the people agreed to.

    Imported lines are compared with the customers, the leads, the blacklists and each other; only new names become
    leads, with the source and the campaign, and their agreement goes into the consent ledger.
    """

    _name = "crm.research.list"
    _description = "Research List"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date = fields.Date(required=True, default=fields.Date.context_today, help="Day of the research.")
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user)
    source_id = fields.Many2one("utm.source", required=True, tracking=True, ondelete="restrict")
    campaign_id = fields.Many2one("utm.campaign", tracking=True, ondelete="set null", index="btree_not_null")
    basis = fields.Selection(BASES, "Basis of Contact", required=True, default="consent", tracking=True)
    consent_note = fields.Char("Where the Consent Lies", help="e.g. question 12 of the form, kept by the institute")
    file = fields.Binary("CSV or XLSX", attachment=False)
    file_name = fields.Char()
    line_ids = fields.One2many("crm.research.line", "list_id", "Names")
    line_count = fields.Integer("Names Imported", compute="_compute_counts")
    new_count = fields.Integer("New", compute="_compute_counts")
    excluded_count = fields.Integer("Excluded", compute="_compute_counts")
    consent_count = fields.Integer("Agreed", compute="_compute_counts")
    lead_count = fields.Integer("Leads", compute="_compute_counts")
    won_count = fields.Integer("Won", compute="_compute_counts")

    @api.depends("line_ids.state", "line_ids.consent", "line_ids.lead_id")
    def _compute_counts(self):
        """Two queries for a list of lists; won deals are figures also for who may not open them."""
        counts = {row.id: dict.fromkeys(("line", "new", "excluded", "consent", "lead", "won"), 0) for row in self}
        lines = self.env["crm.research.line"]
        for research_list, state, consent, count in lines._read_group(
            [("list_id", "in", self.ids)], ["list_id", "state", "consent"], ["__count"]
        ):
            found = counts[research_list.id]
            found["line"] += count
            found["new"] += count * (state == "new")
            found["lead"] += count * (state == "lead")
            found["excluded"] += count * (state not in ("draft", "new", "lead"))
            found["consent"] += count * bool(consent)
        for research_list, count in lines.sudo()._read_group(
            [("list_id", "in", self.ids), ("lead_id.won_status", "=", "won")], ["list_id"], ["__count"]
        ):
            counts[research_list.id]["won"] = count
        for row in self:
            for name, count in counts[row.id].items():
                row[f"{name}_count"] = count

    # === IMPORT === #

    def action_import(self):
        """Read the file into lines and compare them."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        try:
            header, lines = spreadsheet.read_table(base64.b64decode(self.file))
            lines = list(zip(range(MAX_LINES + 1), lines, strict=False))
        except (HistoryError, ValueError) as error:
            raise UserError(self.env._("The file cannot be read: CSV (UTF-8) or XLSX is needed.")) from error
        if len(lines) > MAX_LINES:
            raise UserError(self.env._("At most %(limit)s names can be imported at once.", limit=MAX_LINES))
        rows = research.rows(header, [line for _place, line in lines])
        if not rows:
            raise UserError(
                self.env._("No names found. The first line needs titles such as Name, Company, Email, Phone, Consent.")
            )
        self.env["crm.research.line"].create(
            [
                {"list_id": self.id, "consent": row.consent, **{name: row.values.get(name) or False for name in FIELDS}}
                for row in rows
            ]
        )
        self.write({"file": False, "file_name": False})
        return self.action_check()

    def action_check(self):
        """Compare the names that are not leads yet with what is known."""
        for research_list in self:
            research_list.line_ids.filtered(lambda line: line.state != "lead")._check()

    # === LEADS === #

    def action_make_leads(self):
        """Leads of the new names, and their agreement into the ledger; press it again after more names came."""
        self.ensure_one()
        self.action_check()
        lines = self.line_ids.filtered(lambda line: line.state == "new")
        if self.basis == "consent":
            lines = lines.filtered("consent")
        if not lines:
            raise UserError(self.env._("No new names with consent. Everybody is known already, or did not agree."))
        if not self.consent_note and any(line.consent for line in lines):
            raise UserError(self.env._("Say where the consent lies, so that it can be proved."))
        # A marketer need not have sales rights: the list makes the leads, of its own company and its own names only.
        leads = self.env["crm.lead"].sudo().create([line._lead_vals() for line in lines])
        for line, lead in zip(lines, leads, strict=True):
            line.sudo().write({"state": "lead", "lead_id": lead.id})
        self.env["crm.consent"].sudo().create(
            [vals for line in lines.filtered("consent") for vals in line._consent_vals()]
        )
        return True

    def action_names(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.research.line",
            "view_mode": "list,form",
            "domain": [("list_id", "=", self.id)],
            "context": {"default_list_id": self.id},
        }

    def action_leads(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leads of %(list)s", list=self.name),
            "res_model": "crm.lead",
            "view_mode": "list,form",
            "domain": [("id", "in", self.sudo().line_ids.lead_id.ids)],
            "context": {"active_test": False},
        }
