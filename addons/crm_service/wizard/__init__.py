from . import account_move_reversal, stock_return_picking
from . import crm_ticket_quick
from . import crm_ticket_scan
from . import crm_telephone_key
