from . import test_customer_class, test_facts_smoke, test_scorecard
