from . import crm_acquisition
from . import crm_campaign_cost
from . import crm_campaign_entry
from . import crm_campaign_return
from . import crm_customer_event
from . import crm_campaign_budget_entry
from . import crm_customer_event_plan
from . import crm_dealer_promotion_result
