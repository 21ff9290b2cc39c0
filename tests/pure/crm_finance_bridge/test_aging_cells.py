"""Figures from cells equal the figures from items one by one."""

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_custom import aging
from suite_tools.crm_finance_bridge import aging_cells

ITEMS = st.lists(
    st.tuples(st.integers(-20, 400), st.integers(-500, 500), st.integers(0, 500), st.integers(0, 500)), max_size=40
)


def _cell(days, residual, disputed, promised):
    due = aging_cells.LATER
    if days > 0:
        due = aging_cells.LATE
    elif days == 0:
        due = aging_cells.TODAY
    elif days >= -7:
        due = aging_cells.WEEK
    sign = aging_cells.OWED * (residual > 0) + aging_cells.CREDIT * (residual < 0)
    said = aging_cells.DISPUTED * (disputed != 0) + aging_cells.PROMISED * (promised != 0)
    bucket = aging.BUCKETS.index(aging.bucket(days))
    return bucket * aging_cells.SPAN + due + sign + said + aging_cells.UNDISPUTED * (residual != disputed)


@given(ITEMS)
def test_cells_equal_items(items):
    rows, expected = {}, {}

    def count(name, amount):
        found = expected.setdefault(name, [0, 0])
        found[0] += amount
        found[1] += 1

    for days, residual, disputed, promised in items:
        disputed, promised = min(disputed, max(residual, 0)), min(promised, max(residual, 0))
        cell = _cell(days, residual, disputed, promised)
        row = rows.setdefault(cell, [1, 1, None, cell, days, 0, 0, 0, 0, 0])
        for index, amount in enumerate((1, residual, disputed, promised, residual * 2), aging_cells.ITEMS):
            row[index] += amount
        count(aging.bucket(days), residual)
        count("total", residual)
        count("document", residual * 2)
        count("overdue" if days > 0 else "current", residual)
        for name, applies, amount in (
            ("due_today", days == 0 and residual > 0, residual),
            ("due_week", -7 <= days < 0 and residual > 0, residual),
            ("unapplied", residual < 0, residual),
            ("disputed", disputed, disputed),
            ("promised", promised, promised),
            ("undisputed", days > 0 and residual != disputed, residual - disputed),
            ("late_gross", days > 0 and residual > 0, residual),
        ):
            if applies:
                count(name, amount)
    amounts, counts = aging_cells.figures(list(rows.values()))
    found = zip((*aging.BUCKETS, *aging_cells.NAMES), amounts, counts, strict=True)
    for index, expected_amount in enumerate(amounts):
        assert aging_cells.amount(list(rows.values()), index) == expected_amount
    assert {name: [amount, number] for name, amount, number in found if number} == expected
