"""An amount as Chinese accountants write it, in the capital numerals that cannot be altered. No Odoo.

The num2words that Odoo 19 asks for has no Chinese; other languages go through Odoo's currency.
"""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿", "亿亿")
FRACTIONS = "角分厘"
MONEY = {
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
}


def chinese_amount(amount, code="CNY", decimals=2):
    """An amount (Decimal, int or float of a rounded amount) in Chinese capital numerals.

    >>> chinese_amount(1234.56)
    '人民币壹仟贰佰叁拾肆元伍角陆分'
    >>> chinese_amount(100000), chinese_amount(1002003.05), chinese_amount(0)
    ('人民币壹拾万元整', '人民币壹佰万贰仟零叁元零伍分', '人民币零元整')
    >>> chinese_amount(-0.5, "USD")
    '负美元伍角'
    """
    decimals = min(decimals, len(FRACTIONS))
    whole, _dot, part = f"{abs(amount):.{decimals}f}".partition(".")
    text = _integer(int(whole))
    text = f"{text}元" if text else ""
    fraction = _fraction(part, bool(text))
    if not text and not fraction:
        text = "零元"
    sign = "负" if amount < 0 and (int(whole) or fraction) else ""
    return f"{sign}{MONEY.get(code, code)}{text}{fraction or '整'}"


def _integer(number):
    """A whole number, nothing for zero; one zero where places are skipped."""
    groups = []
    while number:
        number, group = divmod(number, 10000)
        groups.append(group)
    text, skipped = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            skipped = bool(text)
            continue
        if text and (skipped or group < 1000):
            text += DIGITS[0]
        text += _group(group) + GROUPS[index]
        skipped = False
    return text


def _group(group):
    """Up to four digits, without the zeros at either end."""
    text, skipped = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            skipped = bool(text)
            continue
        text += (DIGITS[0] if skipped else "") + DIGITS[digit] + PLACES[place]
        skipped = False
    return text


def _fraction(part, after_whole):
    """角, 分, 厘; a zero is said where a place between is empty."""
    text, skipped = "", False
    for digit, unit in zip(part, FRACTIONS, strict=False):
        if digit == "0":
            skipped = bool(text) or after_whole
            continue
        text += (DIGITS[0] if skipped else "") + DIGITS[int(digit)] + unit
        skipped = False
    return text
