from . import test_customer_class, test_customer_page, test_facts_smoke, test_scorecard
