"""An amount as Chinese accountants write it, in the capital numerals that cannot be altered. No Odoo.

The num2words that Odoo 19 asks for has no Chinese; other languages go through Odoo's currency. Taiwan and Hong Kong
write traditional characters. 10^12 is 兆 in Taiwan and 万亿 elsewhere: ten thousand of 亿, which is said once.
"""

from typing import NamedTuple


class Writing(NamedTuple):
    """How a region writes amounts; `units` from the largest down, more than 9999 of one are counted in all of them."""

    digits: str
    places: tuple
    units: tuple
    fractions: str
    minus: str
    money: dict


MAINLAND = Writing(
    digits="零壹贰叁肆伍陆柒捌玖",
    places=("", "拾", "佰", "仟"),
    units=((10**8, "亿"), (10**4, "万"), (1, "")),
    fractions="角分厘",
    minus="负",
    money={
        "CNY": "人民币",
        "CNH": "人民币",
        "USD": "美元",
        "EUR": "欧元",
        "GBP": "英镑",
        "JPY": "日元",
        "HKD": "港币",
        "TWD": "新台币",
        "SGD": "新加坡元",
        "CHF": "瑞士法郎",
        "CAD": "加元",
        "AUD": "澳元",
    },
)
HONG_KONG = Writing(
    digits="零壹貳參肆伍陸柒捌玖",
    places=("", "拾", "佰", "仟"),
    units=((10**8, "億"), (10**4, "萬"), (1, "")),
    fractions="角分釐",
    minus="負",
    money={
        "CNY": "人民幣",
        "CNH": "人民幣",
        "USD": "美元",
        "EUR": "歐元",
        "GBP": "英鎊",
        "JPY": "日圓",
        "HKD": "港幣",
        "TWD": "新臺幣",
        "SGD": "新加坡元",
        "CHF": "瑞士法郎",
        "CAD": "加元",
        "AUD": "澳元",
    },
)
TAIWAN = HONG_KONG._replace(units=((10**12, "兆"), *HONG_KONG.units))
WRITINGS = {"zh_TW": TAIWAN, "zh_HK": HONG_KONG}


def chinese_amount(amount, code="CNY", decimals=2, lang="zh_CN"):
    """An amount (Decimal, int or float of a rounded amount) in Chinese capital numerals, as Odoo's `lang` writes.

    >>> chinese_amount(1234.56)
    '人民币壹仟贰佰叁拾肆元伍角陆分'
    >>> chinese_amount(100000), chinese_amount(1002003.05), chinese_amount(0)
    ('人民币壹拾万元整', '人民币壹佰万贰仟零叁元零伍分', '人民币零元整')
    >>> chinese_amount(-0.5, "USD")
    '负美元伍角'
    >>> chinese_amount(1_2345_0000_0000), chinese_amount(1_2345_0000_0000, "TWD", 0, "zh_TW")
    ('人民币壹万贰仟叁佰肆拾伍亿元整', '新臺幣壹兆貳仟參佰肆拾伍億元整')
    """
    writing = WRITINGS.get(lang, MAINLAND)
    decimals = min(decimals, len(writing.fractions))
    whole, _dot, part = f"{abs(amount):.{decimals}f}".partition(".")
    text = _integer(int(whole), writing)
    text = f"{text}元" if text else ""
    fraction = _fraction(part, bool(text), writing)
    if not text and not fraction:
        text = "零元"
    sign = writing.minus if amount < 0 and (int(whole) or fraction) else ""
    return f"{sign}{writing.money.get(code, code)}{text}{fraction or '整'}"


def _integer(number, writing):
    """A whole number, nothing for zero; one zero where places are skipped."""
    text, skipped = "", False
    for unit, name in writing.units:
        count, number = divmod(number, unit)
        if not count:
            skipped = bool(text)
            continue
        if text and (skipped or count < 1000):
            text += writing.digits[0]
        text += (_group(count, writing) if count < 10000 else _integer(count, writing)) + name
        skipped = False
    return text


def _group(group, writing):
    """Up to four digits, without the zeros at either end."""
    text, skipped = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            skipped = bool(text)
            continue
        text += (writing.digits[0] if skipped else "") + writing.digits[digit] + writing.places[place]
        skipped = False
    return text


def _fraction(part, after_whole, writing):
    """角, 分, 厘; a zero is said where a place between is empty."""
    text, skipped = "", False
    for digit, unit in zip(part, writing.fractions, strict=False):
        if digit == "0":
            skipped = bool(text) or after_whole
            continue
        text += (writing.digits[0] if skipped else "") + writing.digits[int(digit)] + unit
        skipped = False
    return text
