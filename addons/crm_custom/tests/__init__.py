from . import test_facts_smoke
from . import test_crm_import_history
