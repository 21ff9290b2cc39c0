from . import crm_acquisition
from . import crm_campaign_cost
from . import crm_campaign_entry
from . import crm_campaign_return
from . import crm_customer_event
from . import crm_insight_fact
from . import crm_rfm_migration
from . import crm_reaction
