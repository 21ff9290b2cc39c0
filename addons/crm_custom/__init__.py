from . import models, report, wizard
from . import controllers
