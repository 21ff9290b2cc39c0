from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import attribution

LOCK = 7221935


class Unchecked(fields.Many2one):
    """A Many2one without a foreign key: a table that is written whole from checked rows need not look up each again."""

    def update_db_foreign_key(self, model, column):
        pass


class CrmAttribution(models.Model):
    """The path to a conversion: one row for each touch before an order (or an invoice that bills none), with its
    weight under each model.

    Written whole by SQL, every night and on demand, from crm.touch (see crm_attribution_query.py); nobody writes here.
    Weights of a conversion sum to 1 under every model. The money is not here: crm.attribution.credit shares the money
    collected to this minute by these weights, so that payments, refunds and un-reconciliations are followed at once.
    Customer, campaign, medium and source are the touch's own, order and invoice are read from `deal`, and only the
    touch has a foreign key (erasing a person takes the row along): each more costs a look-up a row written, and locks
    every order or company until the whole run is committed.
    """

    _name = "crm.attribution"
    _inherit = ["crm.attribution.query", "crm.attribution.label"]
    _description = "Attribution Path"
    _order = "moment desc, deal, position"
    _rec_name = "channel"
    _log_access = False

    company_id = Unchecked("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(related="touch_id.partner_id", string="Customer")
    deal = fields.Integer(
        "Sale", required=True, readonly=True, index=True, help="An order (its id twice) or an invoice (and one more)."
    )
    order_id = fields.Many2one("sale.order", compute="_compute_documents", search="_search_order_id")
    move_id = fields.Many2one("account.move", "Invoice", compute="_compute_documents")
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
    weight_first = fields.Float("First Touch", readonly=True)
    weight_last = fields.Float("Last Touch", readonly=True)
    weight_linear = fields.Float("Linear", readonly=True)
    weight_position = fields.Float("Position (40/20/40)", readonly=True)
    weight_decay = fields.Float("Time Decay", readonly=True)
    weight_w_shaped = fields.Float("W-Shaped", readonly=True)
    weight_markov = fields.Float("Markov", readonly=True)
    weight_shapley = fields.Float("Shapley", readonly=True)

    @api.depends("deal")
    def _compute_documents(self):
        """The order or invoice of the deal; none where it was deleted since the paths were computed."""
        documents = self._documents(self.mapped("deal"))
        for step in self:
            document = documents.get(step.deal)
            step.order_id = document if document and document._name == "sale.order" else False
            step.move_id = document if document and document._name == "account.move" else False

    @api.model
    def _documents(self, deals):
        """{deal: its order or invoice}, of those that exist."""
        orders = self.env["sale.order"].browse({deal // 2 for deal in deals if deal and not deal % 2}).exists()
        moves = self.env["account.move"].browse({deal // 2 for deal in deals if deal % 2}).exists()
        return {order.id * 2: order for order in orders} | {move.id * 2 + 1: move for move in moves}

    @api.model
    def _search_order_id(self, operator, value):
        if operator == "any":
            value = self._orders_by(Domain(value)).ids
        elif operator != "in":
            return NotImplemented
        domain = Domain("deal", "in", [order_id * 2 for order_id in value if order_id])
        if False in value:
            domain |= Domain.custom(
                to_sql=lambda model, alias, query: SQL("%s %% 2 = 1", model._field_to_sql(alias, "deal", query))
            )
        return domain

    @api.model
    def _orders_by(self, domain):
        """Orders by name for whoever may read the path, which shows it; by anything else with the user's own rights."""
        orders = self.env["sale.order"]
        by_name = {condition.field_expr for condition in domain.iter_conditions()} <= {"display_name", "name"}
        return (orders.sudo() if by_name else orders).search(domain)

    @api.model
    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Head the groups of a sale by its document's name."""
        if groupby_spec != "deal":
            return super()._web_read_group_groupby_formatter(groupby_spec, values)
        names = {deal: document.display_name for deal, document in self.sudo()._documents(values).items()}
        deleted = self.env._("Deleted")
        return lambda value: (names.get(value, deleted), [("deal", "=", value)])

    @api.model
    def _cron_attribute(self):
        companies = self.env["res.company"].sudo().search([])
        for company in self.env["crm.cron.turn"]._each("crm.attribution", companies):
            self._process_company(company)

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
                ["company_id", "deal", "touch_id", "date", "moment", "channel", "position", "touches",
                 *self._weight_columns()],
            )
        )  # fmt: skip
        self.env.cr.execute(SQL("INSERT INTO crm_attribution (%s) %s", columns, self._weights(company, effects)))
        count = self.env.cr.rowcount
        self.env.cr.execute("DROP TABLE crm_path")
        self.invalidate_model()
        return count
