"""What a customer is recognised by, brought to a form in which the same thing is the same text.

Names lose case, accents, punctuation, width and legal form ("Müller & Söhne GmbH" and "MUELLER SOEHNE" become
the same tokens); Chinese, Japanese and Korean names, which have no spaces, become character bigrams. A *key* is an
ASCII text for an index; a *block* is a text that two records of one customer are likely to share.

Source: METHODS section 11; character bigrams for CJK as in Elasticsearch's cjk_bigram filter.
"""

import re
import unicodedata
from itertools import combinations
from typing import NamedTuple


def _words(text):
    return frozenset(text.split())


# Stripped wherever they stand in a name: no word of a name looks like them.
LEGAL_FORMS = _words(
    """ltd limited llc llp plc inc incorporated corp corporation gmbh mbh kgaa ohg gbr aktiengesellschaft sarl sasu
    srl snc slu bv bvba nv asa aps oyj zoo doo sro kft zrt nyrt pte pty pvt bhd sdn kk ooo oao zao pao ltda eirl
    ооо оао зао пао"""
)
# Words of a name as well ("As", "Se"): stripped at its end only.
LEGAL_ENDINGS = LEGAL_FORMS | _words(
    "co company companies cie ag kg ug se eg ev ek sa sas spa sl ab as oy sp dd lp group holding holdings"
)
CJK_LEGAL = re.compile(
    "股份有限公司|有限责任公司|有限責任公司|有限公司|股份公司|集团公司|集團公司|公司|株式会社|有限会社|合同会社|合資会社"
    "|주식회사|유한회사|유한책임회사|[(](?:株|有|주|유)[)]"
)
CJK_RUN = re.compile("[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af\uf900-\ufaff]+")
FILLERS = _words("the and und et y e i der die das le la les de of mr mrs ms miss dr prof herr frau")
STRIPPED = LEGAL_FORMS | FILLERS
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "'": "", "’": "", "`": ""}
)


class _Bare(dict):
    """Translation table: each character without its accents, found when it is first asked for."""

    def __missing__(self, code):
        found = LETTERS.get(code)
        if found is None:
            parts = unicodedata.normalize("NFD", chr(code))
            found = "".join(part for part in parts if not unicodedata.combining(part))
        self[code] = found
        return found


BARE = _Bare()
UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
DOT_OF_INITIAL = re.compile(r"(?<=\b\w)\.")
WORD = re.compile(r"[^\W_]+")
NOT_DIGIT = re.compile(r"\D+")
EXTENSION = re.compile(r"(?:ext|x|#|;).*$", re.IGNORECASE)
MAIL = re.compile(r"[^\s<>,;:\"@]+@[^\s<>,;:\"@]+\.[^\s<>,;:\"@]+")
NOT_CODE = re.compile(r"[^0-9A-Z]")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Many companies share a mail domain of these; it says nothing about the customer.
FREE_MAIL = _words(
    """gmail.com googlemail.com yahoo.com yahoo.co.uk hotmail.com outlook.com live.com msn.com aol.com icloud.com me.com
    mail.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net
    libero.it mail.ru yandex.ru qq.com 163.com 126.com sina.com sina.cn sohu.com foxmail.com yeah.net aliyun.com
    139.com 189.cn naver.com daum.net hanmail.net proton.me protonmail.com zoho.com example.com example.org"""
)
PHONE_TAIL = 8  # digits compared by index; what stands before is country, trunk or area code
MIN_PHONE = 6  # fewer digits are an extension, not a number


def fold(text):
    """Lower case, half width, without accents and apostrophes; initials closed up ("S.A." becomes "sa").

    >>> fold("Ｍüller & Söhne, G.m.b.H.")
    'muller & sohne, gmbh'
    """
    text = text or ""
    if text.isascii():
        text = text.lower().replace("'", "").replace("`", "")
    else:
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold().translate(BARE))
    return DOT_OF_INITIAL.sub("", text) if "." in text else text


