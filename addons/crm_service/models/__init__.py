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
from . import res_company_answers, crm_solution, crm_solution_search, crm_solution_use, crm_solution_count
from . import res_partner_answers, crm_standard_question, crm_reply_template, crm_reply_use
from . import crm_ticket_answers, crm_solution_apply
