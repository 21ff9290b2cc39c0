from . import crm_aging, crm_credit_components, crm_credit_exposure, crm_customer_event
from . import crm_aging_show
from . import crm_aging_export
from . import crm_open_item_aging
from . import crm_aging_kpi
from . import crm_commission_source_change
from . import crm_commission_source
from . import crm_salesperson_pay
from . import crm_salesperson_month
from . import crm_dunning_query
from . import crm_dunning_status
from . import crm_dunning_result
from . import crm_customer_event_dunning
from . import crm_receipt_ledger
from . import crm_payment_history
from . import crm_expected_receipt_query
from . import crm_expected_receipt
