from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class CrmCampaignCost(models.Model):
    """What campaigns cost: one row per posted journal item on an expense account that carries a campaign.

    Source: account.move.line, so that the sum is the ledger's own to the cent. Units: company
    currency, + = cost; vendor refunds and reversal entries are negative and net. Recoverable
    tax is not on an expense account and is no cost; tax that cannot be recovered is. Draft
    bills and expenses that are not posted do not exist here. id = account.move.line id.
    """

    _name = "crm.campaign.cost"
    _description = "Campaign Cost"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "account.move.line": [
            "account_id",
            "balance",
            "campaign_id",
            "company_id",
            "date",
            "display_type",
            "expense_id",
            "journal_id",
            "move_id",
            "name",
            "parent_state",
            "partner_id",
            "product_id",
        ],
        "account.account": ["account_type", "campaign_cost_type_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["campaign_cost_type_id"],
        "res.company": ["currency_id"],
    }

    name = fields.Char("Label", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor or Employee", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    move_id = fields.Many2one("account.move", "Entry", readonly=True)
    expense_id = fields.Many2one("hr.expense", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    cost_type_id = fields.Many2one("crm.campaign.cost.type", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary("Cost", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT line.id,
                   line.name,
                   line.campaign_id,
                   line.date,
                   line.company_id,
                   line.partner_id,
                   line.account_id,
                   line.journal_id,
                   line.move_id,
                   line.expense_id,
                   line.product_id,
                   COALESCE(template.campaign_cost_type_id, account.campaign_cost_type_id) AS cost_type_id,
                   company.currency_id,
                   line.balance AS amount
            """
        )

    def _from(self) -> SQL:
        return SQL(
            """
            FROM account_move_line line
            JOIN account_account account ON account.id = line.account_id
            JOIN res_company company ON company.id = line.company_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            """
        )

    def _where(self) -> SQL:
        return SQL(
            """
            WHERE line.parent_state = 'posted'
              AND line.campaign_id IS NOT NULL
              AND account.account_type LIKE 'expense%%'
            """
        )

    def action_open_document(self):
        """Open the expense or the bill; who may not read it is told so."""
        self.ensure_one()
        for record in (self.expense_id, self.move_id):
            if record and record.has_access("read"):
                return record._get_records_action()
        if not self.move_id:
            raise UserError(self.env._("This entry is gone."))
        raise AccessError(self.env._("The cost is yours to see, the bill itself needs accounting rights."))
