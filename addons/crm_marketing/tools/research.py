"""Research lists: which column of a file is what, and what a cell means; pure Python, no database."""

from typing import NamedTuple

NAMES = {
    "name": ("name", "contact", "contactname", "person", "fullname", "姓名", "联系人"),
    "company_name": ("company", "companyname", "organisation", "organization", "公司", "企业"),
    "email": ("email", "mail", "emailaddress", "邮箱", "电子邮件"),
    "phone": ("phone", "telephone", "mobile", "tel", "电话", "手机"),
    "street": ("street", "address", "地址"),
    "zip": ("zip", "postcode", "postalcode", "邮编"),
    "city": ("city", "town", "城市"),
    "consent": ("consent", "agreed", "optin", "同意"),
}
YES = frozenset(("1", "yes", "y", "true", "x", "agreed", "given", "oui", "ja", "si", "是", "同意"))


class Row(NamedTuple):
    """One name as the file gives it."""

    values: dict
    consent: bool


def columns(header):
    """{field: place} of the columns that are known by their names.

    >>> columns(["E-mail", "Full name", "Remark", "Opt-in"])
    {'email': 0, 'name': 1, 'consent': 3}
    """
    found = {}
    for place, title in enumerate(header):
        key = "".join(char for char in str(title or "").lower() if char.isalnum())
        field = next((name for name, titles in NAMES.items() if key in titles), None)
        if field and field not in found:
            found[field] = place
    return found


def agreed(cell):
    """Whether a cell says that the person agreed; anything that is not a clear yes is a no.

    >>> agreed("Yes"), agreed("x"), agreed(True), agreed("maybe"), agreed(None)
    (True, True, True, False, False)
    """
    return str(cell if cell is not None else "").strip().lower() in YES


def text(cell):
    """A cell as text: a number of a workbook without its ".0".

    >>> text(301234567.0), text("  Ann "), text(None)
    ('301234567', 'Ann', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def rows(header, lines):
    """The rows of a table that name somebody; [] where no column is known.

    >>> [row.values["name"] for row in rows(["Name", "Consent"], [["Ann", "yes"], ["", "yes"]])]
    ['Ann']
    """
    places = columns(header)
    found = []
    for line in lines:
        line = list(line)
        values = {name: text(line[place]) for name, place in places.items() if name != "consent" and place < len(line)}
        if not any(values.get(name) for name in ("name", "company_name", "email", "phone")):
            continue
        place = places.get("consent")
        found.append(Row(values, place is not None and place < len(line) and agreed(line[place])))
    return found
