from . import crm_open_item_as_of
from . import crm_sales_overview
from . import crm_sales_overview_channel