def name_tokens(name):
    """The words of a name that tell customers apart, in the order of the name; CJK runs as character bigrams.

    >>> name_tokens("The Müller & Söhne G.m.b.H. & Co. KG")
    ('muller', 'sohne')
    >>> name_tokens("MUELLER SOEHNE")
    ('muller', 'sohne')
    >>> name_tokens("北京华为科技有限公司")
    ('北京', '京华', '华为', '为科', '科技')
    >>> name_tokens("Ｔｏｙｏｔａ 株式会社")
    ('toyota',)
    >>> name_tokens("Limited")  # nothing else to go by
    ('limited',)
    """
    folded, runs = fold(name), ()
    if not folded.isascii():
        folded = CJK_LEGAL.sub(" ", folded)
        runs = CJK_RUN.findall(folded)
        folded = CJK_RUN.sub(" ", folded)
    for digraph, letter in UMLAUTS:
        folded = folded.replace(digraph, letter)
    words = WORD.findall(folded)
    kept = [word for word in words if word not in STRIPPED]
    while kept and kept[-1] in LEGAL_ENDINGS and (len(kept) > 1 or runs):
        kept.pop()
    tokens = [gram for run in runs for gram in _bigrams(run)]
    return tuple(kept + tokens) or tuple(words)


def _bigrams(run):
    return [run[start : start + 2] for start in range(len(run) - 1)] or [run]


def encode(token):
    """ASCII form of a token: trigram indexes skip what the database's locale does not call a letter.

    >>> encode("muller"), encode("北京")
    ('muller', 'gevfjg')
    """
    if token.isascii():
        return token
    return "".join(char if char.isascii() else _base36(ord(char)) for char in token)


def _base36(number):
    figures = ""
    while number:
        number, rest = divmod(number, 36)
        figures = DIGITS[rest] + figures
    return figures.rjust(3, "0")


def name_key(name):
    """Index text of a name: sorted tokens, each once, in ASCII; word order does not count.

    >>> name_key("Jansen, Piet B.V.") == name_key("piet JANSEN")
    True
    """
    return words_key(name_tokens(name))


def words_key(tokens):
    """`name_key` of a name that has been taken apart."""
    return " ".join(sorted(set(map(encode, tokens))))


def phone_key(phone):
    """Digits of a number without trunk zero, "+" or "00"; empty where it is no number.

    >>> phone_key("+49 (0)30 1234-567"), phone_key("030 1234567 ext. 12"), phone_key("12")
    ('49301234567', '301234567', '')
    """
    if not phone:
        return ""
    text = (phone if phone.isascii() else unicodedata.normalize("NFKC", phone)).replace("(0)", "")
    digits = NOT_DIGIT.sub("", EXTENSION.sub("", text)).lstrip("0")
    return digits if len(digits) >= MIN_PHONE else ""


def phone_tail(key):
    """Last digits of a phone key: what an index compares."""
    return key[-PHONE_TAIL:]


def same_phone(one, other):
    """One number, written with or without its country code: the shorter key ends the longer.

    >>> same_phone("49301234567", "301234567"), same_phone("49301234567", "49401234567")
    (True, False)
    """
    if len(one) > len(other):
        one, other = other, one
    return len(one) >= MIN_PHONE and len(other) - len(one) <= 3 and other.endswith(one)


def email_key(email):
    """The address in "Ann <Ann@X.com>", lower case; empty where there is none.

    >>> email_key('"Ann" <Ann.B@Mail.Example.com>'), email_key("nobody")
    ('ann.b@mail.example.com', '')
    """
    found = MAIL.search(email.casefold()) if email else None
    return found[0].strip(".") if found else ""


def email_domain(key):
    """Domain of an e-mail key; empty for free mail providers."""
    domain = key.rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


