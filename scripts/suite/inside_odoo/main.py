"""The part of ../inside.py that runs in Odoo's Python. Not a script to call by hand.

A folder of its own: ../odoo.py must not hide the package odoo.
"""

import importlib.util
import json
import sys
import threading
from pathlib import Path


def main(order):
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", order["config"], "--addons-path", order["addons_path"], "--no-http"], setup_logging=True)
    sys.path.append(str(Path(__file__).resolve().parents[2]))  # the package suite
    registries = []
    for database in order["databases"]:
        threading.current_thread().dbname = database
        registries.append(Registry(database))
    spec = importlib.util.spec_from_file_location("inside_script", order["script"])
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    answer = getattr(script, order["function"])(*registries, **order["arguments"])
    Path(order["answer"]).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
