from . import crm_aging, crm_credit_components, crm_credit_exposure, crm_customer_event
from . import crm_payment_history
from . import crm_expected_receipt_query
from . import crm_expected_receipt
