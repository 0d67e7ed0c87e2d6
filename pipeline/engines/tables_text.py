"""Bytes of a text file → text: Unicode in its several forms, and for tables the old codings too."""

from __future__ import annotations

import codecs
import unicodedata

from pipeline.errors.tables import EncodingUnknown
from pipeline.vietnamese import decode_legacy, nfc, plausibility

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_CHARS = 20_000


def decode_unicode(data: bytes) -> str:
    """The text of a JSON or YAML file.

    Raises:
        EncodingUnknown (R167): not UTF-8, nor marked or shaped as UTF-16 or UTF-32.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding)
    return _decode(data, _guess_wide(data) or "utf-8")


def decode_table(data: bytes) -> str:
    """The text of a CSV file, which may be as old as the office.

    Raises:
        EncodingUnknown (R167): no coding gives text.
    """
    try:
        return decode_unicode(data)
    except EncodingUnknown:
        if b"\0" in data:
            raise
    vietnamese = nfc(data.decode("cp1258", errors="replace"))
    as_font = data.decode("cp1252", errors="replace")
    decoded = decode_legacy(as_font)
    readings = [
        text for text in (vietnamese, decoded) if text is not None and not _has_loose_marks(text)
    ]
    if not readings:
        readings = [as_font if decoded is None else decoded]
    return max(readings, key=lambda text: plausibility(text[:_SAMPLE_CHARS]))


def _has_loose_marks(text: str) -> bool:
    return "\ufffd" in text or any(unicodedata.combining(char) for char in text)


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise EncodingUnknown(f"not {encoding} at byte {error.start}", line=line) from error


def _guess_wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its ASCII is zero."""
    head = data[:200]
    if len(head) < 4 or b"\0" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 8 and odd > even:
        return "utf-16-le"
    if even > len(head) // 8 and even > odd:
        return "utf-16-be"
    return None
