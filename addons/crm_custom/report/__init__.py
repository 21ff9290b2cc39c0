from . import crm_collection
from . import crm_open_item
from . import crm_order_flow
