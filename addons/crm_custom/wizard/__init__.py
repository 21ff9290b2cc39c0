from . import crm_open_item_as_of
from . import crm_stock_override_wizard
from . import crm_price_request
from . import crm_price_request_line
