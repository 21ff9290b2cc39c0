from . import portal_consent
from . import portal_contact
from . import portal_shop
from . import workbook
