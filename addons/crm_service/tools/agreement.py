"""Which service agreement covers a request, and what is left of it. Pure rules: ids, days and numbers only."""

from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

# How closely an agreement names what a request is about; the closest one is taken.
ASSET, PRODUCT, CATEGORY, EVERYTHING = 3, 2, 1, 0

COVERED, USED_UP, WARRANTY, EXPIRED, NONE = "covered", "used_up", "warranty", "expired", "none"


@dataclass(frozen=True)
class Cover:
    """One agreement: first and last day (both included) and what it names; naming nothing it covers everything."""

    key: int
    start: date
    stop: date
    assets: frozenset = field(default_factory=frozenset)
    products: frozenset = field(default_factory=frozenset)
    categories: frozenset = field(default_factory=frozenset)

    def valid(self, day):
        return self.start <= day <= self.stop

    def fit(self, asset=None, product=None, categories=()):
        """How closely the agreement names the subject, None when it does not cover it.

        `categories`: the product's category and all above it.
        """
        if asset and asset in self.assets:
            return ASSET
        if product and product in self.products:
            return PRODUCT
        if not self.categories.isdisjoint(categories):
            return CATEGORY
        return None if self.assets or self.products or self.categories else EVERYTHING


def choose(covers, day, asset=None, product=None, categories=()):
    """Return the cover to take on `day`: the closest fit, of equals the one that lasts longest; None without any."""
    fits = [(cover.fit(asset, product, categories), cover) for cover in covers if cover.valid(day)]
    fits = [(fit, cover) for fit, cover in fits if fit is not None]
    return max(fits, key=lambda pair: (pair[0], pair[1].stop, -pair[1].key), default=(None, None))[1]


def last_ended(covers, day, asset=None, product=None, categories=()):
    """Return the fitting cover that ended last before `day`, None without any."""
    ended = [item for item in covers if item.stop < day and item.fit(asset, product, categories) is not None]
    return max(ended, key=lambda item: (item.stop, -item.key), default=None)


def left(quantity, used):
    """What is left of an entitlement; None means without limit (quantity 0), never less than nothing."""
    return max(quantity - used, 0) if quantity else None


def after_months(day, months):
    """The same day of the month `months` later (31 January + 1 = 28 February); None without day or months."""
    return day + relativedelta(months=months) if day and months else None


def next_period(start, stop):
    """First and last day of a period of the same length that follows; whole months stay whole months."""
    first = stop + relativedelta(days=1)
    length = relativedelta(first, start)
    if length.days or not (length.months or length.years):
        return first, first + (stop - start)
    return first, first + length - relativedelta(days=1)
