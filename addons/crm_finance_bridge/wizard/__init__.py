from . import crm_credit_release
from . import crm_risk_method
from . import crm_commission_objection
from . import crm_commission_compute
from . import crm_commission_simulation
from . import crm_commission_simulation_line
from . import crm_statement_wizard
