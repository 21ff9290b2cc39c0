from . import test_access, test_clocks, test_customer, test_mail, test_portal, test_returns, test_tickets
from . import test_class_service_level
from . import test_visit_ticket
from . import test_identification
from . import test_customer_overview
from . import test_field_agreements, test_field_assets
from . import test_desk_content
from . import test_desk_assignment
from . import test_desk_parallel
from . import test_desk_escalation
from . import test_desk_measures
from . import test_intake_mail
from . import test_intake_call
from . import test_intake_quick
from . import test_intake_tour
from . import test_solutions
from . import test_answers
from . import test_voice
from . import test_desk_content
from . import test_desk_assignment
from . import test_desk_parallel
from . import test_voice_survey
from . import test_after_sales
from . import test_recall
from . import test_care
from . import test_after_sales_parallel
from . import test_returns_tour
