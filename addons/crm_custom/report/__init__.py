from . import crm_collection, crm_open_item, crm_order_flow
