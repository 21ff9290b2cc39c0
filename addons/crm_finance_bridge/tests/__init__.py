from . import test_aging, test_credit_exposure, test_credit_hold, test_credit_parallel
from . import test_dunning
from . import test_promise
from . import test_credit_paths
from . import test_dunning_rule
from . import test_dunning_tour
