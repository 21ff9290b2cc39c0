from . import crm_aging
from . import crm_credit_parts
from . import crm_credit_exposure
