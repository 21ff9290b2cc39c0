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
    crm_care_action_voice,
    crm_customer_loss,
    crm_feedback,
    crm_feedback_clock,
    crm_improvement,
    crm_loss_reason,
    crm_metric_voice,
    crm_panel,
    crm_panel_member,
    crm_panel_wave,
    crm_rating_request,
    crm_satisfaction_baseline,
    crm_service_team_voice,
    crm_ticket_voice,
    crm_touch_rating,
    res_company_voice,
    res_config_settings_voice,
    res_partner_voice,
    survey_question,
    survey_survey,
    survey_user_input,
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
    crm_return_reason,
    crm_return,
    crm_return_flow,
    crm_return_line,
    crm_return_dispose,
    crm_service_team_returns,
    crm_ticket_returns,
    repair_order,
    stock_move,
    stock_picking_return,
)
from . import crm_recall, crm_recall_find, crm_recall_inform, crm_recall_line, crm_ticket_recall
from . import crm_recovery_limit, crm_recovery_option, crm_recovery_use, crm_ticket_recovery
from . import crm_delivery_notice, res_company_notice, res_config_settings_notice
from . import crm_care_rule, crm_care_action, crm_care_plan
