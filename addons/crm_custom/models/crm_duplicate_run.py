from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import identity, likeness

KEY_BITE = 5000  # partners whose keys are made in one step
PAIR_BITE = 10000  # pairs that are compared in one step, and as many as the last partner has: bounds the memory
PENDING = "32MB"  # index entries that are collected before they are sorted in
PHASES = [("keys", "Reading names and numbers"), ("blocks", "Grouping"), ("pairs", "Comparing")]
NEARLY_NAMES = ("same", "close", "similar")


class CrmDuplicateRun(models.Model):
    """A scan of all partners for duplicates, in steps that a killed worker does not lose.

    Each step reads where the scan stands, does a bite and writes where it stands now; the cron commits between
    steps. Candidates are partners that share a blocking key (SQL); the rules of `tools/likeness.py` judge them.
    """

    _name = "crm.duplicate.run"
    _description = "Duplicate Scan"
    _order = "id desc"

    name = fields.Char(required=True, default=lambda self: self._default_name())
    state = fields.Selection(
        [("draft", "New"), ("running", "Running"), ("done", "Done"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
    )
    phase = fields.Selection(PHASES, default="keys", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Started by", default=lambda self: self.env.user, readonly=True, ondelete="set null"
    )
    date_start = fields.Datetime(readonly=True)
    date_stop = fields.Datetime(readonly=True)
    last_partner_id = fields.Integer(readonly=True)
    partner_count = fields.Integer(string="Partners read", readonly=True)
    candidate_count = fields.Integer(string="Pairs compared", readonly=True)
    skipped_count = fields.Integer(
        string="Keys too common", readonly=True, help="Blocking keys that too many partners share were left out."
    )
    pair_ids = fields.One2many("crm.duplicate.pair", "run_id")
    sure_count = fields.Integer(string="Sure", compute="_compute_counts")
    likely_count = fields.Integer(string="Likely", compute="_compute_counts")
    possible_count = fields.Integer(string="Possible", compute="_compute_counts")
    progress = fields.Float(compute="_compute_progress", help="Percent of the partners compared.")

    def _default_name(self):
        return self.env._("Scan of %(date)s", date=fields.Date.context_today(self))

    @api.depends("pair_ids.certainty", "pair_ids.state")
    def _compute_counts(self):
        groups = self.env["crm.duplicate.pair"]._read_group(
            [("run_id", "in", self.ids), ("state", "=", "open")], ["run_id", "certainty"], ["__count"]
        )
        counts = {(run.id, certainty): count for run, certainty, count in groups}
        for run in self:
            for certainty in likeness.CERTAINTIES:
                run[f"{certainty}_count"] = counts.get((run.id, certainty), 0)

    @api.depends("phase", "state", "last_partner_id")
    def _compute_progress(self):
        last = self.env["crm.partner.key"].sudo().search([], order="partner_id desc", limit=1).partner_id.id or 1
        for run in self:
            compared = run.last_partner_id if run.phase == "pairs" else 0
            run.progress = 100.0 if run.state == "done" else min(99.0, 100.0 * compared / last)

    # === BUTTONS === #

    def action_start(self):
        for run in self.filtered(lambda run: run.state == "draft"):
            if self.search_count([("state", "=", "running")]):
                raise UserError(self.env._("A scan is running. Wait for it, or cancel it."))
            run.write({"state": "running", "phase": "keys", "date_start": fields.Datetime.now()})
        self.env.ref("crm_custom.crm_duplicate_run_cron").sudo()._trigger()
        return True

    def action_cancel(self):
        self.filtered(lambda run: run.state in ("draft", "running"))._finish("cancelled")
        return True

    def action_pairs(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_duplicate_pair_action")
        return action | {"domain": [("run_id", "in", self.ids)]}

    # === WORK === #

    @api.model
    def _cron_run(self):
        """The oldest running scan, bite by bite until the time is up; a monthly scan starts by itself."""
        run = self.search([("state", "=", "running")], order="id", limit=1).try_lock_for_update()
        self.env["ir.cron"]._commit_progress(remaining=1 if run else 0)
        while run and run.state == "running":
            run._step()
            left = 1 if run.state == "running" else 0
            if not self.env["ir.cron"]._commit_progress(processed=1, remaining=left):
                break
            run = run.try_lock_for_update()

    def _run_all(self):
        """All steps at once, for tests and benchmarks."""
        self.ensure_one()
        self.write({"state": "running", "date_start": fields.Datetime.now()})
        while self.state == "running":
            self._step()

    def _step(self):
        """One bite."""
        self.ensure_one()
        self.env.flush_all()
        self = self.sudo()
        getattr(self, f"_step_{self.phase}")()

    def _step_keys(self):
        """Make the missing and outdated keys of the next partners."""
        keys = self.env["crm.partner.key"]
        self.env.cr.execute(SQL("SELECT set_config('gin_pending_list_limit', %s, true)", PENDING))
        upto = keys._refresh_after(self.last_partner_id, KEY_BITE)
        if upto:
            self.last_partner_id = upto
        else:
            keys._sort_in()
            self.write({"phase": "blocks", "last_partner_id": 0})

    def _step_blocks(self):
        """Note the pairs of partners that share a blocking key, each once."""
        self.env.cr.execute(SQL("DELETE FROM crm_duplicate_block WHERE run_id = %s", self.id))
        self.env.cr.execute(SQL("SELECT set_config('work_mem', '128MB', true)"))  # until the end of this step
        skipped = self._collect_shared()
        self._collect_pairs()
        self.env.cr.execute("DROP TABLE crm_duplicate_shared")
        self.env.cr.execute("ANALYZE crm_duplicate_block")
        partners = self.env.execute_query(SQL("SELECT COUNT(*) FROM crm_partner_key"))[0][0]
        self.write({"phase": "pairs", "last_partner_id": 0, "skipped_count": skipped, "partner_count": partners})

    def _collect_shared(self):
        """Temporary table of the blocking keys that some partners share; returns how many are too common.

        Keys are grouped by a number made of their text (64 bits), which takes a fraction of the time and memory.
        """
        self.env.cr.execute("DROP TABLE IF EXISTS crm_duplicate_shared")
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_duplicate_shared ON COMMIT DROP AS
                     WITH entry AS MATERIALIZED (
                          SELECT HASHTEXTEXTENDED(block, 0) AS block, LEFT(block, 1) IN %(weak)s AS weak, key.partner_id
                            FROM crm_partner_key key
                            JOIN res_partner partner ON partner.id = key.partner_id AND partner.active
                           CROSS JOIN UNNEST(key.blocks) block)
                   SELECT size.block, entry.partner_id, size.partners <= size.most AS kept
                     FROM (SELECT block, COUNT(*) AS partners,
                                  CASE WHEN BOOL_OR(weak) THEN %(weak_limit)s ELSE %(limit)s END AS most
                             FROM entry GROUP BY block HAVING COUNT(*) > 1) size
                     JOIN entry ON entry.block = size.block""",
                weak=tuple(identity.WEAK_BLOCKS),
                weak_limit=identity.WEAK_LIMIT,
                limit=identity.BLOCK_LIMIT,
            )
        )
        skipped = self.env.execute_query(SQL("SELECT COUNT(DISTINCT block) FROM crm_duplicate_shared WHERE NOT kept"))[
            0
        ][0]
        self.env.cr.execute("DELETE FROM crm_duplicate_shared WHERE NOT kept")
        self.env.cr.execute("ANALYZE crm_duplicate_shared")
        return skipped

    def _collect_pairs(self):
        """Left out: partners of two companies, and a company with its own contact."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_duplicate_block (run_id, partner_id, other_partner_id)
                   SELECT %s, pair.one, pair.other
                     FROM (SELECT DISTINCT a.partner_id AS one, b.partner_id AS other
                             FROM crm_duplicate_shared a
                             JOIN crm_duplicate_shared b ON b.block = a.block AND b.partner_id > a.partner_id) pair
                     JOIN res_partner one ON one.id = pair.one
                     JOIN res_partner other ON other.id = pair.other
                    WHERE one.commercial_partner_id <> other.id AND other.commercial_partner_id <> one.id
                      AND (one.company_id IS NULL OR other.company_id IS NULL OR one.company_id = other.company_id)
                    ORDER BY pair.one, pair.other""",
                self.id,
            )
        )

    def _step_pairs(self):
        """Compare the next partners with those of higher ids that share a key."""
        upto = self.env.execute_query(
            SQL(
                """SELECT MAX(partner_id) FROM (
                          SELECT partner_id FROM crm_duplicate_block
                           WHERE run_id = %s AND partner_id > %s ORDER BY partner_id LIMIT %s) bite""",
                self.id,
                self.last_partner_id,
                PAIR_BITE,
            )
        )[0][0]
        if not upto:
            return self._finish("done")
        candidates = self._candidates(self.last_partner_id, upto)
        identities = self.env["crm.partner.key"]._identities({number for pair in candidates for number in pair[:2]})
        found = []
        for one, other, company_id, same_family in candidates:
            judged = likeness.compare(identities[one], identities[other])
            if judged.certainty and not (same_family and not self._same_person(judged)):
                found.append((one, other, company_id, judged))
        self.env["crm.duplicate.pair"]._store(self, found)
        self.write({"last_partner_id": upto, "candidate_count": self.candidate_count + len(candidates)})
        return None

    def _candidates(self, after, upto):
        """[(partner id, higher partner id, company id, same family)]: a bite of the noted pairs.

        Left out: partners that are gone meanwhile, and pairs that somebody has settled.
        """
        return self.env.execute_query(
            SQL(
                """SELECT pair.partner_id, pair.other_partner_id, COALESCE(one.company_id, other.company_id),
                          one.commercial_partner_id = other.commercial_partner_id
                     FROM crm_duplicate_block pair
                     JOIN res_partner one ON one.id = pair.partner_id
                     JOIN res_partner other ON other.id = pair.other_partner_id
                     JOIN crm_partner_key one_key ON one_key.partner_id = pair.partner_id
                     JOIN crm_partner_key other_key ON other_key.partner_id = pair.other_partner_id
                     LEFT JOIN crm_duplicate_pair settled ON settled.partner_a_id = pair.partner_id
                                                         AND settled.partner_b_id = pair.other_partner_id
                                                         AND settled.state <> 'open'
                    WHERE pair.run_id = %s AND pair.partner_id > %s AND pair.partner_id <= %s
                      AND settled.id IS NULL""",
                self.id,
                after,
                upto,
            )
        )

    @api.model
    def _same_person(self, judged):
        """Colleagues share phone and mail domain: of one company only nearly equal names count."""
        levels = {part.what: part.level for part in judged.parts}
        return levels.get("name") in NEARLY_NAMES or levels.get("email") == "same"

    def _finish(self, state):
        """Close the scan; open pairs of earlier scans that this one no longer finds go."""
        self.env.cr.execute(SQL("DELETE FROM crm_duplicate_block WHERE run_id IN %s", tuple(self.ids)))
        self.write({"state": state, "date_stop": fields.Datetime.now()})
        if state == "done":
            outdated = (
                self.env["crm.duplicate.pair"].sudo().search([("state", "=", "open"), ("run_id", "not in", self.ids)])
            )
            outdated.unlink()
