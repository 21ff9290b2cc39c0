from odoo import api, fields, models
from odoo.tools import SQL

from .crm_scorecard import CLASSES

# What a customer was judged by, kept with the change: the scorecard of the month is overwritten by the next run.
SNAPSHOT = ("facts", "customer_role", "class_rule", "basis_value", "group_rank", "group_ranked", "cut_off")
# Best first: what a customer is worth to keep, not the order in which the states follow each other.
BEST_FIRST = {
    "class": [key for key, _label in CLASSES],
    "lifecycle": ["valuable", "existing", "new", "potential", "fading", "lost"],
}


class CrmCustomerRun(models.Model):
    """One run of classes and lifecycle: when, by whom, under which settings, and who moved."""

    _name = "crm.customer.run"
    _description = "Classification Run"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    date = fields.Date(string="Computed for", required=True, readonly=True, help="Last day whose records count.")
    policy = fields.Json(readonly=True, help="Class settings at the time of the run.")
    change_ids = fields.One2many("crm.customer.change", "run_id", string="Changes", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    up_count = fields.Integer(string="Class up", readonly=True)
    down_count = fields.Integer(string="Class down", readonly=True)
    first_count = fields.Integer(string="First class", readonly=True)
    state_count = fields.Integer(string="Lifecycle changed", readonly=True)

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.date} {run.company_id.name}"

    @api.model
    def _log(self, month):
        """Write who moved in this run of `month`: class and lifecycle against the newest known up to its day."""
        run = self.sudo().create({"company_id": month.company_id.id, "date": month.date, "policy": month.policy})
        run.flush_recordset()
        for kind, column in (("class", "customer_class"), ("lifecycle", "lifecycle")):
            run._log_kind(month, kind, SQL.identifier("card", column), BEST_FIRST[kind])
            run._mend_later(kind)
        run._count(month)
        return run

    def _log_kind(self, month, kind, value, best):
        """One row for each customer whose `value` is not the newest logged; `best` lists the values, best first.

        Who ran it stands in the run.
        """
        snapshot = SQL(", ").join(SQL("%s::text, %s", name, SQL.identifier("card", name)) for name in SNAPSHOT)
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_customer_change (run_id, company_id, partner_id, date, kind, old_value, new_value,
                                                    direction, score, revenue, snapshot, create_date, write_date)
                   SELECT %(run)s, card.company_id, card.partner_id, %(date)s, %(kind)s, known.new_value, %(value)s,
                          CASE WHEN known.new_value IS NULL THEN 'first'
                               WHEN array_position(%(best)s, %(value)s::text)
                                  < array_position(%(best)s, known.new_value::text) THEN 'up' ELSE 'down' END,
                          CASE WHEN card.score_state = 'ok' THEN card.score END, card.revenue,
                          jsonb_build_object(%(snapshot)s), NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                     FROM crm_scorecard card
                     LEFT JOIN (SELECT DISTINCT ON (partner_id) partner_id, new_value FROM crm_customer_change
                                 WHERE company_id = %(company)s AND kind = %(kind)s AND date <= %(date)s
                                 ORDER BY partner_id, date DESC, id DESC) known ON known.partner_id = card.partner_id
                    WHERE card.month_id = %(month)s AND %(value)s IS NOT NULL
                      AND known.new_value IS DISTINCT FROM %(value)s
                    ORDER BY card.rank, card.id""",
                run=self.id,
                date=month.date,
                kind=kind,
                value=value,
                best=best,
                snapshot=snapshot,
                company=month.company_id.id,
                month=month.id,
            )
        )

    def _mend_later(self, kind):
        """A run of a past day: the next change of each customer that moved starts from the value logged now."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_customer_change later SET old_value = mine.new_value
                     FROM crm_customer_change mine
                    WHERE mine.run_id = %(run)s AND mine.kind = %(kind)s AND later.id = (
                          SELECT other.id FROM crm_customer_change other
                           WHERE other.company_id = mine.company_id AND other.partner_id = mine.partner_id
                             AND other.kind = mine.kind AND other.date > mine.date
                           ORDER BY other.date, other.id LIMIT 1)""",
                run=self.id,
                kind=kind,
            )
        )

    def _count(self, month):
        changes = self.env["crm.customer.change"].sudo()
        changes.invalidate_model()
        groups = changes._read_group([("run_id", "=", self.id)], ["kind", "direction"], ["__count"])
        counts = {(kind, direction): count for kind, direction, count in groups}
        self.write(
            {
                "customer_count": self.env["crm.scorecard"].search_count([("month_id", "=", month.id)]),
                "up_count": counts.get(("class", "up"), 0),
                "down_count": counts.get(("class", "down"), 0),
                "first_count": counts.get(("class", "first"), 0),
                "state_count": counts.get(("lifecycle", "up"), 0) + counts.get(("lifecycle", "down"), 0),
            }
        )

    def action_changes(self):
        """Who moved in this run, best movers first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_customer_change_action")
        return action | {
            "name": self.env._("Moves of %(date)s", date=self.date),
            "domain": [("run_id", "=", self.id)],
            "context": {"search_default_moved": 1, "search_default_kind_class": 1},
        }
