from odoo import fields, models
from odoo.tools import SQL


class CrmCampaignSpeed(models.Model):
    """How fast a campaign reaches its customers: days from its approval to its first delivery.

    One row per approved campaign. First delivery: the first mail or text message sent (no tests), or the first
    step executed, whichever was earlier (UTC). Days: 1 = 24 hours. What was delivered before its approval has no
    days and says so; it does not lower an average.
    """

    _name = "crm.campaign.speed"
    _description = "Campaign: Approval to Customer"
    _auto = False
    _order = "approved_date desc, id desc"
    _rec_name = "campaign_id"
    _depends = {
        "utm.campaign": ["active", "approved_by_id", "approved_date", "approval_state", "company_id", "programme_id",
                         "user_id"],
        "crm.campaign.activity": ["campaign_id", "date_done", "state"],
        "mailing.trace": ["campaign_id", "is_test_trace", "sent_datetime"],
    }  # fmt: skip

    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    programme_id = fields.Many2one("crm.programme", readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    approved_date = fields.Datetime("Approved On", readonly=True)
    first_delivery = fields.Datetime(readonly=True)
    days = fields.Float("Days to Customer", readonly=True, aggregator="avg", digits=(16, 1))
    state = fields.Selection(
        [("waiting", "Nothing delivered yet"), ("before", "Delivered before approval"), ("delivered", "Delivered")],
        readonly=True,
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT campaign.id, campaign.id AS campaign_id, campaign.company_id, campaign.programme_id,
                   campaign.user_id, campaign.approved_by_id, campaign.approved_date, delivery.first_delivery,
                   CASE WHEN delivery.first_delivery >= campaign.approved_date
                        THEN EXTRACT(EPOCH FROM delivery.first_delivery - campaign.approved_date) / 86400 END AS days,
                   CASE WHEN delivery.first_delivery IS NULL THEN 'waiting'
                        WHEN delivery.first_delivery < campaign.approved_date THEN 'before'
                        ELSE 'delivered' END AS state
              FROM utm_campaign campaign
              LEFT JOIN LATERAL (
                   SELECT LEAST((SELECT MIN(trace.sent_datetime) FROM mailing_trace trace
                                  WHERE trace.campaign_id = campaign.id AND trace.is_test_trace IS NOT TRUE),
                                (SELECT MIN(step.date_done) FROM crm_campaign_activity step
                                  WHERE step.campaign_id = campaign.id AND step.state = 'done')
                                ) AS first_delivery) delivery ON TRUE
             WHERE campaign.approval_state = 'approved' AND campaign.approved_date IS NOT NULL
            """
        )

    def action_open_campaign(self):
        self.ensure_one()
        return self.campaign_id._get_records_action()
