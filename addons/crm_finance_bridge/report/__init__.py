from . import crm_aging, crm_credit_components, crm_credit_exposure, crm_customer_event
from . import crm_receipt_source
from . import crm_receipt_ledger
