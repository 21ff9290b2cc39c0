from . import test_aging, test_credit_exposure, test_credit_hold, test_credit_parallel
from . import test_receivables
from . import test_promise
from . import test_credit_paths
from . import test_credit_limits
from . import test_commission
from . import test_commission_pay
from . import test_commission_tour
from . import test_dunning
from . import test_dunning_rule
from . import test_dunning_tour
from . import test_payment_score
from . import test_dunning_parallel
