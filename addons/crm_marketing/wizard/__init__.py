from . import crm_campaign_evaluate
from . import crm_campaign_evaluate_line
from . import crm_insight_period
from . import crm_loyalty_enrol
from . import crm_segment_pick
