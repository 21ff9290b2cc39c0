from . import crm_customer_event
from . import crm_identification
from . import crm_channel_response
