"""A Word file from outside: its paragraphs in the order they are read, their columns, how they look, its page.

Path in → plain values. Nothing in the file is run, fetched or believed about its own size.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zlib import error as zlib_error

from lxml import etree

from pipeline.engines.paper_lines import LEFT, RIGHT, WHOLE, Line, Look
from pipeline.engines.word_styles import parse, w
from pipeline.errors.papers import PaperLocked, PaperUnreadable
from pipeline.vietnamese import nfc

_DOCUMENT = "word/document.xml"
_STYLES = "word/styles.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_MEMBERS = 5_000
_MAX_PART_BYTES = 64 << 20
_MAX_UNPACKED_BYTES = 512 << 20
_MAX_RATIO, _RATIO_FREE_BYTES = 250, 20 << 20
_MAX_BASES = 20
_MM_PER_DXA = 25.4 / 1440
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Not printed, or printed elsewhere.
_NOT_READ = frozenset((w("del"), w("moveFrom"), _FALLBACK))


@dataclass(slots=True, kw_only=True)
class Letters:
    """The text of a paragraph, each letter with the element it stands in."""

    text: str = ""
    #: Element of each letter, and its place in the element's text; None for tabs and breaks.
    nodes: list[tuple[etree._Element, int] | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSetup:
    """Paper and margins of one section, in millimetres; None where the file does not say."""

    width_mm: float | None = None
    height_mm: float | None = None
    margins_mm: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordFile:
    """A Word file, opened."""

    document: etree._Element
    styles: Mapping[str, etree._Element]
    defaults: etree._Element | None
    usual_style: str

    def paragraphs(self) -> Iterator[tuple[etree._Element, int]]:
        """Each paragraph of the body and its column, in reading order."""
        body = self.document.find(w("body"))
        if body is not None:
            yield from _below(body, WHOLE)

    def lines(self) -> list[Line]:
        """The paragraphs that say something; one parted by a tab gives two lines."""
        found: list[Line] = []
        for paragraph, column in self.paragraphs():
            text = nfc(letters_of(paragraph).text)
            look = self._look(paragraph)
            for piece in text.split("\n"):
                parts = _by_tab(piece) if column == WHOLE else [(piece, column)]
                found += [
                    Line(text=part.strip(), column=side, look=look)
                    for part, side in parts
                    if part.strip()
                ]
        return found

    def page(self) -> PageSetup:
        """The paper of the first section."""
        section = next(self.document.iter(w("sectPr")), None)
        if section is None:
            return PageSetup()
        size, margins = section.find(w("pgSz")), section.find(w("pgMar"))
        return PageSetup(
            width_mm=_mm(size, "w"),
            height_mm=_mm(size, "h"),
            margins_mm={
                side: mm
                for side in ("top", "bottom", "left", "right")
                if (mm := _mm(margins, side)) is not None
            },
        )

    def _look(self, paragraph: etree._Element) -> Look:
        """How the first run that shows letters looks, styles included."""
        run = next((r for r in paragraph.iter(w("r")) if _shows(r)), None)
        if run is None:
            return Look()
        layers = [run.find(w("rPr"))]
        layers += self._style_layers(_value(run.find(f"{w('rPr')}/{w('rStyle')}")))
        style = _value(paragraph.find(f"{w('pPr')}/{w('pStyle')}")) or self.usual_style
        layers += self._style_layers(style)
        layers.append(self.defaults)
        present = [layer for layer in layers if layer is not None]
        size = _first(present, "sz")
        underline = _first(present, "u")
        fonts = next((f for f in (one.find(w("rFonts")) for one in present) if f is not None), None)
        return Look(
            size_pt=_half_points(size),
            bold=_is_on(_first(present, "b")),
            italic=_is_on(_first(present, "i")),
            underline=underline is not None and _value(underline) not in {"", "none"},
            font="" if fonts is None else str(fonts.get(w("ascii")) or ""),
        )

    def _style_layers(self, style_id: str) -> list[etree._Element | None]:
        layers: list[etree._Element | None] = []
        for _ in range(_MAX_BASES):
            style = self.styles.get(style_id)
            if style is None:
                break
            layers.append(style.find(w("rPr")))
            style_id = _value(style.find(w("basedOn")))
        return layers


def open_word(path: Path) -> WordFile:
    """Open a DOCX.

    Raises:
        PaperUnreadable (R130): no Word file, damaged, or made to fill the machine.
        PaperLocked (R131): it asks for a password.
    """
    parts = read_parts(path, (_DOCUMENT, _STYLES))
    if _DOCUMENT not in parts:
        raise PaperUnreadable(f"no word document in the package path={path.name!r}")
    try:
        document = parse(parts[_DOCUMENT])
        styles = parse(parts[_STYLES]) if _STYLES in parts else None
    except etree.XMLSyntaxError as error:
        raise PaperUnreadable(f"word xml: {error} path={path.name!r}") from error
    named = {} if styles is None else {str(s.get(w("styleId"))): s for s in styles.iter(w("style"))}
    usual = (
        key
        for key, style in named.items()
        if style.get(w("type")) == "paragraph" and style.get(w("default")) in {"1", "true"}
    )
    defaults = None if styles is None else styles.find(f"{w('docDefaults')}/{w('rPrDefault')}")
    return WordFile(
        document=document,
        styles=named,
        defaults=None if defaults is None else defaults.find(w("rPr")),
        usual_style=next(usual, ""),
    )


def read_parts(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Those members of the package that are there, of bounded size.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131).
    """
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(_OLE):
        raise PaperLocked(f"an encrypted or old Word file path={path.name!r}")
    try:
        with zipfile.ZipFile(path) as package:
            _check_sizes(package, path)
            there = set(package.namelist())
            return {name: _member(package, name) for name in names if name in there}
    except (OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise PaperUnreadable(f"word package: {error} path={path.name!r}") from error
    except (zipfile.BadZipFile, zlib_error) as error:
        raise PaperUnreadable(f"word package: {error} path={path.name!r}") from error


def letters_of(paragraph: etree._Element) -> Letters:
    """The letters of a paragraph as they are read, boxes and notes inside it left out."""
    letters = Letters()
    for node in _readable(paragraph):
        if node.tag == w("t"):
            text = node.text or ""
            letters.text += text
            letters.nodes += [(node, index) for index in range(len(text))]
        elif node.tag == w("noBreakHyphen"):
            letters.text += "-"
            letters.nodes.append(None)
        else:
            letters.text += "\n" if node.tag == w("br") else "\t"
            letters.nodes.append(None)
    return letters


def _readable(node: etree._Element) -> Iterator[etree._Element]:
    for child in node:
        if child.tag in _NOT_READ or child.tag == w("p") or not isinstance(child.tag, str):
            continue
        if child.tag in {w("t"), w("tab"), w("br"), w("noBreakHyphen")}:
            # A tab inside the paragraph's properties is a place where tabs stop.
            if node.tag != w("tabs"):
                yield child
        else:
            yield from _readable(child)


def _below(node: etree._Element, column: int) -> Iterator[tuple[etree._Element, int]]:
    for child in node:
        if child.tag in _NOT_READ or not isinstance(child.tag, str):
            continue
        if child.tag == w("p"):
            yield child, column
            # Text boxes hang on a paragraph.
            for box in child.iter(w("txbxContent")):
                if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                    yield from _below(box, column)
        elif child.tag == w("tr"):
            yield from _cells(child, column)
        else:
            yield from _below(child, column)


def _cells(row: etree._Element, column: int) -> Iterator[tuple[etree._Element, int]]:
    cells = list(row.iter(w("tc"))) if row.find(w("tc")) is None else row.findall(w("tc"))
    for index, cell in enumerate(cells):
        side = column
        if column == WHOLE and len(cells) > 1:
            side = LEFT if index < len(cells) / 2 else RIGHT
        yield from _below(cell, side)


def _by_tab(text: str) -> list[tuple[str, int]]:
    """A paragraph of two columns that a tab parts; blanks to be filled in are none."""
    left, tab, right = text.strip("\t").partition("\t")
    is_column = tab and left.strip() and right.strip() and not left.rstrip().endswith(("Số", ":"))
    if not is_column or "\t" in right.strip("\t"):
        return [(text, WHOLE)]
    return [(left, LEFT), (right, RIGHT)]


def _check_sizes(package: zipfile.ZipFile, path: Path) -> None:
    parts = package.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    is_bomb = unpacked > _RATIO_FREE_BYTES and unpacked / packed > _MAX_RATIO
    if len(parts) > _MAX_MEMBERS or unpacked > _MAX_UNPACKED_BYTES or is_bomb:
        raise PaperUnreadable(
            f"{len(parts)} members, {unpacked} bytes of {packed} path={path.name!r}"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise PaperLocked(f"encrypted members path={path.name!r}")


def _member(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as stream:
        data = stream.read(_MAX_PART_BYTES + 1)
    if len(data) > _MAX_PART_BYTES:
        message = f"{name}: more than {_MAX_PART_BYTES} bytes"
        raise ValueError(message)
    head = data[:4096]
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\0" in head:
        message = f"{name}: a document type"
        raise ValueError(message)
    return data


def _shows(run: etree._Element) -> bool:
    return any((node.text or "").strip() for node in run.iter(w("t")))


def _first(layers: list[etree._Element], tag: str) -> etree._Element | None:
    return next((f for f in (one.find(w(tag)) for one in layers) if f is not None), None)


def _value(node: etree._Element | None) -> str:
    return "" if node is None else str(node.get(w("val")) or "")


def _is_on(node: etree._Element | None) -> bool:
    return node is not None and _value(node) not in {"0", "false", "none", "off"}


def _half_points(node: etree._Element | None) -> float | None:
    try:
        return float(_value(node)) / 2 if node is not None else None
    except ValueError:
        return None


def _mm(node: etree._Element | None, name: str) -> float | None:
    try:
        return float(node.get(w(name), "")) * _MM_PER_DXA if node is not None else None
    except ValueError:
        return None
