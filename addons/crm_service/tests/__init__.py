from . import test_access
from . import test_clocks
from . import test_customer
from . import test_mail
from . import test_portal
from . import test_returns
from . import test_tickets
from . import test_class_service_level
from . import test_visit_ticket
from . import test_identification
from . import test_customer_overview
from . import (
    test_field_agreements,
    test_field_assets,
    test_field_parallel,
    test_field_result,
    test_field_tour,
    test_field_visits,
)
from . import test_field_agreements
from . import test_field_assets
from . import test_field_parallel
from . import test_field_tour
from . import test_field_visits
from . import test_desk_content
from . import test_desk_assignment
from . import test_desk_parallel
from . import test_desk_escalation
from . import test_desk_measures
from . import test_desk_tour
from . import test_intake_mail
from . import test_intake_call
from . import test_intake_quick
from . import test_intake_tour
from . import test_solutions
from . import test_answers
from . import test_voice
from . import test_voice_survey
from . import test_after_sales
from . import test_recall
from . import test_care
from . import test_delivery_notice
from . import test_recovery
from . import test_after_sales_parallel
from . import test_returns_tour
from . import test_voice_money
from . import test_voice_tour
