from . import account_move_reversal, stock_return_picking
from . import crm_ticket_reassign
from . import crm_service_visit_slot, crm_service_visit_slot_line
