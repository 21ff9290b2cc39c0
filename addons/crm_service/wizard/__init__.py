from . import account_move_reversal
from . import stock_return_picking
from . import crm_panel_join
from . import crm_voice_compare
from . import crm_ticket_reassign
from . import crm_service_visit_slot, crm_service_visit_slot_line
from . import crm_escalation_trial
from . import crm_escalation_trial_line
from . import crm_ticket_quick
from . import crm_ticket_scan
from . import crm_telephone_key
from . import crm_ticket_reply
from . import stock_return_picking_line
from . import crm_customer_card_parts
from . import crm_customer_card
from . import crm_customer_card_line
