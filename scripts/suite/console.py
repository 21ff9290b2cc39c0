"""What the user of a script sees: steps with a progress display, and errors that say what to do."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

INTERACTIVE = sys.stdout.isatty()
PLAIN_INTERVAL = 15  # seconds between progress lines where the output is not a terminal


class Fail(Exception):
    """A problem the user can mend. `remedy` is the command or action that mends it."""

    def __init__(self, message, remedy=None):
        super().__init__(message)
        self.remedy = remedy


def say(text=""):
    print(text, flush=True)


def duration(seconds):
    return f"{seconds:.1f} s" if seconds < 90 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


class Step:
    """One long step: `detail` and `fraction` may be set while it runs. Steps that run at once share one line."""

    _running = []  # in the order of their start; the first one draws for all

    def __init__(self, title):
        self.title = title
        self.detail = ""
        self.fraction = None
        self.started = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def elapsed(self):
        return time.monotonic() - self.started

    def _line(self):
        bar = ""
        if self.fraction is not None:
            filled = int(min(1.0, self.fraction) * 20)
            bar = f"[{'#' * filled}{'.' * (20 - filled)}] {int(min(1.0, self.fraction) * 100):3d} % "
        return f"  {self.title} {bar}{self.detail} ({duration(self.elapsed())})"

    def _show(self):
        wait = 0.5 if INTERACTIVE else PLAIN_INTERVAL
        while not self._stop.wait(wait):
            if INTERACTIVE:
                steps = list(Step._running)
                if steps[:1] == [self]:
                    width = shutil.get_terminal_size().columns - 1
                    sys.stdout.write("\r\033[K" + " |".join(step._line() for step in steps)[:width])
                    sys.stdout.flush()
            else:
                say(self._line())

    def __enter__(self):
        if not INTERACTIVE:
            say(f"  {self.title} ...")
        Step._running.append(self)
        self._thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self._stop.set()
        self._thread.join()
        Step._running.remove(self)
        if INTERACTIVE:
            sys.stdout.write("\r\033[K")
        say(f"  {self.title}: {'failed' if kind else 'done'} in {duration(self.elapsed())}")
        return False


def run(command, *, step=None, log=None, env=None, cwd=None, remedy=None, what=None):
    """Run a command to its end, output to `log`; raise Fail with the last lines if it fails."""
    output = []
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(open(log, "a", encoding="utf-8")) if log else None
        process = stack.enter_context(
            subprocess.Popen(
                [str(part) for part in command],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=env,
                cwd=cwd,
                text=True,
                errors="replace",
            )
        )
        for line in process.stdout:
            output.append(line)
            del output[:-400]
            if sink:
                sink.write(line)
            if step:
                step.detail = line.strip()[:60]
    if process.returncode:
        tail = "".join(output[-15:]).rstrip()
        raise Fail(f"{what or command[0]} failed (exit code {process.returncode}):\n{tail}", remedy)
    return "".join(output)


@contextlib.contextmanager
def file_lock(path, message):
    """Hold an exclusive lock; say `message` once if another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  {message}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main_guard(main):
    """Run a script's `main`, turning Fail into a readable error and Ctrl-C into a quiet end."""
    try:
        sys.exit(main() or 0)
    except Fail as error:
        say()
        say(f"ERROR: {error}")
        if error.remedy:
            say(f"What to do: {error.remedy}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nStopped.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def wait_for_interrupt():
    """Sleep until Ctrl-C or a termination signal."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)
