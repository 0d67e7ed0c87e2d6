"""The operations on a Word file that was edited before its signature: look at it; make its files, number filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.engines import libreoffice, raster
from pipeline.engines.rendering_words import docx_blocks
from pipeline.engines.secrecy import mark_in_text
from pipeline.engines.word_guard import refuse_unfinished, safe_members
from pipeline.engines.word_marks import mark_of, put_mark
from pipeline.engines.word_styles import parse, style_name, w
from pipeline.engines.word_zip import zipped
from pipeline.errors.base import RecordRejected
from pipeline.errors.editing import PlacesGone, WordBroken
from pipeline.errors.rendering import NumberNotPrinted

_DOCUMENT = "word/document.xml"
_STYLES = "word/styles.xml"
_NUMBER_STYLE, _DATE_STYLE = "VT Số ký hiệu", "VT Địa danh"
_NUMBER = re.compile(r"^Số\s*\d*\s*[-–—]")
_DATE = re.compile(r"^(?P<place>.+?),?\s*ngày\b.*\btháng\b.*\bnăm\b", re.DOTALL)
#: What the text may say is not decided by this; only how much of it is looked through for a mark.
_LINES = 4000


def look(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``word.look``: ``{path}`` → what it is, before anything of it is copied.

    Returns:
        ``{whole, secrecy, mark, problems}``; *mark* is what the program wrote into the file it gave out.
    """
    path = Path(args["path"])
    told: dict[str, Any] = {"whole": True, "secrecy": False, "mark": "", "problems": []}
    try:
        members = safe_members(path)
        if mark_in_text("\n".join(_all_words(members)), lines=_LINES):
            return told | {"secrecy": True}
        told["mark"] = mark_of(members)
        refuse_unfinished(members, path.name)
        _places(members, path.name)
    except WordBroken as error:
        told |= {"whole": False, "problems": [asdict(error.problem())]}
    except RecordRejected as error:
        told["problems"] = [asdict(error.problem())]
    return told


def make(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``word.make``: an edited DOCX → the DOCX and PDF to give out.

    Args:
        args: ``path out_dir stem mark seconds``, and ``reference date`` (words) once it is numbered.

    Returns:
        ``{files, text, no_pdf}``; *no_pdf* is ``missing`` without LibreOffice, ``failed`` where it could not.
    """
    path, out_dir = Path(args["path"]), Path(args["out_dir"])
    members = safe_members(path)
    if args["reference"]:
        _fill(members, path.name, args["reference"], args["date"])
    put_mark(members, args["mark"])
    docx, pdf = out_dir / f"{args['stem']}.docx", out_dir / f"{args['stem']}.pdf"
    data = zipped(members)
    docx.write_bytes(data)
    text = "\n".join(docx_blocks(data))
    files = {"docx": docx.name}
    no_pdf = libreoffice.to_pdf(docx, pdf, seconds=float(args["seconds"]))
    if not no_pdf:
        files["pdf"] = pdf.name
        text = "\n".join(raster.page_texts(pdf))
    if "".join(args["reference"].split()) not in "".join(text.split()):
        raise NumberNotPrinted("number not in the edited text", number=args["reference"])
    return {"files": files, "text": text, "no_pdf": no_pdf}


def _all_words(members: Mapping[str, bytes]) -> Iterator[str]:
    """Every paragraph of every part, heads and feet too."""
    for name, data in members.items():
        if name.startswith("word/") and name.endswith(".xml"):
            for paragraph in parse(data).iter(w("p")):
                yield _text(paragraph)


def _text(paragraph: etree._Element) -> str:
    pieces = (
        (node.text or "") if node.tag == w("t") else "\t"
        for node in paragraph.iter(w("t"), w("tab"), w("br"))
    )
    return "".join(pieces)


def _places(
    members: Mapping[str, bytes], file: str
) -> tuple[etree._Element, etree._Element, etree._Element]:
    """The document and in it the paragraphs of number and date.

    Raises:
        PlacesGone (R127).
    """
    document = parse(members[_DOCUMENT])
    names = _style_names(members)
    paragraphs = [(_style_of(p, names), _text(p).strip(), p) for p in document.iter(w("p"))]
    number = _one_of(paragraphs, _NUMBER_STYLE, _NUMBER)
    day = _one_of(paragraphs, _DATE_STYLE, _DATE)
    if number is None:
        raise PlacesGone("no place of the number", file=file, what="dòng «Số …»")
    if day is None:
        raise PlacesGone("no place of the date", file=file, what="dòng «…, ngày … tháng … năm …»")
    return document, number, day


def _one_of(
    paragraphs: list[tuple[str, str, etree._Element]], style: str, pattern: re.Pattern[str]
) -> etree._Element | None:
    """The paragraph of our style that reads so, else the first that does."""
    fitting = [(name, p) for name, text, p in paragraphs if pattern.match(text)]
    fitting.sort(key=lambda one: one[0] != style)
    return fitting[0][1] if fitting else None


def _style_names(members: Mapping[str, bytes]) -> dict[str, str]:
    if _STYLES not in members:
        return {}
    styles = parse(members[_STYLES]).iter(w("style"))
    return {str(style.get(w("styleId"))): style_name(style) for style in styles}


def _style_of(paragraph: etree._Element, names: Mapping[str, str]) -> str:
    style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
    return "" if style is None else names.get(str(style.get(w("val"))), "")


def _fill(members: dict[str, bytes], file: str, reference: str, date_words: str) -> None:
    document, number, day = _places(members, file)
    said = _DATE.match(_text(day).strip())
    assert said is not None
    _say(number, f"Số {reference}")
    _say(day, f"{said['place'].strip()}, {date_words}")
    members[_DOCUMENT] = etree.tostring(
        document, xml_declaration=True, encoding="UTF-8", standalone=True
    )


def _say(paragraph: etree._Element, text: str) -> None:
    """Give *paragraph* these words in the look of its first run."""
    runs = [run for run in paragraph.iter(w("r")) if run.find(w("t")) is not None]
    look = runs[0].find(w("rPr")) if runs else None
    for child in list(paragraph):
        if child.tag != w("pPr"):
            paragraph.remove(child)
    run = etree.SubElement(paragraph, w("r"))
    if look is not None:
        run.append(look)
    words = etree.SubElement(run, w("t"))
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    words.text = text
