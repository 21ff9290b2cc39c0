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
from . import crm_escalation_rule
from . import crm_escalation_act
from . import crm_escalation_dry_run
from . import crm_escalation_log
from . import crm_escalation_run
from . import crm_sla_clock_desk
from . import crm_ticket_escalation
from . import crm_metric_desk
from . import (
    crm_breach_cause,
    crm_sla_clock_cron,
    crm_sla_milestone,
    crm_sla_policy_choice,
    crm_sla_working_time,
    crm_sla_verification,
    crm_sla_difference,
    crm_ticket_batch,
    crm_ticket_clock,
    crm_ticket_next_response,
    crm_ticket_pill,
    crm_ticket_verify,
    crm_service_team_sla,
    ir_sequence,
    resource_calendar_attendance,
    resource_calendar_leaves,

# Intake: mail, telephone, quick entry, chat.
from . import (
    crm_call_log,
    crm_call_rate,
    crm_contact_log_ticket,
    crm_mail_refusal,
    crm_service_team_intake,
    crm_ticket_chat,
    crm_ticket_gateway,
    crm_ticket_intake,
    crm_ticket_subject,
    discuss_channel,
    fetchmail_server,
    mail_alias,
    product_product_ticket,
    product_template_ticket,
    res_partner_caller,
    res_partner_intake,
    res_users_telephone,
    stock_lot,
)
from . import res_company_answers, crm_solution, crm_solution_search, crm_solution_use, crm_solution_count
from . import res_partner_answers, crm_standard_question, crm_reply_template, crm_reply_use
from . import crm_ticket_answers, crm_solution_apply
from . import (
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
