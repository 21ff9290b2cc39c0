from . import models, report, wizard
from . import controllers
from .hooks import uninstall_hook
