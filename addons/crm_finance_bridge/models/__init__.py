from . import (
    crm_credit_decision,
    crm_credit_limit,
    payment_transaction,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
    sale_order_credit_text,
)
from . import crm_payment_score
from . import crm_payment_score_check
from . import res_partner_score
from . import crm_funds_forecast
from . import crm_customer_balance
from . import crm_risk_check
from . import crm_customer_risk
from . import res_company_score
