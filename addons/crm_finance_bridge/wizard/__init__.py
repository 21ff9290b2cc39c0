from . import crm_credit_release
