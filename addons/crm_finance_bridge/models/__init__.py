from . import crm_credit_decision
from . import crm_credit_limit
from . import payment_transaction
from . import res_company
from . import res_config_settings
from . import res_partner
from . import sale_order
from . import sale_order_credit_text
