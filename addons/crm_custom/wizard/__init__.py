from . import crm_open_item_as_of
from . import crm_customer_migration_period
