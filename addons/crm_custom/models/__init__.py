from . import (
    account_move_line,
    account_partial_reconcile,
    crm_company_scorecard,
    crm_company_scorecard_line,
    crm_flow_status_mixin,
    crm_lead,
    crm_metric,
    crm_metric_band,
    crm_metric_company,
    crm_metric_source,
    crm_metric_value,
    crm_scorecard,
    crm_scorecard_class,
    crm_scorecard_run,
    res_company,
    res_company_scorecard,
    res_config_settings,
    res_config_settings_scorecard,
    res_partner,
    res_partner_page,
    sale_order,
)
from . import account_move_line
from . import account_partial_reconcile
from . import crm_import_copy
from . import crm_import_master
from . import crm_import_writer
from . import crm_import_bulk
from . import crm_import_bulk_payment
from . import crm_import_pattern
from . import crm_import_file
from . import crm_import_run
from . import crm_import_history
from . import crm_import_column
from . import crm_import_rejection
from . import crm_import_reference
from . import res_company
from . import res_config_settings
