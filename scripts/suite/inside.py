"""Call a function of a file inside Odoo, on one or several databases at once, and get its result back.

    inside.call(odoo, "tests/bench/aging.py", "measure", ["suite_bench_x"], {"runs": 5}, log=...)

runs `measure(registry, runs=5)` in Odoo's own Python, with the databases' registries
loaded. The function opens its cursors itself (`registry.cursor()`), and returns
what JSON can hold. The file is loaded by path: imports of Odoo belong inside its
functions, so that the scripts' Python, which has no Odoo, can load it as well.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .console import Fail, run
from .paths import VAR, ensure_dir

MAIN = Path(__file__).parent / "inside_odoo" / "main.py"


def call(odoo, script, function, databases, arguments=None, *, log, addons=(), step=None):
    """Return what `function` returned; `addons` are folders put before Odoo's own on the addons path."""
    config = odoo.config_file(with_tests=True)
    ensure_dir(log.parent)
    with tempfile.TemporaryDirectory(dir=ensure_dir(VAR), prefix="inside.") as folder:
        order = Path(folder) / "order.json"
        answer = Path(folder) / "answer.json"
        order.write_text(
            json.dumps(
                {
                    "config": str(config),
                    "addons_path": ",".join(str(path) for path in (*addons, *odoo.addons_path(with_tests=True))),
                    "databases": list(databases),
                    "script": str(script),
                    "function": function,
                    "arguments": arguments or {},
                    "answer": str(answer),
                }
            ),
            encoding="utf-8",
        )
        _run(odoo, order, log, step)
        if not answer.exists():
            raise Fail(f"{Path(script).name}: {function} gave no answer.", f"read {log}")
        return json.loads(answer.read_text(encoding="utf-8"))


def tell(text):
    """Inside Odoo: show `text` as the detail of the step that the caller sees."""
    sys.stdout.write(f"@ {text}\n")
    sys.stdout.flush()


def processor_time(cr):
    """Inside Odoo: seconds of processor time used by this process and by the cursor's server process.

    Unlike the clock it hardly moves when others keep the machine busy. 0 where the server's is hidden
    (another host, another system); processes that the server starts to help are not in it.
    """
    try:
        server = Path(f"/proc/{cr._cnx.info.backend_pid}/schedstat").read_text(encoding="ascii")
    except OSError:
        return 0
    return time.process_time() + int(server.split()[0]) / 1e9


def _run(odoo, order, log, step):
    """Odoo's log goes to `log`; lines that start with `@ ` are what the function wants shown."""
    with (
        open(log, "a", encoding="utf-8") as sink,
        subprocess.Popen(
            [str(odoo.python), str(MAIN), str(order)],
            env={**odoo.env(), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        tail = []
        try:
            for line in process.stdout:
                sink.write(line)
                tail = [*tail[-24:], line]
                if step and line.startswith("@ "):
                    step.detail = line[2:].strip()
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise Fail(f"A script inside Odoo failed (exit code {process.returncode}):\n{''.join(tail)}", f"read {log}")


def psql(odoo, database, *arguments, step=None):
    """Run psql on a database of the server; return its output."""
    command = [odoo.server.client("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, *arguments]
    return run(command, env={**os.environ, **odoo.server.env()}, what="psql", step=step)


def query(odoo, database, statement):
    """Return the lines of a query's result, columns separated by `|`."""
    command = [odoo.server.client("psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
    done = subprocess.run(command, env={**os.environ, **odoo.server.env()}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Fail(f"PostgreSQL refused on {database}: {done.stderr.strip()}")
    return done.stdout.splitlines()
