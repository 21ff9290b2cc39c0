from . import models, report, wizard
from . import controllers
from . import controllers, models, report, wizard
