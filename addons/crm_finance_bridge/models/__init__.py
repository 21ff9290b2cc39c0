from . import (
    crm_credit_decision,
    crm_credit_limit,
    payment_transaction,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
    sale_order_credit_text,
)
from . import res_company_aging
from . import res_config_settings_aging
from . import crm_bucket_mixin
from . import crm_receivable_kpi
from . import crm_aging_snapshot
from . import crm_aging_roll
from . import crm_dunning_strategy
from . import crm_dunning_level
from . import crm_dunning_level_effect
from . import crm_dunning_run
from . import crm_dunning_run_prepare
from . import crm_dunning_run_send
from . import crm_dunning_letter
from . import crm_dunning_letter_send
from . import crm_dunning_letter_stop
from . import crm_dunning_letter_charge
from . import crm_dunning_letter_line
from . import mail_mail_dunning
from . import crm_consent_dunning
from . import res_partner_dunning
from . import account_move_dunning
from . import res_company_dunning
from . import res_config_settings_dunning
from . import res_company_collect
from . import crm_payment_promise
from . import crm_payment_promise_line
from . import crm_payment_promise_part
from . import crm_payment_promise_evaluate
from . import crm_dispute_cause
from . import crm_dispute
from . import crm_dispute_line
from . import crm_dispute_event
from . import crm_dispute_flow
from . import account_partial_reconcile_collect
from . import crm_collector
from . import crm_collection_call
from . import crm_collection_task
from . import crm_collection_task_refresh
from . import crm_dispute_credit
from . import account_move_collect
from . import account_payment_collect
from . import res_partner_collect
from . import crm_ticket_dispute
from . import crm_return_dispute
from . import res_config_settings_collect
from . import res_company_credit
from . import res_config_settings_credit
from . import sale_order_credit_delivery
from . import sale_order_credit_guard
from . import sale_order_credit_release
from . import sale_order_line_credit
from . import stock_move_credit
from . import crm_credit_request
from . import crm_credit_limit_version
from . import crm_credit_proposal
from . import sale_order_credit_free
from . import res_partner_credit
from . import crm_commission_plan
from . import crm_commission_rule
from . import crm_commission_tier
from . import crm_commission_share
from . import crm_commission_statement
from . import crm_commission_line
from . import crm_commission_run
from . import crm_wage
from . import res_company_commission
from . import res_config_settings_commission
from . import crm_receipt_match
from . import crm_receipt_match_line
from . import crm_receipt_match_store
from . import crm_receipt_match_book
from . import crm_receipt_match_decide
from . import crm_receipt_match_desk
from . import crm_receipt_rule
from . import crm_remittance_advice
from . import crm_remittance_advice_line
from . import res_company_match
from . import res_config_settings_match
from . import res_partner_match
from . import crm_payment_score
from . import crm_payment_score_check
from . import res_partner_score
from . import crm_funds_forecast
from . import crm_customer_balance
from . import crm_risk_check
from . import crm_customer_risk
from . import res_company_score
