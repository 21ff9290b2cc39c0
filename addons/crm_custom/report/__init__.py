# A fact inherits its query, a query the common part: the order matters.
# isort: off
from . import crm_fact
from . import crm_collection_query
from . import crm_collection
from . import crm_open_item_query
from . import crm_open_item
from . import crm_order_flow_query
from . import crm_order_flow
from . import crm_customer_event
from . import crm_pipeline_change
from . import crm_funnel
from . import crm_deal_result
from . import crm_probability_check
