"""Operations over finished papers that the office issues: what they say, and their number and date filled in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.engines import libreoffice, papers_fill, raster, tables_zip, word_fill
from pipeline.engines.paper_facts import Reading, read_facts
from pipeline.engines.paper_layout import remarks_on_looks, remarks_on_page, remarks_on_words
from pipeline.engines.paper_lines import Line, pdf_lines
from pipeline.engines.papers_image import as_pdf
from pipeline.engines.profile import Profile, load_profile
from pipeline.engines.tables_spec import Limits
from pipeline.engines.word_text import PageSetup, open_word
from pipeline.errors.base import RecordRejected, VanthuError
from pipeline.suffixes import PAGED

_SHEETS = frozenset((".xlsx", ".xls", ".ods"))
_TEXT_PAGES = 200
#: Pages of a PDF that are read: so many at the start, so many at the end.
_FIRST_PAGES, _LAST_PAGES = 2, 6


def facts(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.facts``: ``{path, suffix, types, shared_dir, profile}`` → what the paper says of itself.

    Returns:
        ``{facts, number, names, remarks, problems, text}``: *facts* name → ``{value, confidence}``; *number* the printed
        ordinal with symbol and issuer, ``ordinal`` null where its place is blank, or null without a place; *remarks*
        Vietnamese sentences about the layout; *problems* what its content makes fail.
    """
    path, suffix = Path(args["path"]), str(args["suffix"])
    profile = load_profile(Path(args["shared_dir"]), args["profile"])
    types = [(str(name), str(symbol)) for name, symbol in args["types"]]
    told: dict[str, Any] = {"facts": {}, "number": None, "names": [], "remarks": []}
    told |= {"problems": [], "text": ""}
    try:
        lines, page = _word(path) if suffix == ".docx" else _pdf(path)
    except RecordRejected as error:
        return told | {"problems": [asdict(error.problem())]}
    reading = read_facts(lines, types)
    return told | {
        "facts": {name: asdict(fact) for name, fact in reading.facts.items()},
        "number": _number(reading),
        "names": list(reading.names),
        "remarks": _remarks((lines, page), reading, profile),
        "text": "\n".join(line.text for line in lines),
    }


def fill(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.fill``: ``{path, suffix, out, ordinal, symbol, issued_on, shared_dir, profile}`` writes a copy
    with number and date in their places → ``{filled, left, removed}``.
    """
    path, out = Path(args["path"]), Path(args["out"])
    ordinal, symbol = int(args["ordinal"]), str(args["symbol"])
    issued_on = date.fromisoformat(args["issued_on"])
    if args["suffix"] == ".docx":
        told = word_fill.fill(path, out, ordinal=ordinal, symbol=symbol, issued_on=issued_on)
        return {"removed": [], **told}
    font = Path(args["shared_dir"]), str(args["profile"])
    return papers_fill.fill(
        path, out, ordinal=ordinal, symbol=symbol, issued_on=issued_on, font=font
    )


def to_pdf(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``office.to_pdf``: ``{path, out, seconds}`` → ``{why}``, empty when *out* was written."""
    path, out = Path(args["path"]), Path(args["out"])
    return {"why": libreoffice.to_pdf(path, out, seconds=float(args["seconds"]))}


def count(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.count``: ``{path, suffix}`` → ``{pages, text, problems}`` of a file that is no PDF to be stamped.

    *pages* is null where only printing tells; *problems* say that it is locked, damaged or a bomb.
    """
    path, suffix = Path(args["path"]), str(args["suffix"])
    told: dict[str, Any] = {"pages": None, "text": "", "problems": []}
    try:
        if suffix == ".docx":
            told["text"] = "\n".join(line.text for line in open_word(path).lines())
        elif suffix in _SHEETS:
            tables_zip.inspect(path, suffix, Limits())
        elif suffix in PAGED:
            with as_pdf(path) as paper:
                told["pages"] = raster.page_count(paper)
                told["text"] = "\n".join(raster.page_texts(paper, max_pages=_TEXT_PAGES))
    except RecordRejected as error:
        told["problems"] = [asdict(error.problem())]
    return told


def _word(path: Path) -> tuple[list[Line], PageSetup]:
    opened = open_word(path)
    return opened.lines(), opened.page()


def _pdf(path: Path) -> tuple[list[Line], PageSetup]:
    """Lines of the first and last pages; a scan has none."""
    with as_pdf(path) as paper:
        try:
            count = raster.page_count(paper)
            wanted = sorted({*range(min(count, _FIRST_PAGES)), *range(count - _LAST_PAGES, count)})
            lines = pdf_lines(paper, pages=[index for index in wanted if index >= 0])
            width, height = raster.page_size_pt(paper, 0)
        except RecordRejected:
            raise
        except VanthuError:
            return [], PageSetup()
    mm = raster.MM_PER_PT
    return lines, PageSetup(width_mm=width * mm, height_mm=height * mm)


def _number(reading: Reading) -> dict[str, Any] | None:
    place = reading.number
    if place is None:
        return None
    return {"ordinal": place.ordinal, "symbol": place.symbol, "issuer": place.issuer}


def _remarks(seen: tuple[list[Line], PageSetup], reading: Reading, profile: Profile) -> list[str]:
    lines, page = seen
    if not lines:
        return ["Tệp không có lớp chữ nên chưa đối chiếu được thể thức."]
    return [
        *remarks_on_page(page, profile),
        *remarks_on_looks(lines, reading, profile),
        *remarks_on_words(lines, reading),
    ]
