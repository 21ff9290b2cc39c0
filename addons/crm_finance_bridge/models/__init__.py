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
from . import res_company_aging
from . import res_config_settings_aging
from . import crm_bucket_mixin
from . import crm_receivable_kpi
from . import crm_aging_snapshot
from . import crm_aging_roll
