import base64
import contextlib
import hashlib
import os

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import history as rules
from .crm_import_run import ImportBusy

DIRECT_LIMIT = 100  # documents that are made while the user waits; more go to the scheduled action


class CrmImportHistory(models.Model):
    """One file of past sales on its way into the books: checked, imported in batches, resumable.

    Money: all totals are untaxed, in the import's currency, rounded per row.
    total_file = total_invoices - total_refunds + total_known + total_rejected, to the cent.
    """

    _name = "crm.import.history"
    _description = "Import of Sales History"
    _inherit = ["crm.import.file", "crm.import.run", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="File Name", required=True, default=lambda self: self.env._("Sales history"))
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", string="Imported By", required=True, default=lambda self: self.env.user)
    state = fields.Selection(
        [
            ("draft", "New"),
            ("checked", "Checked"),
            ("running", "Importing"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        default="draft",
        required=True,
        tracking=True,
        index=True,
    )
    file = fields.Binary(attachment=True, copy=False, help="CSV, CSV packed by gzip, or XLSX.")

    # === OPTIONS === #
    encoding = fields.Selection(
        [
            ("utf-8", "UTF-8"),
            ("cp1252", "Western European (Windows)"),
            ("iso-8859-1", "Western European (ISO)"),
            ("gb18030", "Chinese (GB18030)"),
            ("utf-16", "UTF-16"),
        ],
        default="utf-8",
        required=True,
    )
    date_format = fields.Selection(
        [("auto", "Found from the file"), ("dmy", "Day first (31/12/2026)"), ("mdy", "Month first (12/31/2026)")],
        default="auto",
        required=True,
    )
    cancel_prefix = fields.Char(default=rules.CANCEL_PREFIX, help="Numbers that begin with it are credit notes.")
    walk_in = fields.Boolean(
        string="Book Rows without Customer",
        help="One common customer takes the rows that name none. Otherwise they are rejected.",
    )
    share_master_data = fields.Boolean(
        string="Share Customers and Products",
        help="New customers and products are visible in every company.",
    )
    column_ids = fields.One2many("crm.import.column", "history_id", string="Columns", copy=True)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="Left empty, a journal 'History' of its own is made: invoices keep their original numbers.",
    )
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
    tax_ids = fields.Many2many(
        "account.tax", string="Taxes", check_company=True, domain="[('type_tax_use', '=', 'sale')]"
    )
    payment_rule = fields.Selection(
        [("none", "Only those in the file"), ("seeded", "Invented: prompt, slow and late payers")],
        string="Payments",
        default="none",
        required=True,
    )
    payment_journal_id = fields.Many2one(
        "account.journal", check_company=True, domain="[('type', 'in', ('bank', 'cash', 'credit'))]"
    )
    payment_seed = fields.Integer(default=1, help="The same number gives the same payments each time.")
    payment_until = fields.Date(help="No invented payment is later. Default: today.")
    use_orm = fields.Boolean(string="Slow Path", help="Every document through the ordinary models, for comparison.")

    # === RESULTS === #
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    rejected_count = fields.Integer(string="Rejected Rows", readonly=True, copy=False)
    document_count = fields.Integer(string="Documents to Make", readonly=True, copy=False)
    invoice_count = fields.Integer(string="Invoices", readonly=True, copy=False)
    refund_count = fields.Integer(string="Credit Notes", readonly=True, copy=False)
    known_count = fields.Integer(string="Imported Before", readonly=True, copy=False)
    customer_count = fields.Integer(string="New Customers", readonly=True, copy=False)
    product_count = fields.Integer(string="New Products", readonly=True, copy=False)
    documents_done = fields.Integer(readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress", help="Share of the documents that are made, 0 to 100.")
    total_file = fields.Monetary(readonly=True, copy=False)
    total_invoices = fields.Monetary(readonly=True, copy=False)
    total_refunds = fields.Monetary(string="Total Credit Notes", readonly=True, copy=False)
    total_known = fields.Monetary(string="Total Imported Before", readonly=True, copy=False)
    total_rejected = fields.Monetary(readonly=True, copy=False)
    total_booked = fields.Monetary(
        readonly=True, copy=False, help="Untaxed total of the posted documents of this import, read from the books."
    )
    booked_invoices = fields.Integer(string="Posted Invoices", readonly=True, copy=False)
    booked_refunds = fields.Integer(string="Posted Credit Notes", readonly=True, copy=False)
    booked_payments = fields.Integer(string="Posted Payments", readonly=True, copy=False)
    seconds = fields.Float(readonly=True, copy=False, help="Time spent on the import so far, in seconds.")
    message = fields.Char(readonly=True, copy=False)
    rejection_ids = fields.One2many("crm.import.rejection", "history_id", readonly=True)
    rejection_file = fields.Binary(attachment=True, readonly=True, copy=False)
    rejection_file_name = fields.Char(compute="_compute_file_names")
    plan_file = fields.Binary(attachment=True, readonly=True, copy=False)
    plan_file_name = fields.Char(compute="_compute_file_names")
    reference_ids = fields.One2many("crm.import.reference", "history_id", readonly=True)

    @api.depends("document_count", "documents_done", "state")
    def _compute_progress(self):
        for history in self:
            done = history.state == "done"
            history.progress = 100.0 if done else 100.0 * history.documents_done / (history.document_count or 1)

    @api.depends("name")
    def _compute_file_names(self):
        for history in self:
            stem = (history.name or "").split(".")[0]
            history.rejection_file_name = f"{stem}-rejected.csv"
            history.plan_file_name = f"{stem}-plan.csv"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # The scheduled action works with the rights of this user: nobody names another.
            vals_list = [{**vals, "user_id": self.env.user.id} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("user_id", self.env.user.id) != self.env.user.id and not self.env.su:
            raise AccessError(self.env._("An import runs with your own rights."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if any(history.state == "running" for history in self):
            raise UserError(self.env._("Stop the import before you delete it."))

    # === BUTTONS === #

    def action_check(self):
        """Dry run: say what would be made and what is left out; nothing is made."""
        for history in self:
            history._check_rights()
            history._check_file()
        return True

    def action_import(self):
        """Import a checked file: at once if it is small, else by the scheduled action, which also resumes."""
        for history in self:
            history._check_rights()
            if history.state not in ("checked", "stopped"):
                raise UserError(self.env._("Check the file first."))
            history.write({"state": "running", "message": False, "user_id": self.env.user.id})
            if history.document_count - history.documents_done <= DIRECT_LIMIT:
                history._process()
            else:
                self.env.ref("crm_custom.ir_cron_import_history").sudo()._trigger()
        return True

    def action_stop(self):
        self.filtered(lambda history: history.state == "running").write({"state": "stopped"})
        return True

    def action_reset(self):
        """Back to the options; what was imported stays and is recognised."""
        self.filtered(lambda history: history.state in ("checked", "stopped")).write({"state": "draft"})
        return True

    def action_open_rejections(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_import_rejection_action")
        return {**action, "domain": [("history_id", "=", self.id)], "context": {"search_default_group_reason": 1}}

    def action_open_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice")
        domain = [("id", "in", self.sudo().reference_ids.move_id.ids)]
        return {**action, "domain": domain, "context": {"create": False}, "views": [], "view_mode": "list,form"}

    # === LOADING FROM CODE === #

    @api.model
    def _load_file(self, source, company=None, *, dry_run=False, checkpoint=None, announce=None, **options):
        """Load a history from code; return the record, whose fields carry the figures.

        :param source: path of a file, or its content as bytes
        :param company: company of the documents, default the current one
        :param dry_run: check only
        :param checkpoint: called after each batch with the number of its documents; commit there to make
            the import resumable; it stops the import by returning False
        :param announce: called with the record once the file is checked
        :param options: values of fields of the record: walk_in, payment_rule, payment_seed, payment_until,
            payment_term_id, payment_journal_id, journal_id, columns={"quantity": "Qty"} ...
        """
        company = company or self.env.company
        is_path = isinstance(source, (str, os.PathLike))
        if is_path:
            with open(source, "rb") as handle:
                content = handle.read()
        else:
            content = source
        columns = options.pop("columns", {})
        values = {"name": os.path.basename(source) if is_path else self.env._("Sales history"), **options}
        history = self.with_company(company)._unfinished(company, values["name"], content)
        if not history:
            create = fields.Command.create
            values["column_ids"] = [create({"field": field, "name": name}) for field, name in columns.items()]
            values.update(company_id=company.id, file=base64.b64encode(content))
            values.setdefault("currency_id", company.currency_id.id)
            history = self.with_company(company).create(values)
        history._check_rights()
        plan = history._check_file()
        if announce:
            announce(history)
        if not dry_run:
            history.state = "running"
            if checkpoint:
                checkpoint(0)
            history._process(checkpoint, plan)
        return history

    @api.model
    def _unfinished(self, company, name, content):
        """The import of the same file that was stopped or killed, to go on with it."""
        checksum = hashlib.sha1(content).hexdigest()
        domain = [("company_id", "=", company.id), ("name", "=", name), ("state", "in", ("running", "stopped"))]
        return self.search(domain).filtered(lambda history: history._attachment().checksum == checksum)[:1]

    # === HELPERS === #

    def _check_rights(self):
        """Whoever imports must be allowed to manage sales and to post invoices; the bulk path asks nobody else."""
        self.check_access("write")
        if not self.env.user.has_group("account.group_account_invoice") and not self.env.su:
            raise AccessError(self.env._("You need the right to post customer invoices to import a sales history."))
        if not self.env.su and self.company_id not in self.env.companies:
            raise AccessError(self.env._("Switch to the company of the import first."))

    def _today(self):
        return fields.Date.context_today(self.with_context(tz=self.company_id.partner_id.tz or self.env.user.tz))

    def _walk_in_key(self):
        return "WALK-IN" if self.walk_in else ""

    @api.model
    def _cron_process(self):
        """Go on with every running import until it is done or the time is up; killed ones go on where they stood."""
        cron = self.env["ir.cron"]
        running = self.search([("state", "=", "running")], order="id")
        cron._commit_progress(remaining=sum(history.document_count - history.documents_done for history in running))
        for record in running:
            history = record[0].with_user(record.user_id).with_company(record.company_id)
            with contextlib.suppress(ImportBusy):  # another process is at it
                history._process(lambda count: cron._commit_progress(processed=count) > 0)
