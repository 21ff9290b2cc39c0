"""Words of a text in any script, for search, classification and the list of gaps.

A word is folded: no accents, no case, compatibility forms unified. Chinese, Japanese and Korean text has no spaces,
so each run of it becomes its pairs of neighbouring characters. Words never hold a space or a sign of a query language.
"""

import re
import unicodedata
from html import unescape

MAX_TEXT = 20000  # characters read of one text
MAX_WORD = 40  # characters kept of one word

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_IS_CJK = re.compile(f"[{_CJK}]")
_TAG = re.compile(r"<(?:(style|script)\b.*?</\1\s*>|br\s*/?>|/?\w[^>]*>)", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(
    r"^\s*(>|-{2,}\s*$|-{3,}.*(original|forwarded|urspr|message).*|_{5,}|"
    r"(from|von|de|发件人)\s*[:\uff1a].*@|(on|am|le)\s.{4,80}(wrote|schrieb|\u00e9crit)\s*:)",
    re.IGNORECASE,
)


# Words that say nothing about a problem: English, German, French, Spanish, Dutch, Chinese; folded.
_STOP_TEXT = """
a about after all also am an and any are as at be been but by can could dear did do does for from get got had
has have hello help hi how i if in is it its just me my no not now of on one or our out please pls re regards
still than thank thanks that the their them then there they this to up us was we were what when where which who
why will with would you your fwd fw
aber als am auch auf aus bei bitte bin bis da dank danke dann das dass dem den der des die dies diese doch ein
eine einem einen einer er es fur gerne grusse guten hallo hat habe haben ich ihr ihre ihnen im in ist ja kann kein
keine konnen liebe man mein meine mich mir mit nach nicht noch nun nur ob oder schon sehr sich sie sind so tag um
und uns unser unsere vom von vor war warum was wenn wer wie wir wird wo zu zum zur
avec bonjour ce ces cette dans de des du elle en est et il je la le les leur mais me merci mes moi mon ne nous
ou par pas pour que qui sa se ses si son sont sur un une vos votre vous
al como con del el ella es esta este gracias hola las lo los mas mi muy para pero por se si sin su sus un una y
aan beste dat deze dit een en geen het hij ik is kan mijn naar niet ook op te uit van voor wat
你好 您好 请问 谢谢 我们 你们 怎么 什么
"""
STOP = frozenset(_STOP_TEXT.split())


def fold(text):
    """Return the text without accents and case, in unified forms.

    >>> fold("Stra\u00dfe \uff21\uff22\uff23 \u00e9t\u00e9")
    'strasse abc ete'
    """
    decomposed = unicodedata.normalize("NFKD", (text or "").casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFKC", plain).casefold()


def words(text):
    """Return the words of a plain text in order, doubled ones included.

    >>> words("Gl\u00e4ser zerbrochen! Art-No. 12")
    ['glaser', 'zerbrochen', 'art', 'no', '12']
    >>> words("\u5c4f\u5e55\u4e0d\u4eae")
    ['\u5c4f\u5e55', '\u5e55\u4e0d', '\u4e0d\u4eae']
    """
    result = []
    for match in _RUN.finditer(fold((text or "")[:MAX_TEXT])):
        run = match.group()
        if not _IS_CJK.match(run):
            result.append(run[:MAX_WORD])
        elif len(run) == 1:
            result.append(run)
        else:
            result += [run[index : index + 2] for index in range(len(run) - 1)]
    return result


def content_words(text):
    """Return the words that may tell one problem from another: no stop words, no single letters, no long numbers.

    >>> content_words("Why is my lamp broken? Order 4500012345")
    ['lamp', 'broken', 'order']
    """
    return [
        word
        for word in words(text)
        if word not in STOP and (len(word) > 1 or ord(word) > 0x2E80) and not (word.isdecimal() and len(word) > 4)
    ]


def plain(html):
    """Return the text of HTML that was not checked: tags become spaces, scripts and styles nothing.

    >>> plain("<p>One&nbsp;<b>two</b></p><style>p {}</style>three").split()
    ['One', 'two', 'three']
    """
    text = _TAG.sub(lambda match: "\n" if match.group(0)[1:3].lower() in ("br", "/p", "/d") else " ", str(html or ""))
    return unescape(text)


def own_words(text):
    """Return the text without quoted lines and what follows a signature line or the head of a quoted mail.

    >>> own_words("Broken.\\n> old text\\n-- \\nAnna")
    'Broken.'
    """
    kept = []
    for line in (text or "")[:MAX_TEXT].splitlines():
        if _QUOTED.match(line):
            if line.lstrip().startswith(">"):
                continue
            break
        kept.append(line)
    return "\n".join(kept).strip()


def coverage(phrase, text_words):
    """Return the share (0 to 1) of the phrase's different words that `text_words` (a set) holds; 0 for no words.

    >>> coverage("opening hours", {"your", "opening", "times"})
    0.5
    """
    wanted = set(words(phrase))
    return len(wanted & text_words) / len(wanted) if wanted else 0.0
