from . import test_aging, test_credit_exposure, test_credit_hold, test_credit_parallel
from . import test_receipt_match
from . import test_receipt_parallel
from . import test_receipt_tour
