"""Statements: balances add up to the cent, Chinese amounts read back, the light never turns greener with more debt."""

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_finance_bridge import amount_words, credit, statement, statement_sheet, traffic_light

cents = st.integers(-(10**9), 10**9).map(lambda number: float(Decimal(number) / 100))
currencies = st.sampled_from(["EUR", "USD", "CNY"])
rows = st.lists(st.builds(lambda currency, amount: {"currency": currency, "amount": amount}, currencies, cents))
items = st.lists(
    st.builds(
        lambda currency, amount, bucket, days: {
            "currency": currency,
            "open": amount,
            "bucket": bucket,
            "days_overdue": days,
        },
        currencies,
        cents,
        st.sampled_from(["not_due", "1_30", "over_180"]),
        st.integers(-30, 300),
    )
)


def _sum(amounts):
    return float(sum((Decimal(str(amount)) for amount in amounts), Decimal(0)))


@given(items)
def test_open_items_add_up(found):
    sections = statement.open_sections(found)
    for currency, section in sections.items():
        own = [item for item in found if item["currency"] == currency]
        assert section["total"] == _sum(item["open"] for item in own)
        assert section["total"] == _sum(section["buckets"].values())
        assert section["overdue"] == _sum(item["open"] for item in own if item["days_overdue"] > 0)
        assert section["rows"] == own


@given(st.dictionaries(currencies, cents), rows, items)
def test_movements_lead_from_opening_to_closing(openings, moved, found):
    sections = statement.movement_sections(openings, moved, found)
    assert {row["currency"] for row in moved} <= sections.keys()
    for currency, section in sections.items():
        own = [row["amount"] for row in moved if row["currency"] == currency]
        assert section["total"] == _sum([openings.get(currency, 0.0), *own])
        assert [row["amount"] for row in section["rows"]] == own
        if own:
            assert section["rows"][-1]["balance"] == section["total"]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 31))
def test_each_month_is_due_once(today, day):
    """In a month the statements of the month before are due from one day on, and until its end."""
    days = [today.replace(day=1) + timedelta(days=number) for number in range(31)]
    due = [statement.month_due(one, day) for one in days if one.month == today.month]
    assert due[-1] is not None
    assert due == sorted(due, key=lambda found: found is not None)
    assert len({found for found in due if found}) == 1
    first, last = due[-1]
    assert last + timedelta(days=1) == today.replace(day=1)
    assert (first.month, first.day) == (last.month, 1)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (10, "人民币壹拾元整"),
        (15.2, "人民币壹拾伍元贰角"),
        (107.03, "人民币壹佰零柒元零叁分"),
        (1680.32, "人民币壹仟陆佰捌拾元零叁角贰分"),
        (10001, "人民币壹万零壹元整"),
        (100100, "人民币壹拾万零壹佰元整"),
        (100000000, "人民币壹亿元整"),
        (100000001, "人民币壹亿零壹元整"),
        (0.05, "人民币伍分"),
        (325.04, "人民币叁佰贰拾伍元零肆分"),
        (10**12, "人民币壹万亿元整"),
        (10**12 + 2345 * 10**8, "人民币壹万贰仟叁佰肆拾伍亿元整"),
        (10**12 + 30, "人民币壹万亿零叁拾元整"),
        (10**13 + 5 * 10**8 + 10**7, "人民币壹拾万零伍亿壹仟万元整"),
        (10**16, "人民币壹亿亿元整"),
    ],
)
def test_chinese_amounts(amount, words):
    """As the rules for filling in bills ask (a zero before 角 is optional there and left out)."""
    found = amount_words.chinese_amount(amount)
    assert found.replace("元零叁角", "元叁角") == words.replace("元零叁角", "元叁角")


