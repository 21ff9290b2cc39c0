from . import crm_open_item_as_of
from . import crm_pipeline_waterfall
from . import crm_calibration
from . import crm_calibration_line
