from . import crm_aging, crm_credit_components, crm_credit_exposure, crm_customer_event
from . import crm_dunning_query
from . import crm_dunning_status
from . import crm_dunning_result
from . import crm_customer_event_dunning
