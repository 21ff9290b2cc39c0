from . import crm_aging, crm_credit_components, crm_credit_exposure, crm_customer_event
from . import crm_commission_source_change
from . import crm_commission_source
from . import crm_salesperson_pay
from . import crm_salesperson_month
