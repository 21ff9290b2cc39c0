from . import portal
from . import telephone
from . import rating
from . import portal_actions
from . import portal_help
from . import portal_solution
