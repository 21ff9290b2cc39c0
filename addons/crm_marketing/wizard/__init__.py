from . import crm_insight_period
