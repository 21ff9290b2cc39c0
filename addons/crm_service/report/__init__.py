from . import crm_customer_event
from . import crm_identification
from . import crm_customer_event_desk
from . import crm_agent_board
from . import crm_customer_event_field
