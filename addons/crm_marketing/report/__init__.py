from . import (
    crm_acquisition,
    crm_campaign_cost,
    crm_campaign_entry,
    crm_campaign_return,
    crm_customer_event,
)
