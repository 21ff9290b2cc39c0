from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import attribution

LOCK = 7221935


class CrmAttribution(models.Model):
    """The path to a conversion: one row for each touch before an order (or an invoice that bills none), with its
    weight under each model.

    Written whole by SQL, every night and on demand, from crm.touch (see crm_attribution_query.py); nobody writes here.
    Weights of a conversion sum to 1 under every model. The money is not here: crm.attribution.credit shares the money
    collected to this minute by these weights, so that payments, refunds and un-reconciliations are followed at once.
    Customer, campaign, medium and source are the touch's own: a stored reference more costs a look-up a row written.
    """

    _name = "crm.attribution"
    _inherit = ["crm.attribution.query", "crm.attribution.label"]
    _description = "Attribution Path"
    _order = "moment desc, deal, position"
    _rec_name = "channel"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="touch_id.partner_id", string="Customer")
    deal = fields.Integer(required=True, readonly=True, index=True, help="The conversion: an order or an invoice.")
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade", index="btree_not_null")
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="cascade", index="btree_not_null")
    touch_id = fields.Many2one("crm.touch", readonly=True, ondelete="cascade", index=True)
    date = fields.Datetime("Touched", readonly=True)
    moment = fields.Datetime("Converted", readonly=True)
    kind = fields.Selection(related="touch_id.kind")
    campaign_id = fields.Many2one(related="touch_id.campaign_id")
    medium_id = fields.Many2one(related="touch_id.medium_id")
    source_id = fields.Many2one(related="touch_id.source_id")
    channel = fields.Char(readonly=True)
    position = fields.Integer(readonly=True, aggregator=None, help="1 is the first touch.")
    touches = fields.Integer("Touches of the Path", readonly=True, aggregator="avg")
    weight_first = fields.Float("First Touch", readonly=True, digits=(16, 4))
    weight_last = fields.Float("Last Touch", readonly=True, digits=(16, 4))
    weight_linear = fields.Float("Linear", readonly=True, digits=(16, 4))
    weight_position = fields.Float("Position (40/20/40)", readonly=True, digits=(16, 4))
    weight_decay = fields.Float("Time Decay", readonly=True, digits=(16, 4))
    weight_w_shaped = fields.Float("W-Shaped", readonly=True, digits=(16, 4))
    weight_markov = fields.Float("Markov", readonly=True, digits=(16, 4))
    weight_shapley = fields.Float("Shapley", readonly=True, digits=(16, 4))

    @api.model
    def _cron_attribute(self):
        companies = self.env["res.company"].sudo().search([])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._process_company(company)
            if not cron._commit_progress(1):
                break

    @api.model
    def action_refresh(self):
        """Compute the paths of the user's companies again, now."""
        self.check_access("read")
        for company in self.env.companies:
            self._process_company(company)
        return self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_attribution_credit_action")

    @api.model
    def _process_company(self, company):
        """Write the paths of a company anew, all in one transaction; returns the number of touches with a weight.

        Two at once: the second waits and does the same again. Settings (window of days, half-life, channel) are the
        company's.
        """
        self = self.sudo()
        company = company.sudo()
        self.env.flush_all()
        self.env.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK, company.id))
        self._make_paths(company)
        counts = {(origin, target): number for origin, target, number in self.env.execute_query(self._steps(company))}
        effects = attribution.removal_effects(counts)
        self.env["crm.attribution.channel"]._store(company, effects, counts)
        self.env.cr.execute(SQL("DELETE FROM crm_attribution WHERE company_id = %s", company.id))
        columns = SQL(", ").join(
            map(
                SQL.identifier,
                ["company_id", "deal", "order_id", "move_id", "touch_id", "date", "moment", "channel", "position",
                 "touches", *self._weight_columns()],
            )
        )  # fmt: skip
        self.env.cr.execute(SQL("INSERT INTO crm_attribution (%s) %s", columns, self._weights(company, effects)))
        count = self.env.cr.rowcount
        self.env.cr.execute("DROP TABLE crm_path")
        self.invalidate_model()
        return count
