from . import portal_contact
from . import workbook
