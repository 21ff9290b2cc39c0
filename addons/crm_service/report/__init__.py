from . import crm_customer_event
from . import crm_identification
from . import crm_voice_answer
from . import crm_satisfaction_quarter, crm_satisfaction_customer
from . import crm_care_aspect, crm_churn_match, crm_lost_customer, crm_product_quadrant, crm_winback
from . import crm_customer_event_desk
from . import crm_agent_board
from . import crm_agent_performance
from . import crm_clock_fact
from . import crm_ticket_fact
from . import crm_channel_response
from . import crm_return_analysis
from . import crm_return_rate
from . import crm_customer_event_returns
