"""Runs crm.import.history in an Odoo shell and shows its progress."""

import contextlib
import json
import subprocess

from .console import Fail, Step, say
from .paths import ROOT, VAR, ensure_dir

# The names are those of addons/crm_custom/tools/history.py and of the model's selections.
FIELDS = (
    *("number", "code", "description", "quantity", "date", "price", "customer", "country"),
    *("customer_name", "due_date", "paid_on", "paid_amount"),
)
ENCODINGS = ("utf-8", "cp1252", "iso-8859-1", "gb18030", "utf-16")
MARK = "@history "

# Runs inside Odoo. Every batch is committed: a kill loses nothing but the batch in work.
PROGRAM = """
import json, os
from odoo.exceptions import UserError
options = json.loads(os.environ["HISTORY_OPTIONS"])
say = lambda **values: print("\\n@history " + json.dumps(values), flush=True)
def run():
    if "crm.import.history" not in env:
        return say(error="The addon crm_custom is not installed in this database.")
    user = env["res.users"].search([("login", "=", options.pop("user"))])
    if not user:
        return say(error="There is no such user; give one with --user.")
    name = options.pop("company")
    company = env["res.company"].search([("name", "=", name)] if name else [], order="id", limit=1)
    if not company:
        return say(error="There is no such company.")
    files = {field: options.pop(field) for field in ("rejection_file", "plan_file")}
    History = env["crm.import.history"].with_user(user).with_context(allowed_company_ids=company.ids)
    state = {"done": 0}
    def checkpoint(count):
        env.cr.commit()
        state["done"] += count
        say(done=state["done"])
    def announce(history):
        say(total=history.document_count)
    try:
        history = History._load_file(options.pop("path"), company, checkpoint=checkpoint, announce=announce, **options)
    except UserError as error:
        env.cr.rollback()
        return say(error=str(error))
    env.cr.commit()
    for field, path in files.items():
        if path:
            with open(path, "wb") as handle:
                handle.write(history.with_context(bin_size=False)[field] and base64(history[field]) or b"")
    labels = dict(env["crm.import.rejection"]._fields["reason"]._description_selection(env))
    reasons = env["crm.import.rejection"]._read_group(
        [("history_id", "=", history.id)], ["reason"], ["__count", "amount:sum"])
    fields = [
        "state", "message", "row_count", "rejected_count", "invoice_count", "refund_count", "known_count",
        "customer_count", "product_count", "total_file", "total_invoices", "total_refunds", "total_known",
        "total_rejected", "booked_invoices", "booked_refunds", "booked_payments", "total_booked", "seconds",
    ]
    # Untaxed totals in the file of the documents that this import made, in this run or an earlier one.
    own = env["crm.import.reference"]._read_group(
        [("history_id", "=", history.id), ("kind", "=", "document")], [], ["amount:sum"])[0][0]
    say(result={"total_own": own, **{field: history[field] for field in fields}},
        reasons=[[labels[reason], count, amount] for reason, count, amount in reasons])
from base64 import b64decode as base64
run()
"""


def load(odoo, options):
    columns = {}
    for text in options.column:
        field, _, name = text.partition("=")
        if field not in FIELDS or not name:
            raise Fail(f"--column {text}: give FIELD=NAME", f"FIELD is one of {', '.join(FIELDS)}")
        columns[field] = name
    values = {
        "path": str(options.file.resolve()),
        "user": options.user,
        "company": options.company,
        "rejection_file": options.rejected and str(options.rejected.resolve()),
        "plan_file": options.plan and str(options.plan.resolve()),
        "dry_run": options.dry_run,
        "columns": columns,
        "encoding": options.encoding,
        "date_format": options.dates,
        "cancel_prefix": options.cancel_prefix,
        "walk_in": options.walk_in,
        "payment_rule": "seeded" if options.payments else "none",
        "payment_seed": options.seed,
        "payment_until": options.until,
        "use_orm": options.slow,
    }
    log = ensure_dir(VAR) / "load_sales_history.log"
    command = odoo.command("-d", options.database, "--no-http", "--limit-memory-hard=0", subcommand="shell")
    environment = {**odoo.env(), "HISTORY_OPTIONS": json.dumps(values)}
    answer = {}
    with (
        Step("Reading the file") as step,
        open(log, "w", encoding="utf-8") as sink,
        subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        try:
            process.stdin.write(PROGRAM)
            process.stdin.close()
            for line in process.stdout:
                sink.write(line)
                if line.startswith(MARK):
                    answer.update(json.loads(line[len(MARK) :]))
                    _show(step, answer)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            raise
    if "error" in answer:
        raise Fail(answer["error"])
    if "result" not in answer:
        with open(log, encoding="utf-8") as lines:
            tail = "".join(lines.readlines()[-15:])
        raise Fail(f"The import broke off:\n{tail}", f"run the same command again, it goes on; whole log: {log}")
    return report(answer["result"], answer["reasons"], options.dry_run)


def _show(step, answer):
    total = answer.get("total")
    if total and "done" in answer:
        step.title = "Importing"
        step.fraction = answer["done"] / total
        step.detail = f"{answer['done']:,} of {total:,} documents"


def report(result, reasons, dry_run):
    """Print the figures; exit code 1 where the import stopped or the totals do not tie."""

    def line(text, number, amount=None):
        say(f"  {text:<50}{number:>10,}" + (f"{amount:>18,.2f}" if amount is not None else ""))

    say("In the file:")
    line("rows", result["row_count"], result["total_file"])
    line("invoices to make", result["invoice_count"], result["total_invoices"])
    line("credit notes to make", result["refund_count"], -result["total_refunds"])
    line("imported before", result["known_count"], result["total_known"])
    line("rejected rows", result["rejected_count"], result["total_rejected"])
    for reason, count, amount in reasons:
        line(f"  {reason}", count, amount)
    line("new customers", result["customer_count"])
    line("new products", result["product_count"])
    if result["message"]:
        say(f"  {result['message']}")
    if dry_run:
        return 0
    say("In the books:")
    line("posted invoices", result["booked_invoices"])
    line("posted credit notes", result["booked_refunds"])
    line("payments", result["booked_payments"])
    line("untaxed total", result["booked_invoices"] + result["booked_refunds"], result["total_booked"])
    # What was there before belongs to this import (a resumed run) or to another file; both are in the books.
    earlier = result["total_known"] - result["total_own"] + result["total_invoices"] - result["total_refunds"]
    accounted = result["total_booked"] + earlier + result["total_rejected"]
    difference = round(result["total_file"] - accounted, 2) + 0.0  # never -0.00
    say(f"  File less books less rejections: {difference:,.2f}   ({result['seconds']:.0f} s in batches)")
    return 0 if result["state"] == "done" else 1
