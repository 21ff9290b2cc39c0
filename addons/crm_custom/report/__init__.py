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
from . import crm_product_sale
from . import crm_suggestion_stat
from . import crm_channel_share
