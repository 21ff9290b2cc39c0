from . import test_crm_open_item_oracle
from . import test_customer_class
from . import test_facts_smoke
