"""Read a CSV, a gzipped CSV or an XLSX workbook into a table of cells. No Odoo, no database."""

import csv
import gzip
import io
import itertools
import zipfile
import zlib

from .cells import HistoryError, safe_cell

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"
DELIMITERS = ",;\t|"
MAX_BYTES = 1_000_000_000  # unpacked; a gzip bomb ends here
LOCAL_ENCODINGS = {"zh": "gb18030", "zh_TW": "cp950", "zh_HK": "cp950"}
ENCODINGS = ("utf-8", "cp1252", "iso-8859-1", "gb18030", "utf-16")


def read_table(content, encoding="utf-8"):
    """Return (header, iterator over the lines below it). HistoryError says what is wrong with the file."""
    if not content:
        raise HistoryError("empty_file")
    if content.startswith(OLD_EXCEL_MAGIC):
        raise HistoryError("old_excel")
    lines = _read_workbook(content) if content.startswith(ZIP_MAGIC) else _read_csv(content, encoding)
    header = next(lines, None)
    while header is not None and not any(cell not in (None, "") for cell in header):
        header = next(lines, None)
    first = next(lines, None)
    if header is None or first is None:
        raise HistoryError("empty_file")
    return list(header), itertools.chain([first], lines)


def read_local_table(content, languages):
    """`read_table` of a file as a spreadsheet program saves it: UTF-8, else what Windows writes in these languages.

    languages: codes like "zh_CN"; Chinese before others, whose one-byte encoding would read any file.

    >>> read_local_table("发票,金额\\nA1,5\\n".encode("gb18030"), ["en_US", "zh_CN"])[0]
    ['发票', '金额']
    """
    try:
        return read_table(content)
    except HistoryError as error:
        if error.code != "wrong_encoding":
            raise
    encodings = {LOCAL_ENCODINGS.get(code, LOCAL_ENCODINGS.get(code[:2], "cp1252")) for code in languages if code}
    for encoding in sorted(encodings or {"cp1252"}, key=lambda encoding: encoding == "cp1252"):
        try:
            return read_table(content, encoding)
        except HistoryError as error:
            failed = error
    raise failed


def _unpack(content):
    if not content.startswith(GZIP_MAGIC):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise HistoryError("broken_archive") from error
    if len(unpacked) > MAX_BYTES:
        raise HistoryError("too_large", limit=MAX_BYTES // 1_000_000)
    return unpacked


def _read_csv(content, encoding):
    content = _unpack(content)
    encoding = "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise HistoryError("unknown_encoding", encoding=encoding) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise HistoryError("wrong_encoding", encoding=encoding, line=line) from error
    head = text[:4096]
    if "\x00" in head or not head.strip():
        raise HistoryError("empty_file" if not head.strip() else "not_a_spreadsheet")
    first_line = head.lstrip().splitlines()[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    if delimiter not in first_line:
        raise HistoryError("not_a_spreadsheet")
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise HistoryError("not_a_spreadsheet") from error


def _read_workbook(content):
    import openpyxl  # heavy, and needed for workbooks only

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        yield from book.worksheets[0].iter_rows(values_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise HistoryError("not_a_spreadsheet") from error


def write_csv(header, lines):
    """CSV as bytes (UTF-8 with a mark, so that Excel reads it); every cell is made harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")
