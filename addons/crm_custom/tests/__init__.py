from . import test_crm_open_item_oracle, test_customer_class, test_customer_page, test_facts_smoke, test_scorecard
