from . import crm_insight_period
from . import mail_compose_message
from . import sms_composer
