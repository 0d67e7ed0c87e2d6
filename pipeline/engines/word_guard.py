"""A stranger's DOCX → its members, when it is whole and nothing in it runs, fetches, embeds or bursts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from zlib import error as zlib_error

from lxml import etree

from pipeline.engines.word_styles import parse, w
from pipeline.errors.editing import WordActive, WordBroken, WordUnfinished

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCUMENT = "word/document.xml"
_MAX_PARTS = 2_000
_MAX_MEMBER_BYTES = 50_000_000
_MAX_BYTES = 200_000_000
#: Plain text repeats itself up to 60:1; bombs 1000:1.
_MAX_RATIO, _RATIO_FREE_BYTES = 250, 20 << 20
_RUNS = re.compile(
    r"vbaProject|vbaData|/activeX/|/embeddings/|oleObject|(?<!printerSettings\d)\.(bin|exe|js|vbs|html?)$",
    re.IGNORECASE,
)
_FETCHES = re.compile(
    r"(^|\s)(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|MACROBUTTON|RD|DATABASE)(\s|$)"
)
_PULLS_IN = ("/aFChunk", "/subDocument", "/oleObject", "/package", "/control", "/attachedTemplate")
_HYPERLINK = "/hyperlink"
_XML = (".xml", ".rels")


def safe_members(path: Path) -> dict[str, bytes]:
    """All members of *path*.

    Raises:
        WordBroken (R216), WordActive (R125).
    """
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(_OLE):
        why = "tệp có mật khẩu hoặc lưu ở dạng .doc cũ"
        raise WordBroken("an OLE container", file=path.name, why=why)
    try:
        with zipfile.ZipFile(path) as package:
            members = _read(package, path.name)
    except (zipfile.BadZipFile, zlib_error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise WordBroken(
            f"zip: {error}", file=path.name, why="tệp hỏng hoặc chưa chép xong"
        ) from error
    if _DOCUMENT not in members:
        raise WordBroken("no document part", file=path.name, why="không phải tệp Word")
    try:
        _refuse_active(members, path.name)
    except etree.XMLSyntaxError as error:
        raise WordBroken(f"xml: {error}", file=path.name, why="bên trong tệp bị hỏng") from error
    return members


def refuse_unfinished(members: Mapping[str, bytes], file: str) -> None:
    """See that nothing in the text waits for somebody's decision.

    Raises:
        WordUnfinished (R126).
    """
    for name, data in members.items():
        if not (name.startswith("word/") and name.endswith(".xml")):
            continue
        root = parse(data)
        if next(root.iter(w("ins"), w("del"), w("moveFrom"), w("moveTo")), None) is not None:
            raise WordUnfinished(
                f"tracked changes in {name}", file=file, what="dấu vết sửa (Track Changes)"
            )
        if next(root.iter(w("commentReference")), None) is not None:
            raise WordUnfinished(f"comments in {name}", file=file, what="ghi chú (Comment)")


def _read(package: zipfile.ZipFile, file: str) -> dict[str, bytes]:
    parts = package.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    is_bomb = unpacked > _RATIO_FREE_BYTES and unpacked / packed > _MAX_RATIO
    largest = max((part.file_size for part in parts), default=0)
    if is_bomb or len(parts) > _MAX_PARTS or unpacked > _MAX_BYTES or largest > _MAX_MEMBER_BYTES:
        why = f"mở ra quá lớn ({unpacked >> 20} MB, {len(parts)} phần)"
        raise WordBroken(f"{unpacked} bytes in {len(parts)} parts", file=file, why=why)
    return {part.filename: package.read(part) for part in parts if not part.is_dir()}


def _refuse_active(members: Mapping[str, bytes], file: str) -> None:
    for name, data in members.items():
        if _RUNS.search(name):
            raise WordActive(f"part {name}", file=file, what="mã chạy (macro) hoặc tệp nhúng")
        if not name.endswith(_XML):
            continue
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise WordBroken(f"document type in {name}", file=file, why="bên trong tệp bị hỏng")
        if name.endswith(".rels"):
            _refuse_links(data, name, file)
        elif name.startswith("word/"):
            _refuse_fields(data, name, file)
    if b"macroEnabled" in members.get("[Content_Types].xml", b""):
        raise WordActive("macro enabled", file=file, what="mã chạy (macro)")


def _refuse_links(data: bytes, name: str, file: str) -> None:
    for link in parse(data):
        kind, mode = str(link.get("Type")), link.get("TargetMode")
        is_outside = mode == "External" and not kind.endswith(_HYPERLINK)
        if is_outside or kind.endswith(_PULLS_IN):
            raise WordActive(f"{kind} in {name}", file=file, what="liên kết kéo tệp khác vào")


def _refuse_fields(data: bytes, name: str, file: str) -> None:
    """Each field alone, and all of a paragraph together: one may be written in pieces, a run each."""
    for paragraph in parse(data).iter(w("p")):
        fields = paragraph.iter(w("instrText"), w("fldSimple"))
        pieces = [f"{node.text or ''}{node.get(w('instr')) or ''}".upper() for node in fields]
        if any(_FETCHES.search(piece) for piece in (*pieces, "".join(pieces))):
            what = "trường kéo tệp khác vào"
            raise WordActive(f"field {pieces} in {name}", file=file, what=what)
