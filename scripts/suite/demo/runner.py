"""Runs inside an Odoo shell on the demo database: the stages of the company's data, each one transaction."""

import datetime
import os
import random

SEED = 20_19
PREFIX = "suite_demo."
MARK = "@demo "


class World:
    """What every stage needs: the environment, the seeded generator, today, and who is who."""

    def __init__(self, env, today):
        self.env = env
        self.today = today
        # Below 1: a smaller company of the same shape, for trying out changes of the generator.
        self.scale = float(os.environ.get("SUITE_DEMO_SCALE", "1"))
        self.rng = None
        self._range = (0.0, 1.0)

    def begin(self, stage, low, high):
        # A generator of its own for each stage: a resumed run draws the same numbers.
        self.rng = random.Random(f"{SEED} {stage}")
        self._range = (low, high)
        self.progress(0)

    def count(self, number):
        return max(1, round(number * self.scale))

    def progress(self, share, text=""):
        low, high = self._range
        print(f"{MARK}{low + (high - low) * share:.3f} {text}", flush=True)

    def user(self, login):
        return self.env["res.users"].search([("login", "=", login)], limit=1)

    def as_user(self, login):
        """The environment of a person, so that authors and access rights are as in the web client."""
        return self.env(user=self.user(login).id, context={"lang": "en_US", "tz": "UTC"})

    def has(self, model):
        return model in self.env


def stages():
    """(name, function, share of the time)."""
    from . import finish, history, live, masters

    return (
        ("masters", masters.make, 0.1),
        ("history", history.make, 0.35),
        ("live", live.make, 0.45),
        ("finish", finish.make, 0.1),
    )


def main(env):
    parameters = env["ir.config_parameter"].sudo()
    today = parameters.get_param(f"{PREFIX}date")
    if not today:
        today = datetime.date.today().isoformat()
        parameters.set_param(f"{PREFIX}date", today)
        env.cr.commit()
    world = World(env, datetime.date.fromisoformat(today))
    low = 0.0
    for name, make, share in stages():
        world.begin(name, low, low + share)
        low += share
        done = (parameters.get_param(f"{PREFIX}stages") or "").split()
        if name in done:
            continue
        make(world)
        parameters.set_param(f"{PREFIX}stages", " ".join([*done, name]))
        env.cr.commit()
        env.invalidate_all()
