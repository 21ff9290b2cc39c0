from . import (
    account_move,
    crm_customer_class_policy,
    crm_give_up,
    crm_metric,
    crm_service_team,
    crm_sla_clock,
    crm_sla_event,
    crm_sla_policy,
    crm_ticket,
    crm_ticket_category,
    crm_ticket_document,
    crm_ticket_mail,
    crm_ticket_sla,
    crm_ticket_stage,
    mail_thread,
    res_partner,
    resource_calendar,
    sale_order,
    sale_order_line,
    stock_picking,
)
from . import crm_visit_problem
from . import (
    crm_customer_asset,
    crm_customer_asset_delivery,
    crm_customer_asset_reminder,
    crm_service_agreement,
    crm_service_agreement_renewal,
    crm_service_agreement_result,
    crm_service_entitlement,
    crm_ticket_category_maintenance,
    crm_ticket_cover,
    crm_ticket_field,
    crm_ticket_owned,
    product_template_service,
    res_company_field,
    res_partner_field,
    stock_move_asset,
)
from . import crm_agent_profile
from . import crm_agent_presence
from . import crm_agent_skill
from . import crm_assignment_desk
from . import crm_question_group
from . import crm_root_cause
from . import crm_service_baseline
from . import crm_service_team_desk
from . import crm_ticket_desk
from . import crm_ticket_assign
from . import crm_ticket_assignment
from . import crm_ticket_work
from . import (
    calendar_event_service,
    crm_agent_profile_technician,
    crm_service_visit,
    crm_service_visit_event,
    crm_service_visit_flow,
    crm_service_visit_part,
    crm_service_visit_plan,
    crm_ticket_visit,
    crm_ticket_work_visit,
    repair_order_visit,
)
