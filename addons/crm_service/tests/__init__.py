from . import test_access, test_clocks, test_customer, test_mail, test_portal, test_returns, test_tickets
from . import test_class_service_level
from . import test_visit_ticket
from . import test_identification
from . import test_customer_overview
from . import test_field_agreements, test_field_assets, test_field_parallel, test_field_tour, test_field_visits
from . import test_desk_content
from . import test_desk_assignment
from . import test_desk_parallel
