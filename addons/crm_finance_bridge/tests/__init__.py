from . import test_aging, test_credit_exposure, test_credit_hold, test_credit_parallel
from . import test_funds
from . import test_funds_expense
