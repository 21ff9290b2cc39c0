from . import test_lead_to_cash
from . import test_lead_to_cash_tour
from . import test_mail_servers
