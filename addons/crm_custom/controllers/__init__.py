from . import portal_shop
from . import workbook
