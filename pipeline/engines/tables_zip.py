"""A workbook's bytes, before any library opens them → what it is, and cells only its XML tells of.

Checks sizes, ratio, document types (XML bombs) and how far the cells reach: the fast reader makes room
for the whole rectangle at once. Then notes what that reader drops: error cells, formulas without a
value, number formats that show leading zeros.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from pipeline.engines.tables_spec import Limits
from pipeline.errors.tables import (
    PasswordProtected,
    TableBroken,
    TableCutOff,
    TableTooLarge,
    WrongContent,
)

#: 0-based row and column.
CellAt = tuple[int, int]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK_BYTES = 8 << 20
_MAX_PARTS = 5_000
#: Sheets of one repeated word reach 60:1, blank formatted ones 120:1; bombs 1000:1.
_MAX_RATIO, _RATIO_FREE_BYTES = 250, 20 << 20
_MAX_FLAGS = 50_000
_PROLOG_BYTES = 4096
_ROW = re.compile(rb'<row [^>]*?r="(\d+)')
_WIDE = re.compile(rb' r="([A-Z]{2,3})\d')
_ODD_WRITING = (b"r='", b"\nr=", b"\tr=", b"r =", b"\rr=")
_ERROR = re.compile(
    rb'<c r="([A-Z]+)(\d+)"[^>]*?\bt="e"[^>]*>(?:<f.*?</f>|<f[^>]*/>)?<v>([^<]*)', re.DOTALL
)
_NO_VALUE = re.compile(
    rb'<c r="([A-Z]+)(\d+)"[^>]*><f(?:[^>]*/>|.*?</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>', re.DOTALL
)
_FILLED = re.compile(rb'<c r="([A-Z]+)(\d+)"(?:[^">]|"[^"]*")*(?<!/)>(?=<(?!/c>))')
_STYLED = re.compile(rb'<c r="([A-Z]+)(\d+)" s="(\d+)"')
_PREFIX = re.compile(rb"<(\w+):worksheet\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFlags:
    """Cells of one sheet that the fast reader does not tell about."""

    errors: dict[CellAt, str] = field(default_factory=dict)
    without_value: frozenset[CellAt] = frozenset()
    #: Cell → digits its number format shows.
    padded: dict[CellAt, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a workbook file is."""

    #: ``xlsx``, ``ods`` or ``xls``.
    family: str
    flags: dict[str, SheetFlags] = field(default_factory=dict)
    #: Value of our own document property, empty without.
    lot: str = ""
    unpacked_bytes: int = 0


def inspect(path: Path, suffix: str, limits: Limits) -> Package:
    """Look a workbook over.

    Raises:
        TableBroken, TableCutOff (R150), WrongContent (R151), TableTooLarge (R152), PasswordProtected (R168).
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(_OLE):
        return _inspect_ole(path)
    if not head.startswith(b"PK"):
        raise WrongContent(f"starts with {head[:8]!r}", suffix=suffix, found=_what_is(head))
    try:
        with zipfile.ZipFile(path) as archive:
            return _inspect_zip(archive, suffix, limits)
    except (zipfile.BadZipFile, EOFError) as error:
        raise TableCutOff(f"zip: {error}") from error
    except (
        etree.XMLSyntaxError,
        KeyError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise TableBroken(f"workbook parts: {error}") from error
    except Exception as error:
        # zlib.error and lzma errors share no base; anything else here is a broken package as well
        if type(error).__module__ in {"zlib", "_lzma", "lzma"}:
            raise TableBroken(f"compression: {error}") from error
        raise


def _what_is(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return "trang web (HTML)"
    if start.startswith(b"<?xml"):
        return "tệp XML"
    if start.startswith(b"%pdf"):
        return "tệp PDF"
    return "nội dung khác, không phải bảng tính"


def _inspect_ole(path: Path) -> Package:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise PasswordProtected("encrypted package")
    return Package(family="xls", unpacked_bytes=len(data))


def _inspect_zip(archive: zipfile.ZipFile, suffix: str, limits: Limits) -> Package:
    parts = archive.infolist()
    unpacked = _check_sizes(parts, limits)
    names = {part.filename for part in parts}
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            _check_prolog(archive, part)
    if "xl/workbook.xml" in names:
        return _inspect_xlsx(archive, names, limits, unpacked)
    if "content.xml" in names:
        manifest = (
            archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
        )
        if b"encryption-data" in manifest:
            raise PasswordProtected("encrypted ods")
        return Package(family="ods", unpacked_bytes=unpacked)
    raise WrongContent(
        "zip without a workbook", suffix=suffix, found="tệp nén khác, không phải bảng tính"
    )


def _check_sizes(parts: list[zipfile.ZipInfo], limits: Limits) -> int:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    if len(parts) > _MAX_PARTS:
        raise TableTooLarge(f"{len(parts)} parts", what=f"{len(parts)} phần", limit=_MAX_PARTS)
    is_bomb = unpacked > _RATIO_FREE_BYTES and unpacked / packed > _MAX_RATIO
    if unpacked > limits.max_unpacked_bytes or is_bomb:
        raise TableTooLarge(
            f"{unpacked} bytes unpacked, {packed} packed",
            what=f"{unpacked >> 20} MB, nén {unpacked // packed} lần",
            limit=f"{limits.max_unpacked_bytes >> 20} MB, nén {_MAX_RATIO} lần",
        )
    return unpacked


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No document type: that is where entities live. It can only stand before the root element."""
    with archive.open(part) as stream:
        head = stream.read(_PROLOG_BYTES)
        while not re.search(rb"<[A-Za-z_]", head) and (more := stream.read(_PROLOG_BYTES)):
            head += more
            if len(head) > 64 * _PROLOG_BYTES:
                break
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\0" in head:
        raise TableBroken(f"document type or wide characters in {part.filename!r}")


