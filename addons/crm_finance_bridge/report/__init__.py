from . import crm_aging, crm_credit_components, crm_credit_exposure, crm_customer_event
from . import crm_aging_show
from . import crm_aging_export
from . import crm_open_item_aging
from . import crm_aging_kpi
