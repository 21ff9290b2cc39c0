from . import crm_customer_event
