from . import crm_campaign_evaluate
from . import crm_campaign_evaluate_line
from . import crm_insight_period
from . import mail_compose_message
from . import sms_composer
from . import crm_loyalty_enrol
from . import crm_segment_pick