def vat_key(vat):
    """Letters and digits of a tax or registry number, upper case; empty below five characters.

    >>> vat_key("de 123.456-789"), vat_key("/")
    ('DE123456789', '')
    """
    key = NOT_CODE.sub("", unicodedata.normalize("NFKC", vat).upper()) if vat else ""
    return key if len(key) >= 5 else ""


class Identity(NamedTuple):
    """What one record is recognised by; every part may be empty."""

    name: tuple = ()  # tokens, sorted
    phones: tuple = ()  # phone keys
    emails: tuple = ()  # e-mail keys
    vat: str = ""
    street: tuple = ()  # words and numbers, in order
    city: str = ""
    zip: str = ""
    state: str = ""


def identity(name="", phones=(), emails=(), vat="", street="", city="", zip="", state=""):  # noqa: A002
    """Identity of a record as it was typed.

    >>> identity("Ann & Co.", phones=["030 1234567"], street="Main Street 5").street
    ('main', 'street', '5')
    """
    return Identity(
        tuple(sorted(name_tokens(name))),
        tuple(sorted({key for key in map(phone_key, phones) if key})),
        tuple(sorted({key for key in map(email_key, emails) if key})),
        vat_key(vat),
        tuple(WORD.findall(fold(street))) if street else (),
        *("".join(WORD.findall(fold(part))) if part else "" for part in (city, zip, state)),
    )


# Most partners that may share a key: a commoner one tells nobody apart. Keys of two common things bear less.
BLOCK_LIMIT, WEAK_LIMIT = 40, 8
WEAK_BLOCKS = ("b", "c", "m", "s")


def block_limit(block):
    """Most partners that may share this key.

    >>> block_limit("p:12345678"), block_limit("c:berry hambur")
    (40, 8)
    """
    return WEAK_LIMIT if block[:1] in WEAK_BLOCKS else BLOCK_LIMIT


# Words that tell streets apart badly.
STREET_WORDS = _words(
    """street st road rd avenue ave place pl close court ct crescent cres circuit drive dr lane way strasse str straße
    weg platz allee rue via calle no nr"""
)


def blocks(record):
    """Blocking keys: two records of one customer nearly always share one, two customers seldom do.

    Phone, mail, mail domain and number as they are; the sorted name cut to four letters a word; a word of the name
    with the postcode, with the city and with the street; postcode with street. METHODS section 11, widened by what
    a name with a typing error still shares.
    """
    found = numbers(record)
    found |= {f"d:{domain}" for domain in map(email_domain, record.emails) if domain}
    coded = sorted({encode(token) for token in record.name})
    if coded:
        cut = sorted({token[:4] for token in coded})
        found.add("n:" + " ".join(cut[:6]))
        if len(cut) > 2:  # a word more or less; six letters, because two short beginnings are common
            longer = sorted({token[:6] for token in coded})
            found |= {f"m:{one} {other}" for one, other in combinations(longer[:4], 2)}
    place, city = record.zip, record.city[:6]
    street = _street_word(record.street)
    for token in coded[:4]:
        if place:
            found.add(f"z:{token[:4]} {place}")
        if city:
            found.add(f"c:{token[:6]} {city}")
        if street:
            found.add(f"s:{token[:5]} {street[:6]}")
    if street and place:
        found.add(f"a:{place} {street[:4]}")
    if street and city:
        found.add(f"b:{city} {street[:6]}")
    return found


def numbers(record):
    """Those blocking keys that nearly make a customer alone: phone, mail and tax number.

    >>> sorted(numbers(identity(phones=["030 1234567"], emails=["ann@berry.de"])))
    ['e:ann@berry.de', 'p:01234567']
    """
    found = {f"p:{phone_tail(key)}" for key in record.phones}
    found |= {f"e:{key}" for key in record.emails}
    if record.vat:
        found.add(f"v:{record.vat}")
    return found


def _street_word(street):
    """The word that says most of a street: the longest that is no number."""
    return max((word for word in street if word not in STREET_WORDS and not word.isdigit()), key=len, default="")
