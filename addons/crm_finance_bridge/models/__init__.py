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
from . import res_company_collect
from . import crm_payment_promise
from . import crm_payment_promise_line
from . import crm_payment_promise_part
from . import crm_payment_promise_evaluate
from . import crm_dispute_cause
from . import crm_dispute
from . import crm_dispute_line
from . import crm_dispute_event
from . import crm_dispute_flow
from . import account_partial_reconcile_collect
