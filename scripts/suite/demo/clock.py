"""The demo's own time: documents are made on the day on which they would have been made.

Order dates, receipts, messages, stage changes and `create_date` then agree with
each other without a date being written afterwards.
"""

import heapq
import itertools
from datetime import datetime, time, timedelta

import freezegun


class Clock:
    """Moves Python's now and the database cursor's now together. Times are UTC."""

    def __init__(self, env, today, start_days_ago):
        self.env = env
        self.today = today
        self.now = self.at(start_days_ago, 6)
        self._freezer = freezegun.freeze_time(self.now, ignore=["psycopg2", "logging", "threading", "selectors"])
        self._factory = None

    def at(self, days_ago, hour=9, minute=0):
        return datetime.combine(self.today - timedelta(days=days_ago), time(hour, minute))

    def __enter__(self):
        self._factory = self._freezer.start()
        self.move_to(self.now)
        return self

    def __exit__(self, *_error):
        self._freezer.stop()
        self.env.cr._now = None

    def move_to(self, moment):
        self.env.flush_all()
        self.now = moment
        self._factory.move_to(moment)
        self.env.cr._now = moment


class Diary:
    """Stories told in parallel, each a generator that yields the moment at which it goes on."""

    def __init__(self, clock, last):
        self.clock = clock
        self.last = last  # what lies after this moment stays undone: that is how open documents come about
        self._heap = []
        self._order = itertools.count()

    def add(self, story, moment):
        """Begin `story` (a generator) at `moment`, or now if that is past."""
        heapq.heappush(self._heap, (max(moment, self.clock.now), next(self._order), story))

    def run(self, on_progress):
        begin = self.clock.now
        span = (self.last - begin).total_seconds()
        while self._heap and self._heap[0][0] <= self.last:
            moment, _order, story = heapq.heappop(self._heap)
            if moment > self.clock.now:
                self.clock.move_to(moment)
            following = next(story, None)
            if following is not None:
                self.add(story, following)
            on_progress((self.clock.now - begin).total_seconds() / span)
