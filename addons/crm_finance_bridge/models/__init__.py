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
from . import crm_commission_plan
from . import crm_commission_rule
from . import crm_commission_tier
from . import crm_commission_share
from . import crm_commission_statement
from . import crm_commission_line
from . import crm_commission_run
from . import crm_wage
from . import res_company_commission
from . import res_config_settings_commission