@pytest.mark.parametrize(
    ("amount", "code", "lang", "words"),
    [
        (1234567.89, "TWD", "zh_TW", "新臺幣壹佰貳拾參萬肆仟伍佰陸拾柒元捌角玖分"),
        (9 * 10**12 + 2345 * 10**8, "TWD", "zh_TW", "新臺幣玖兆貳仟參佰肆拾伍億元整"),
        (10**12 + 6, "USD", "zh_TW", "美元壹兆零陸元整"),
        (10**12 + 2345 * 10**8, "HKD", "zh_HK", "港幣壹萬貳仟參佰肆拾伍億元整"),
        (-0.5, "EUR", "zh_HK", "負歐元伍角"),
        (0.125, "XXX", "zh_TW", "XXX壹角貳分伍釐"),
        (20000, "TWD", "zh_CN", "新台币贰万元整"),
    ],
)
def test_chinese_amounts_of_a_region(amount, code, lang, words):
    """Taiwan and Hong Kong read traditional characters; 10^12 is 兆 in Taiwan only."""
    assert amount_words.chinese_amount(amount, code, 3 if code == "XXX" else 2, lang) == words


def _read(text):
    """An independent reader of the numerals of both scripts."""
    places = {"拾": 10, "佰": 100, "仟": 1000}
    digits = {char: value for row in ("零壹贰叁肆伍陆柒捌玖", "零壹貳參肆伍陸柒捌玖") for value, char in enumerate(row)}
    total = large = group = digit = 0
    for char in text:
        if char in digits:
            digit = digits[char]
        elif char in places:
            group += digit * places[char]
            digit = 0
        elif char in "万萬":
            total += (group + digit) * 10**4
            group = digit = 0
        elif char in "亿億":
            total = (total + group + digit) * 10**8
            group = digit = 0
        elif char == "兆":
            large, total, group, digit = (total + group + digit) * 10**12, 0, 0, 0
    return large + total + group + digit


@given(st.integers(1, 10**16 - 1), st.sampled_from(["zh_CN", "zh_HK", "zh_TW"]))
def test_chinese_whole_amounts_read_back(number, lang):
    text = amount_words.chinese_amount(Decimal(number), "-", 2, lang).removeprefix("-")
    assert text.endswith("元整")
    assert _read(text.removesuffix("元整")) == number
    assert "零零" not in text
    assert sum(text.count(char) for char in "亿億") <= 1
    assert text.count("兆") <= 1


standings = st.builds(
    traffic_light.Standing,
    st.sampled_from([credit.NONE, credit.OK, credit.WATCH, credit.HOLD, credit.STOP, credit.PREPAID]),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(0, 90),
    st.integers(0, 100),
)
ORDER = [traffic_light.NONE, traffic_light.GREEN, traffic_light.YELLOW, traffic_light.RED]


@given(standings, st.integers(0, 100), st.integers(0, 90))
def test_more_debt_is_never_better(standing, more, days):
    worse = traffic_light.Standing(
        standing.state, standing.exposure + more, standing.overdue + more, standing.days + days, standing.promised
    )
    colours = [ORDER.index(traffic_light.light(one)[0]) for one in (standing, worse)]
    assert colours[0] <= colours[1]


def test_sheet_writes_text_as_text(tmp_path):
    target = io.BytesIO()
    statement_sheet.write_statement(
        target,
        title="=1+1",
        facts=[("Customer", "=HYPERLINK(1)")],
        columns=[("Document", "text", 20, "name"), ("Due", "date", 12, "due"), ("Open", "money", 14, "open")],
        sections=[
            {
                "name": "EUR",
                "rows": [{"name": "@evil", "due": date(2026, 1, 31), "open": 12.5}],
                "opening": None,
                "total": 12.5,
                "total_key": "open",
                "summed": True,
                "ages": [("Not due", 12.5)],
            }
        ],
        labels={"opening": "Opening", "total": "Total", "nothing": "Nothing"},
    )
    with zipfile.ZipFile(target) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<f>") == 1
    assert "<f>SUM(C5:C5)</f><v>12.5</v>" in sheet
