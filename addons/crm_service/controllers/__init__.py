from . import portal
from . import telephone
from . import rating
