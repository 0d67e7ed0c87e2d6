"""A Word file with blanks → a copy with its number and date written in, in the letters that stand around them.

Only the main part of the package is written anew; every other member is carried over as it is.
"""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.engines.paper_shapes import NumberPlace, find_date, find_number
from pipeline.engines.word_styles import w
from pipeline.engines.word_text import Letters, letters_of, open_word
from pipeline.errors.papers import PaperUnreadable
from pipeline.vietnamese import nfc, pad_ordinal, spell_date

_DOCUMENT = "word/document.xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
#: The head of a paper ends well before this many paragraphs.
_HEAD_PARAGRAPHS = 60
NUMBER, DAY = "số", "ngày"


def fill(path: Path, out: Path, *, ordinal: int, symbol: str, issued_on: date) -> dict[str, Any]:
    """Write the ordinal and the day into the first blank place of each in the head of the paper.

    Args:
        symbol: «CV/VPTU»: only a place with this symbol is filled.
    Returns:
        ``{filled, left}``: what was written, and Vietnamese sentences about what was not.
    Raises:
        PaperUnreadable (R130), PaperLocked (R131).
    """
    opened = open_word(path)
    filled: list[str] = []
    left: list[str] = []
    number_seen = date_seen = False
    for count, (paragraph, _) in enumerate(opened.paragraphs()):
        if count >= _HEAD_PARAGRAPHS or (number_seen and date_seen):
            break
        letters = letters_of(paragraph)
        number = None if number_seen else find_number(letters.text)
        if number is not None:
            number_seen = True
            _fill_number(letters, number, ordinal, symbol, (filled, left))
            letters = letters_of(paragraph)
        if not date_seen and find_date(letters.text) is not None:
            date_seen = True
            _fill_date(letters, issued_on, (filled, left))
    if not number_seen:
        left.append("Không tìm thấy chỗ ghi số («Số      -…») ở đầu văn bản: hãy ghi số bằng tay.")
    if not date_seen:
        left.append("Không tìm thấy chỗ ghi ngày, tháng, năm ở đầu văn bản: hãy ghi ngày bằng tay.")
    _write(path, out, opened.document)
    return {"filled": filled, "left": left}


def _fill_number(
    letters: Letters,
    place: NumberPlace,
    ordinal: int,
    symbol: str,
    told: tuple[list[str], list[str]],
) -> None:
    filled, left = told
    printed = f"{place.symbol}/{place.issuer}"
    if place.ordinal is not None:
        if place.ordinal == ordinal:
            filled.append(NUMBER)
        else:
            left.append(f"Chỗ ghi số đã in sẵn số {place.ordinal}: không ghi đè.")
    elif printed != symbol:
        left.append(f"Chỗ ghi số in ký hiệu «{printed}», sổ ghi «{symbol}»: chưa ghi số vào tệp.")
    elif nfc(letters.text) == letters.text and _write_over(
        letters, place.start, place.end, f" {pad_ordinal(ordinal)}"
    ):
        filled.append(NUMBER)
    else:
        left.append("Không ghi được số vào chỗ trống trong tệp: hãy ghi bằng tay.")


def _fill_date(letters: Letters, issued_on: date, told: tuple[list[str], list[str]]) -> None:
    filled, left = told
    place = find_date(letters.text)
    assert place is not None
    if place.whole is not None:
        if place.whole == issued_on:
            filled.append(DAY)
        else:
            left.append(f"Ngày in sẵn trên văn bản khác ngày vào sổ ({issued_on:%d/%m/%Y}).")
        return
    agrees = place.month.value in {None, issued_on.month} and place.year.value in {
        None,
        issued_on.year,
    }
    if not place.is_blank or not agrees:
        left.append("Ngày, tháng in dở trên văn bản không ghép được với ngày vào sổ: hãy sửa lại.")
        return
    words = spell_date(issued_on).split()
    written = True
    for slot, text in ((place.year, words[5]), (place.month, words[3]), (place.day, words[1])):
        if slot.value is None:
            space = " " if slot is not place.year else ""
            written = written and _write_over(letters, slot.start, slot.end, f" {text}{space}")
    (filled if written else left).append(
        DAY if written else "Không ghi được ngày vào chỗ trống trong tệp: hãy ghi bằng tay."
    )


def _write_over(letters: Letters, start: int, end: int, text: str) -> bool:
    """Put *text* in the place of the letters from *start* to *end*; tabs there are taken out.

    The new letters stand in the run of the blank, or, where the place has no letters, after the word before it.
    """
    there = [spot for spot in letters.nodes[start:end] if spot is not None]
    if there:
        first, at = there[0]
    else:
        before = letters.nodes[start - 1] if start else None
        if before is None:
            return False
        first, at = before[0], before[1] + 1
    for node in {id(spot[0]): spot[0] for spot in there}.values():
        taken = {index for other, index in there if other is node}
        kept = "".join(c for index, c in enumerate(node.text or "") if index not in taken)
        _set(node, kept)
    _set(first, (first.text or "")[:at] + text + (first.text or "")[at:])
    _drop_tabs(letters, start, end)
    return True


def _drop_tabs(letters: Letters, start: int, end: int) -> None:
    """Tabs of the blank: the elements without letters between the letters around it."""
    spots = [spot[0] for spot in letters.nodes[:start] if spot is not None][-1:]
    after = next((spot[0] for spot in letters.nodes[end:] if spot is not None), None)
    if not any(spot is None for spot in letters.nodes[start:end]) or not spots or after is None:
        return
    paragraph = next(node for node in spots[0].iterancestors() if node.tag == w("p"))
    inside = False
    for node in list(paragraph.iter(w("t"), w("tab"))):
        if node is after:
            return
        if inside and node.tag == w("tab"):
            parent = node.getparent()
            if parent is not None and parent.tag == w("r"):
                parent.remove(node)
        inside = inside or node is spots[0]


def _set(node: etree._Element, text: str) -> None:
    node.text = text
    node.set(_SPACE, "preserve")


def _write(path: Path, out: Path, document: etree._Element) -> None:
    """The same package with *document* as its main part; a signature over the package no longer holds."""
    xml = etree.tostring(document, xml_declaration=True, encoding="UTF-8", standalone=True)
    try:
        with (
            zipfile.ZipFile(path) as package,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for info in package.infolist():
                data = xml if info.filename == _DOCUMENT else package.read(info)
                again = zipfile.ZipInfo(info.filename, date_time=info.date_time)
                again.compress_type = zipfile.ZIP_DEFLATED
                again.external_attr = info.external_attr
                target.writestr(again, data)
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise PaperUnreadable(f"word package: {error} path={path.name!r}") from error
