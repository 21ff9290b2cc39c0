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
from . import account_payment_method_line_funds
from . import crm_expense_type
from . import product_template_funds
from . import account_chart_template_funds
from . import hr_expense_funds
from . import crm_give_up_funds
from . import res_partner_funds
from . import sale_order_funds
