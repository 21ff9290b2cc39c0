# A fact inherits its query, a query the common part: the order matters.
# isort: off
from . import crm_fact
from . import crm_collection_query
from . import crm_collection
from . import crm_open_item_query
from . import crm_open_item
from . import crm_order_flow_query
from . import crm_order_flow
from . import crm_customer_event
from . import crm_customer_migration
from . import crm_pareto
from . import crm_contact_matrix
from . import crm_customer_event_contact
from . import crm_order_rhythm
from . import crm_visit_coverage
from . import crm_product_sale
from . import crm_partner_change
from . import crm_pipeline_change
from . import crm_acquisition
from . import crm_customer_projection
from . import crm_customer_distribution
