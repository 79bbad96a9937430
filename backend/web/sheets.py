"""Tables that come as spreadsheets: read without believing a formula, written so that none is born."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from backend.kernel.errors import Invalid

Cell = str | int | float | date | None
MAX_BYTES = 20 * 1024 * 1024
FORM_BYTES = MAX_BYTES + 64 * 1024
"""A form with such a file: a file that is a little too large is still refused in the words of `read_table`."""
MAX_UNPACKED = 300 * 1024 * 1024
MAX_ROWS = 300_000
FORMULA = "\x00formula"
"""Stands where a cell computes something: what it shows is not what was settled."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_BEGINS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class BadCell:
    """What is wrong in which row (as the spreadsheet counts) and column."""

    row: int
    column: str
    text: str


def read_table(name: str, content: bytes) -> list[list[Cell]]:
    """Return the rows of the first sheet. Raises Invalid for what is no xlsx or csv, or far too large."""
    if len(content) > MAX_BYTES:
        raise Invalid("table_too_large", "文件超过 20 MB，请按月分开。")
    suffix = PurePath(name).suffix.lower()
    if suffix == ".xlsx":
        return _read_xlsx(content)
    if suffix == ".csv":
        return _read_csv(content)
    raise Invalid("table_format", "请用 .xlsx 或 .csv 文件。老的 .xls 请先另存为 .xlsx。")


def safe(value: Cell) -> Cell:
    """Return a value that no spreadsheet program takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINS) else value


def write_xlsx(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook with one sheet; texts that look like formulas are written as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in rows:
        sheet.append([safe(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _read_xlsx(content: bytes) -> list[list[Cell]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise Invalid("table_too_large", "文件展开后太大，请按月分开。")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise Invalid("table_format", "这个文件打不开，请用表格软件另存为 .xlsx 再试。") from error
    sheet = book.worksheets[0]
    return _within(
        [[_cell(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(max_row=MAX_ROWS + 2)]
    )


def _read_csv(content: bytes) -> list[list[Cell]]:
    texts = [text for encoding in ("utf-8-sig", "gb18030") if (text := _decoded(content, encoding)) is not None]
    if not texts:
        raise Invalid("table_format", "文件里的字认不出来，请另存为 UTF-8 的 .csv。")
    # A short text in the old encoding may pass as UTF-8 by chance; Chinese characters tell which it was.
    text = next((one for one in texts if _CHINESE.search(one)), texts[0])
    if "\x00" in text:
        raise Invalid("table_format", "这不是表格文件，请用 .xlsx 或 .csv。")
    rows = csv.reader(io.StringIO(text))
    return _within([[FORMULA if value.startswith(_BEGINS) else value.strip() or None for value in row] for row in rows])


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _cell(value: object, kind: str) -> Cell:
    if kind == "f" or (isinstance(value, str) and value.startswith(_BEGINS)):
        return FORMULA
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool) or value is None:
        return None if value is None else str(value)
    return value if isinstance(value, str | int | float | date) else str(value)


def _within(rows: list[list[Cell]]) -> list[list[Cell]]:
    if len(rows) > MAX_ROWS + 1:
        raise Invalid("table_too_large", f"超过 {MAX_ROWS} 行，请按月分开。")
    return [row for row in rows if any(value is not None and value != "" for value in row)]
