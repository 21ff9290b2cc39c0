from . import (
    account_account,
    account_move,
    account_move_line,
    account_tax,
    crm_campaign_budget_line,
    crm_campaign_cost_type,
    hr_expense,
    product_template,
    res_company,
    res_config_settings,
    utm_campaign,
    utm_campaign_alert,
    utm_campaign_return,
    utm_mixin,
)
from . import mailing_mailing
