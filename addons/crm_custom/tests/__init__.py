from . import test_crm_collection
from . import test_crm_facts_access
from . import test_crm_open_item_oracle
from . import test_crm_order_flow
from . import test_customer_class
from . import test_facts_smoke
