from . import test_facts_smoke
