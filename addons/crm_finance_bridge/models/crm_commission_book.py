from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from odoo.addons.crm_custom.tools.split import largest_remainder

from ..tools import commission as rules
from .crm_commission_undo import AMOUNTS, Families, Undo, exact

PERIOD = {"month": 1, "quarter": 3, "year": 12}
COPIED = ("source", "date", "partner_id", "move_id", "order_id", "days_late")


class Book(Undo):
    """The computation of one plan in memory: source rows in, lines out, (user, month, values) each.

    `locked`: {(user, month)} of statements that do not change; `reached`: {(user, month): base by tiers}; `families`:
    what is booked on the invoices of refunds; `last_day` of the sales that earn, None = without end. Months are first
    days. Nothing is read or written here but the plan's terms.
    """

    def __init__(self, plan, locked=(), reached=None, families=None, last_day=None, is_simulation=False):
        self.plan, self.locked, self.last_day = plan, set(locked), last_day
        self.digits = plan.currency_id.decimal_places
        self.rules = plan.rule_ids._compiled()
        self.reached = defaultdict(Decimal, reached or {})
        self.shares = [share for share in plan.share_ids if not share.is_override]
        self.overrides = [share for share in plan.share_ids if share.is_override]
        self.is_simulation = is_simulation
        self.families = families or Families()
        self.lines = []
        self._tier_lists = {}

    # === WHO === #

    def receivers(self, row):
        people = {share.id: share._person(row) for share in self.shares}
        shares = [(share.id, exact(share.percent)) for share in self.shares]
        if not shares:
            return [(row["user_id"], Decimal(100))]
        return rules.receivers(shares, people, row["user_id"])

    def leaders(self, row):
        """Those who earn on top; nobody earns on top of the own sale."""
        people = [(share._person(row), exact(share.percent)) for share in self.overrides]
        return [(user, percent) for user, percent in people if user and user != row["user_id"]]

    def is_locked(self, users, month):
        return any((user, month) in self.locked for user in users)

    # === EARN === #

    def earn(self, row, items, month):
        """Book a row in a month; False where a statement of one of its people is closed: try the next month."""
        receivers, leaders = self.receivers(row), self.leaders(row)
        if self.is_locked([user for user, _percent in receivers + leaders], month):
            return False
        percents = [percent for _user, percent in receivers]
        for rule, (source, base) in self._by_rule(row, items).items():
            sources = largest_remainder(source, percents, self.digits)
            bases = largest_remainder(base, percents, self.digits)
            paid = Decimal(0)
            for (user, percent), own_source, own_base in zip(receivers, sources, bases, strict=True):
                amount = self._commission(user, rule, own_base, month)
                paid += amount
                self._add(row, month, user, rule, rules.Part(own_source, own_base, amount), percent)
            for user, percent in leaders:
                amount = rules.rounded(paid * percent / 100, self.digits)
                if amount:
                    self._add(row, month, user, rule, rules.Part(source, base, amount), percent, is_override=True)
        self.families.unsold[row["move_id"]].pop(row["source_key"], None)
        return True

    def _by_rule(self, row, items):
        """{rule: (money, base)} of a row, its money split over the invoice's product lines to the cent."""
        amount = exact(row["amount"])
        weights = [exact(item["price_total"]) for item in items]
        late = 100
        if row["source"] == "collection" and amount > 0:  # money that goes back late is not late money
            late = exact(rules.late_share(row["days_late"], self.plan.late_days, self.plan.late_percent))
        result = {}
        for item, part in zip(items, largest_remainder(amount, weights, self.digits), strict=True):
            rule = rules.first_match(
                self.rules,
                rules.Item(
                    item["product_id"], item["categ_id"], row["partner_id"], row["territory_id"], item["discount"]
                ),
            )
            base = rules.rounded(part * self._ratio(row, item) * late / 100, self.digits)
            money, total = result.get(rule, (Decimal(0), Decimal(0)))
            result[rule] = (money + part, total + base)
        return result

    def _ratio(self, row, item):
        """Share of the money that the rate applies to; 0 where the cost of a margin is not known."""
        untaxed = Decimal(1) if item["untaxed"] is None else Decimal(repr(item["untaxed"]))
        if self.plan.base == "margin":
            return untaxed * Decimal(repr(item["margin"] or 0.0))
        if self.plan.base == "collected" and self.plan.tax_included:
            return Decimal(1)
        return untaxed

    def _commission(self, user, rule, base, month):
        if not user or not rule or rule.kind == "none":
            return Decimal(0)
        if rule.kind == "rate":
            return rules.rounded(base * exact(rule.rate) / 100, self.digits)
        before = self._reached(user, month)
        self.reached[user, month] += base
        return rules.tier_step(self._tiers(user, month), before, base, self.plan.progressive, self.digits)

    def _period(self, month):
        """First day of the tier period of a month."""
        length = PERIOD[self.plan.tier_period]
        return month - relativedelta(months=(month.month - 1) % length)

    def _reached(self, user, month):
        day, total = self._period(month), Decimal(0)
        while day <= month:
            total += self.reached[user, day]
            day += relativedelta(months=1)
        return total

    def _tiers(self, user, month):
        start = self._period(month)
        if (user, start) not in self._tier_lists:
            stop = start + relativedelta(months=PERIOD[self.plan.tier_period], days=-1)
            target = self.plan._target(user, start, stop) if self.plan.tier_unit == "target" else None
            self._tier_lists[user, start] = self.plan._tiers(target)
        return self._tier_lists[user, start]

    def _add(self, row, month, user, rule, part, percent, is_override=False):
        by_tier = bool(rule and rule.kind == "tier")
        rate = rule.rate if rule else 0.0
        if row["split_percent"] and not is_override:
            percent = rules.rounded(percent * exact(row["split_percent"]) / 100)
        if by_tier:
            rate = float(part.amount * 100 / part.base) if part.base else 0.0
        vals = {
            "rule_id": rule.id if rule else False,
            "kind": "clawback" if part.source < 0 else "earned",
            "by_tier": by_tier,
            "rate": rate,
            "share": float(percent),
            "is_override": is_override,
        }
        self._append(row, user, month, part, vals)

    def _append(self, row, user, month, part, vals):
        """A line of a source row, in the books of a person."""
        vals = {
            **{name: row[name] for name in COPIED},
            "source_key": row["source_key"],
            "plan_id": self.plan.id,
            "source_amount": float(part.source),
            "base_amount": float(part.base),
            "amount": float(part.amount),
            **vals,
        }
        self.families.note(user, month, vals)
        self.lines.append((user or None, month, vals))

    # === CORRECT === #

    def correct(self, row, booked, month):
        """Bring what was booked for a source (lines of the database) to its money of today, at the rates paid."""
        groups = {}
        for line in booked:
            key = (line.user_id.id, line.rule_id.id, line.is_override, line.origin_month or line.month)
            groups.setdefault(key, []).append(line)
        if self.is_locked([key[0] for key in groups], month):
            return False
        parts = [
            (
                override,
                rules.Part(*(sum(exact(line[name]) for line in lines) for name in AMOUNTS)),
            )
            for (_user, _rule, override, _origin), lines in groups.items()
        ]
        changes = rules.take_back(parts, exact(row["amount"]), self.digits)
        for ((user, _rule, override, origin), lines), change in zip(groups.items(), changes, strict=True):
            if not any(change):
                continue
            first = lines[0]
            if first.by_tier and not override:
                self.reached[user, origin] += change.base
            vals = {
                "rule_id": first.rule_id.id,
                "kind": "clawback",
                "is_correction": True,
                "origin_month": origin,
                "by_tier": first.by_tier,
                "rate": float(change.amount * 100 / change.base) if change.base else first.rate,
                "share": first.share,
                "is_override": override,
            }
            names = {"partner_id": first.partner_id.id, "move_id": first.move_id.id, "order_id": first.order_id.id}
            copied = {name: first[name] for name in ("source", "source_key", "date", "days_late")}
            self._append({**copied, **names}, user, month, change, vals)
        return True
