"""Affinity: all pairs of products above 1 % support in the whole Online Retail file, by the SQL of the nightly run.

The file (541,909 lines of a wholesaler, ../shared/data) is copied into a scratch table; a basket is an invoice's
lines with a quantity and a price above zero. Python counts the same pairs as oracle.
"""

import collections
import csv
import gzip
import io
import itertools
import time

from suite import ground
from suite.bench import Checked
from suite.inside import tell
from suite.paths import ADDONS, ROOT, tree_hash

FILE = ROOT.parent / "shared" / "data" / "online_retail.csv.gz"
SECONDS = 20
SUPPORT = 1.0  # percent
KNOWN = {"baskets": 19960, "items": 815, "pairs": 917}
TOP = {"codes": ["22916", "22917"], "both": 221, "lift": 77.55, "confidence": [0.9208, 0.9325]}


def run(bench):
    if not FILE.exists():
        return [Checked("Online Retail", None, f"skipped: {FILE} is not there")]
    company = ground.ensure_ground(bench.odoo, bench.databases)
    name = f"suite_bench_affinity_{tree_hash([ADDONS / 'crm_custom'])}"
    bench.install(company, name, ["crm_custom"], title="Installing crm_custom in a copy of the company")
    return list(_rows(bench.inside(measure, [name], title="Affinity", path=str(FILE))))


def _rows(answer):
    found = {key: answer[key] for key in KNOWN}
    seconds = f"{answer['seconds']:.1f} s (copying the file: {answer['copy']:.1f} s; Python: {answer['oracle']:.1f} s)"
    yield Checked(f"pairs above {SUPPORT:g} % in {SECONDS} s", answer["seconds"] <= SECONDS, seconds)
    yield Checked("baskets, frequent items and pairs as known", found == KNOWN, str(found))
    yield Checked("strongest pair as known", answer["top"] == TOP, str(answer["top"]))
    yield Checked("counts equal to Python's, each pair", answer["equal"], f"{answer['certain']} pairs are certain")


# === INSIDE ODOO ===


def measure(registry, path):
    """Return what was found, how long the counting took, and whether Python counts the same."""
    from odoo import api
    from odoo.tools import SQL

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        tell("copying the file")
        started = time.perf_counter()
        baskets = _copy(cr, path)
        copied = time.perf_counter()
        tell("counting pairs")
        model = env["crm.product.affinity"]
        source = SQL(
            """SELECT 0 AS group_key, invoice AS basket_id, item AS product_id
                 FROM scratch_line WHERE quantity > 0 AND price > 0"""
        )
        model._count_pairs(source, SUPPORT, 5)
        rows = env.execute_query_dict(model._measures())
        counted = time.perf_counter()
        tell("counting in Python")
        pairs, items = _oracle(baskets)
        codes = dict(env.execute_query(SQL("SELECT DISTINCT item, code FROM scratch_line")))
        ours = {tuple(sorted((codes[r["left_id"]], codes[r["right_id"]]))): r["count_both"] for r in rows}
        top = max((row for row in rows), key=lambda row: row["lift"])
        answer = {
            "copy": copied - started,
            "seconds": counted - copied,
            "oracle": time.perf_counter() - counted,
            "baskets": rows[0]["baskets"],
            "items": items,
            "pairs": len(rows),
            "certain": sum(row["significant"] for row in rows),
            "equal": ours == pairs,
            "top": {
                "codes": sorted((codes[top["left_id"]], codes[top["right_id"]])),
                "both": top["count_both"],
                "lift": round(top["lift"], 2),
                "confidence": sorted((round(top["confidence"], 4), round(top["confidence_back"], 4))),
            },
        }
        cr.rollback()
    return answer


def _copy(cr, path):
    """Copy the file into the scratch table; return the baskets as Python reads them."""
    cr.execute(
        """CREATE TEMPORARY TABLE scratch_line (number text, code text, quantity numeric, price numeric,
                                                invoice int, item int)"""
    )
    buffer, baskets, numbers, items = io.StringIO(), collections.defaultdict(set), {}, {}
    writer = csv.writer(buffer)
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            number, code, quantity, price = row["InvoiceNo"], row["StockCode"], row["Quantity"], row["UnitPrice"]
            ids = numbers.setdefault(number, len(numbers)), items.setdefault(code, len(items))
            writer.writerow([number, code, quantity, price, *ids])
            if float(quantity) > 0 and float(price) > 0:
                baskets[number].add(code)
    buffer.seek(0)
    cr.copy_expert("COPY scratch_line FROM STDIN WITH CSV", buffer)
    cr.execute("ANALYZE scratch_line")
    return baskets


def _oracle(baskets):
    """{(code, code): baskets} of the pairs above the support, and the number of frequent items, without SQL."""
    needed = len(baskets) * SUPPORT / 100
    counts = collections.Counter(item for basket in baskets.values() for item in basket)
    frequent = {item for item, count in counts.items() if count >= needed}
    pairs = collections.Counter()
    for basket in baskets.values():
        pairs.update(itertools.combinations(sorted(basket & frequent), 2))
    return {pair: count for pair, count in pairs.items() if count >= needed}, len(frequent)
