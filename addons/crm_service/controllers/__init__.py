from . import portal
from . import telephone
