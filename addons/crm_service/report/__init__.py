from . import crm_customer_event
from . import crm_identification
from . import crm_return_analysis
from . import crm_return_rate
from . import crm_customer_event_returns
