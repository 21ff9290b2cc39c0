from . import test_aging
from . import test_credit_exposure
from . import test_credit_hold
