from . import test_aging, test_credit_exposure, test_credit_hold, test_credit_parallel
from . import test_commission
from . import test_commission_pay
from . import test_commission_tour
from . import test_commission_parallel
