from . import crm_credit_parts
from . import crm_credit_exposure
