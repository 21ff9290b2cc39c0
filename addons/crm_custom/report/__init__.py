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
from . import crm_order_flow_delivery
from . import crm_stock_waiting
from . import crm_demand_line
from . import crm_demand_product
from . import crm_quotation_history
from . import crm_response_time
