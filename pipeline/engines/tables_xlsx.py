"""What our own workbooks have in common: colours, safe sheet names, text written as text, fixed times."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

#: Strings stay strings, whatever they begin with.
SAFE_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}
#: No clock in the files: equal input gives equal bytes.
FIXED_TIME = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FONT = "Times New Roman"
COMMENT_AUTHOR = "vanthu"
GREY, RED, GREEN, YELLOW, HEAD = "#D9D9D9", "#FFC7CE", "#E2EFDA", "#FFF2CC", "#DDEBF7"
#: Excel's own limit of a cell.
MAX_CELL_CHARS = 32_767
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*(<)")
# what XML 1.0 has no place for
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cell_text(value: Any) -> str:
    """*value* as a text that any workbook takes: XML characters only, not longer than a cell."""
    text = _NOT_XML.sub("", str(value))
    return text if len(text) <= MAX_CELL_CHARS else text[: MAX_CELL_CHARS - 1] + "…"


def sheet_name(text: str, fallback: str = "Danh sách") -> str:
    """A name Excel accepts: at most 31 characters, none of ``[]:*?/\\``, no quote at the ends."""
    return _SHEET_NAME.sub(" ", text)[:31].strip(" '") or fallback


def new_workbook(path: Path, *, constant_memory: bool = False) -> Any:
    """An empty xlsxwriter workbook with our options and fixed times."""
    import xlsxwriter

    options = {**SAFE_OPTIONS, "constant_memory": constant_memory}
    workbook = xlsxwriter.Workbook(str(path), options)
    workbook.set_properties({"created": FIXED_TIME.replace(tzinfo=None), "author": COMMENT_AUTHOR})
    workbook.formats[0].set_font_name(FONT)
    workbook.formats[0].set_font_size(12)
    return workbook


def with_fixed_times(data: bytes) -> bytes:
    """The same workbook with no trace of when it was written."""
    out = io.BytesIO()
    stamp = FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            info = zipfile.ZipInfo(part.filename, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return out.getvalue()
