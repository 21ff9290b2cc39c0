from . import crm_credit_release
from . import crm_risk_method
