from . import crm_aging, crm_credit_components, crm_credit_exposure, crm_customer_event
from . import crm_funds_flow_query
from . import crm_funds_flow
from . import crm_funds_board
from . import crm_expense_entry
from . import crm_customer_event_funds
