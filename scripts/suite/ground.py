"""Databases that benchmarks start from; each is made once and kept.

* `suite_bench_ground_<key>`: Odoo's modules alone, a chart of accounts, 20 products
  with stock, 20 customers and one user a role;
* `suite_bench_<key>`: the ground with the bulk ledger of ../shared/bench.

The first is made anew where Odoo or the list of modules changes. The second is not:
it takes minutes, and what it lacks is installed on its copies.
"""

from pathlib import Path

from . import inside
from .console import Fail, Step, file_lock
from .database import base_name, ensure_base
from .paths import SHARED, VAR, cache_dir, file_hash

LEDGER = SHARED / "bench" / "bulk_ledger.sql"
COMPANY = Path(__file__).parent / "inside_odoo" / "company.py"


def ensure_ground(odoo, databases):
    """Return the name of the database with a company that can sell, deliver and be paid."""
    name = f"suite_bench_ground_{base_name(odoo).rpartition('_')[2]}_{file_hash(COMPANY)[:6]}"
    with file_lock(cache_dir() / f"{name}.lock", "waiting for another script that makes the same database"):
        if not databases.exists(name):
            base = ensure_base(odoo, databases)
            with Step("Preparing a company for the benchmarks") as step:
                databases.copy(base, f"{name}_part")
                inside.call(odoo, COMPANY, "prepare", [f"{name}_part"], log=VAR / "log" / f"{name}.log", step=step)
                databases.rename(f"{name}_part", name)
    return name


def ensure_ledger(odoo, databases, partners, invoices):
    """Return the name of the database with `invoices` invoices of `partners` customers (account.move rows, posted)."""
    if not LEDGER.exists():
        raise Fail(f"The bulk ledger {LEDGER} is not there.", "put the shared folder beside the checkout")
    name = f"suite_bench_{odoo.source.version.replace('.', '')[:3]}_{file_hash(LEDGER)[:8]}_{partners}_{invoices}"
    with file_lock(cache_dir() / f"{name}.lock", "waiting for another script that makes the same database"):
        if not databases.exists(name):
            ground = ensure_ground(odoo, databases)
            with Step(f"Filling a ledger with {invoices:,} invoices (about 5 minutes for 200,000)") as step:
                databases.copy(ground, f"{name}_part")
                inside.psql(
                    *(odoo, f"{name}_part", "-v", f"partners={partners}", "-v", f"invoices={invoices}"),
                    *("-f", str(LEDGER)),
                    step=step,
                )
                inside.psql(odoo, f"{name}_part", "-c", "VACUUM ANALYZE")
                databases.rename(f"{name}_part", name)
    return name
