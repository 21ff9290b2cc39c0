from . import (
    test_campaign_access,
    test_campaign_competitor,
    test_campaign_cost,
    test_campaign_oracle,
    test_campaign_plan,
    test_campaign_return,
    test_campaign_timeline,
)
from . import test_given_up
from . import test_acquisition
