"""The scripts' own code is tested like a rule: without Odoo, without a database."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
