from . import account_move_reversal, stock_return_picking
from . import crm_panel_join, crm_voice_compare
from . import crm_ticket_reassign
from . import stock_return_picking_line