def _inspect_xlsx(
    archive: zipfile.ZipFile, names: set[str], limits: Limits, unpacked: int
) -> Package:
    padded_styles = _padded_styles(archive) if "xl/styles.xml" in names else {}
    flags = {}
    for sheet, part in _sheet_parts(archive):
        if part in names:
            flags[sheet] = _scan_sheet(archive, part, limits, padded_styles)
    lot = _lot_property(archive) if "docProps/custom.xml" in names else ""
    return Package(family="xlsx", flags=flags, lot=lot, unpacked_bytes=unpacked)


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(data, parser)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part that holds it."""
    targets = {}
    for link in _parse(archive.read("xl/_rels/workbook.xml.rels")):
        target = link.get("Target", "")
        base = "" if target.startswith("/") else "xl"
        targets[link.get("Id", "")] = posixpath.normpath(posixpath.join(base, target.lstrip("/")))
    for element in _parse(archive.read("xl/workbook.xml")).iter("{*}sheet"):
        link_id = next((value for name, value in element.items() if str(name).endswith("}id")), "")
        if link_id in targets:
            yield element.get("name", ""), targets[link_id]


def _lot_property(archive: zipfile.ZipFile) -> str:
    for element in _parse(archive.read("docProps/custom.xml")):
        if element.get("name") == "vanthu_lo":
            return "".join(str(text) for text in element.itertext()).strip()
    return ""


def _padded_styles(archive: zipfile.ZipFile) -> dict[int, int]:
    """Index of a cell style → digits it shows, for formats like ``0000``."""
    root = _parse(archive.read("xl/styles.xml"))
    digits = {
        item.get("numFmtId", ""): len(item.get("formatCode", ""))
        for item in root.iter("{*}numFmt")
        if re.fullmatch("0{2,20}", item.get("formatCode", ""))
    }
    styles = next((item for item in root if _local(item) == "cellXfs"), None)
    if styles is None:
        return {}
    return {
        index: digits[item.get("numFmtId", "")]
        for index, item in enumerate(styles)
        if item.get("numFmtId", "") in digits
    }


def _scan_sheet(
    archive: zipfile.ZipFile, part: str, limits: Limits, padded_styles: dict[int, int]
) -> SheetFlags:
    errors: dict[CellAt, str] = {}
    without_value: set[CellAt] = set()
    padded: dict[CellAt, int] = {}
    extent = _Extent()
    for chunk in _chunks(archive, part):
        extent.look(chunk)
        if b't="e"' in chunk:
            for column, row, text in _ERROR.findall(chunk):
                errors[_at(column, row)] = text.decode("ascii", "replace")
        if b"<f" in chunk:
            without_value.update(_at(column, row) for column, row in _NO_VALUE.findall(chunk))
        if padded_styles:
            for column, row, style in _STYLED.findall(chunk):
                if int(style) in padded_styles:
                    padded[_at(column, row)] = padded_styles[int(style)]
        if len(errors) + len(without_value) > _MAX_FLAGS:
            raise TableTooLarge("error cells", what="quá nhiều ô báo lỗi", limit=f"{_MAX_FLAGS} ô")
    _check_extent(archive, part, extent, limits)
    return SheetFlags(errors=errors, without_value=frozenset(without_value), padded=padded)


class _Extent:
    """How far the cells of a sheet reach."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 26

    def look(self, chunk: bytes) -> None:
        """Take one more piece of the sheet in: quick, and never too small."""
        self.rows = max(self.rows, max(map(int, _ROW.findall(chunk)), default=0))
        for column in set(_WIDE.findall(chunk)):
            self.columns = max(self.columns, column_number(column.decode()))


def _check_extent(archive: zipfile.ZipFile, part: str, extent: _Extent, limits: Limits) -> None:
    """Refuse a rectangle that would not fit into memory."""
    if extent.rows * extent.columns <= limits.max_cells:
        return
    # formatted empty cells down to the last row are common and cost the reader nothing: look closer
    rows = columns = 0
    for chunk in _chunks(archive, part):
        for column, row in _FILLED.findall(chunk):
            rows = max(rows, int(row))
            columns = max(columns, column_number(column.decode()))
    if rows * columns > limits.max_cells:
        raise TableTooLarge(
            f"{rows} rows, {columns} columns",
            what=f"{rows} dòng × {columns} cột",
            limit=f"{limits.max_cells} ô",
        )


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML in pieces that end between cells, written the common way."""
    rest = b""
    prefix = b""
    with archive.open(part) as stream:
        while piece := stream.read(_CHUNK_BYTES):
            if not rest and (match := _PREFIX.search(piece[:_PROLOG_BYTES])):
                prefix = match.group(1) + b":"
            if prefix:
                piece = piece.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
            whole = _usual_writing(rest + piece)
            cut = max(whole.rfind(b"</c>") + 4, whole.rfind(b"<row "), 0)
            rest = whole[cut:] if cut > 4 else whole
            if cut > 4:
                yield whole[:cut]
    yield rest


def _usual_writing(xml: bytes) -> bytes:
    """Attributes with double quotes and one space, so that the patterns see every one."""
    # one program writes one way: the start of a piece tells
    start = xml[:_PROLOG_BYTES]
    if not any(odd in start for odd in _ODD_WRITING):
        return xml
    return re.sub(
        rb"\s+([\w:]+)\s*=\s*'([^'\"]*)'", rb' \1="\2"', re.sub(rb"\s+r\s*=\s*", b" r=", xml)
    )


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """``B12`` of 0-based row and column."""
    return f"{column_letters(column)}{row + 1}"


def _at(column: bytes, row: bytes) -> CellAt:
    return int(row) - 1, column_number(column.decode()) - 1
