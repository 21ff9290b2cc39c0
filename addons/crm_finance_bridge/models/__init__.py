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
from . import crm_receipt_match
from . import crm_receipt_match_line
from . import crm_receipt_match_store
from . import crm_receipt_match_book
from . import crm_receipt_match_decide
from . import crm_receipt_match_desk
from . import crm_receipt_rule
from . import crm_remittance_advice
from . import crm_remittance_advice_line
from . import res_company_match
from . import res_config_settings_match
from . import res_partner_match
