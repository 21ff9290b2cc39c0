from . import test_crm_open_item_oracle
from . import test_customer_class
from . import test_customer_page
from . import test_facts_smoke
from . import test_scorecard
from . import test_crm_import_history
