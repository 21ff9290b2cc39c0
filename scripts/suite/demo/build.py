"""Make and keep the database `suite_demo`: copy of the suite's template, then the company's data in stages.

State lives in the database itself (`ir_config_parameter`), so that it cannot
disagree with the data: which addons the database was last updated to, which
stages of the data are whole, which day "today" was. A stage is one transaction;
a killed run leaves whole stages and the next run goes on after them.
"""

import subprocess

from .. import database
from ..console import Fail, Step, say
from ..paths import ADDONS, ROOT, SUITE, VAR, cache_dir, ensure_dir, tree_hash

NAME = "suite_demo"
EMPTY_NAME = "suite_demo_empty"  # --no-data
PREFIX = "suite_demo."
MARK = "@demo "  # prefix of the progress lines that the runner prints


def addons_key():
    return tree_hash([ADDONS / addon for addon in SUITE], database.SOURCE_SUFFIXES)


def generator_key():
    return tree_hash([ROOT / "scripts" / "suite" / "demo"], {".py"})


class DemoDatabase:
    def __init__(self, odoo, with_data=True):
        self.odoo = odoo
        self.databases = database.Databases(odoo.server)
        self.with_data = with_data
        self.name = NAME if with_data else EMPTY_NAME

    # === STATE IN THE DATABASE === #

    def _state(self):
        """The marks that earlier runs left, as {short name: value}; None if the database is not one of ours."""
        if not self.databases.exists(self.name):
            return None
        try:
            rows = self.databases._psql(
                f"SELECT substr(key, {len(PREFIX) + 1}) || '=' || value FROM ir_config_parameter"
                f" WHERE key LIKE '{PREFIX}%'",
                self.name,
            )
        except Fail:
            return None
        state = dict(row.split("=", 1) for row in rows)
        return state if "addons" in state else None

    def _mark(self, name, value):
        self.databases._psql(
            "INSERT INTO ir_config_parameter (key, value, create_uid, write_uid, create_date, write_date)"
            f" VALUES ('{PREFIX}{name}', '{value}', 1, 1, now(), now())"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            self.name,
        )

    # === STEPS === #

    def reset(self):
        self.databases.drop(self.name)

    def ensure(self):
        """Bring the database to the state of this checkout; return its notes for the user (a list of texts)."""
        state = self._state()
        if state is None:
            self._create()
        elif state["addons"] != addons_key():
            self._update()
        if self.with_data:
            self._fill()
        return self._notes()

    def _create(self):
        template, _log = database.ensure_suite(self.odoo, self.databases)
        with Step(f"Copying the template to database {self.name}"):
            self.databases.copy(template, self.name)
            self._mark("addons", addons_key())

    def _update(self):
        log = ensure_dir(VAR / "log") / "demo-update.log"
        with Step("The addons changed: updating the demo database") as step:
            self.odoo.run(
                *("-d", self.name, "-u", ",".join(SUITE), "--stop-after-init", "--no-http"), log=log, step=step
            )
            self._mark("addons", addons_key())

    def _fill(self):
        state = self._state()
        if state.get("whole"):
            return
        self._mark("generator", state.get("generator") or generator_key())
        log = ensure_dir(VAR / "log") / "demo-data.log"
        title = "Going on with the demo company" if state.get("stages") else "Making the demo company"
        with Step(title) as step:
            self._run_generator(step, log)
        self._mark("whole", "1")

    def _run_generator(self, step, log):
        """Run the generator in an Odoo shell; its progress lines drive the display, the rest goes to the log."""
        folder = str(ROOT / "scripts")
        program = f"import sys; sys.path.insert(0, {folder!r}); from suite.demo import runner; runner.main(env)"
        command = self.odoo.command("-d", self.name, "--no-http", "--log-level=warn", subcommand="shell")
        with (
            open(log, "w", encoding="utf-8") as sink,
            subprocess.Popen(
                command,
                env=self.odoo.env(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process,
        ):
            try:
                process.stdin.write(program)
                process.stdin.close()
                for line in process.stdout:
                    sink.write(line)
                    sink.flush()
                    if line.startswith(MARK):
                        fraction, _space, detail = line[len(MARK) :].strip().partition(" ")
                        step.fraction = float(fraction)
                        step.detail = detail
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            tail = "".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-25:])
            raise Fail(
                f"The demo company could not be made (exit code {process.returncode}):\n{tail}",
                f"run scripts/demo again to go on, or scripts/demo --reset to begin anew; the whole log: {log}",
            )

    def _notes(self):
        state = self._state()
        notes = []
        if self.with_data and state.get("generator") != generator_key():
            notes.append(
                "The demo's generator changed since this company was made: scripts/demo --reset makes it anew."
            )
        age = int(
            self.databases._psql(
                "SELECT coalesce(max((current_date - value::date)), 0) FROM ir_config_parameter"
                f" WHERE key = '{PREFIX}date'",
                self.name,
            )[0]
        )
        if age > 7:
            notes.append(f"The company's 'today' was {age} days ago: scripts/demo --reset moves it to today.")
        return notes


def ensure(odoo, with_data=True, reset=False):
    """Return the name of the ready database and the notes to print."""
    demo = DemoDatabase(odoo, with_data)
    lock = cache_dir() / f"{demo.name}.lock"
    with database.file_lock(lock, "waiting for another scripts/demo that makes the same database"):
        if reset:
            demo.reset()
            say(f"Database {demo.name} deleted; it is made anew.")
        return demo.name, demo.ensure()
