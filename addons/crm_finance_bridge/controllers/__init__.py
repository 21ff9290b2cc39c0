from . import aging
from . import statement
from . import portal_statement
