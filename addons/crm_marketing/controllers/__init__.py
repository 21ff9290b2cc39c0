from . import campaign_sheet
