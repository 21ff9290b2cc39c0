from . import account_move_reversal, stock_return_picking
from . import crm_ticket_reassign
