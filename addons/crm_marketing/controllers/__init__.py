from . import portal_notice
from . import portal_privacy
from . import web_form
from . import campaign_sheet
