from . import crm_insight_period
from . import crm_segment_pick
