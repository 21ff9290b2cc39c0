from . import crm_collection, crm_customer_event, crm_open_item, crm_order_flow
