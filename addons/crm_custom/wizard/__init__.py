from . import crm_open_item_as_of
from . import crm_visit_reassign
from . import crm_visit_route
from . import crm_visit_route_line
from . import crm_product_affinity_analysis
from . import crm_business_card
from . import crm_business_card_line
from . import crm_phone_cleanup
