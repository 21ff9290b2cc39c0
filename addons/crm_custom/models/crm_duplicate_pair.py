from odoo import api, fields, models
from odoo.tools import SQL

CERTAINTIES = [("sure", "Sure"), ("likely", "Likely"), ("possible", "Possible")]


class CrmDuplicatePair(models.Model):
    """Two partners that may be one customer: how sure, why, and what was decided.

    A pair that somebody has called different stays so over all later scans.
    """

    _name = "crm.duplicate.pair"
    _description = "Possible Duplicate"
    _order = "score desc, id"
    _rec_name = "partner_a_id"

    run_id = fields.Many2one("crm.duplicate.run", string="Scan", ondelete="set null", index="btree_not_null")
    partner_a_id = fields.Many2one(
        "res.partner", string="First", required=True, ondelete="cascade", readonly=True, index=True
    )
    partner_b_id = fields.Many2one(
        "res.partner", string="Second", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    score = fields.Float(
        digits=(6, 2), readonly=True, aggregator=None, help="Points of likeness: sure from 12, likely from 7.5."
    )
    certainty = fields.Selection(CERTAINTIES, required=True, readonly=True)
    parts = fields.Char(readonly=True, help="What was compared and how it came out.")
    reason = fields.Char(string="Why", compute="_compute_reason")
    state = fields.Selection(
        [("open", "To decide"), ("different", "Two customers")], default="open", required=True, readonly=True
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_date = fields.Datetime(readonly=True)
    owner_a_id = fields.Many2one(related="partner_a_id.user_id", string="Salesperson of the first")
    owner_b_id = fields.Many2one(related="partner_b_id.user_id", string="Salesperson of the second")

    _pair_uniq = models.Constraint("UNIQUE (partner_a_id, partner_b_id)", "This pair is known already.")
    _order_check = models.Constraint("CHECK (partner_a_id < partner_b_id)", "The older record comes first.")

    @api.depends("parts")
    @api.depends_context("lang")
    def _compute_reason(self):
        keys = self.env["crm.partner.key"]
        for pair in self:
            pair.reason = keys._why([tuple(part.split(":")) for part in (pair.parts or "").split()])

    @api.model
    def _store(self, run, found):
        """Insert or renew the pairs [(id, id, company id, Likeness)] of a scan, in one statement."""
        if not found:
            return
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, 'open', %s, NOW() AT TIME ZONE 'UTC', %s, NOW() AT TIME ZONE 'UTC')",
                run.id,
                one,
                other,
                company_id,
                judged.score,
                judged.certainty,
                " ".join(f"{part.what}:{part.level}" for part in judged.parts),
                self.env.uid,
                self.env.uid,
            )
            for one, other, company_id, judged in found
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_duplicate_pair (run_id, partner_a_id, partner_b_id, company_id, score, certainty,
                               parts, state, create_uid, create_date, write_uid, write_date)
                   VALUES %s
                       ON CONFLICT (partner_a_id, partner_b_id) DO UPDATE
                      SET run_id = EXCLUDED.run_id, score = EXCLUDED.score, certainty = EXCLUDED.certainty,
                          parts = EXCLUDED.parts, company_id = EXCLUDED.company_id, write_date = EXCLUDED.write_date
                    WHERE crm_duplicate_pair.state = 'open'""",
                SQL(", ").join(rows),
            )
        )
        self.invalidate_model()

    def action_different(self):
        """Two customers after all: no scan shows them again."""
        self.write({"state": "different", "decided_by_id": self.env.uid, "decided_date": fields.Datetime.now()})
        return True

    def action_reopen(self):
        self.write({"state": "open", "decided_by_id": False, "decided_date": False})
        return True

    def action_merge(self):
        """Side by side, to choose what stays."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_duplicate_merge_action")
        wizard = self.env["crm.duplicate.merge"].create(
            {"pair_id": self.id, "partner_a_id": self.partner_a_id.id, "partner_b_id": self.partner_b_id.id}
        )
        return action | {"res_id": wizard.id}
