"""The inside of a DOCX template: its members, the shared parts it calls by ``[[ _shared/ky ]]``, its QR picture."""

from __future__ import annotations

import copy
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from pipeline.engines.word_styles import parse, use_our_ids, w
from pipeline.errors.rendering import SharedPartMissing

_CALL = re.compile(r"^\s*\[\[\s*((?:_shared/)?[a-z0-9_-]+)\s*\]\]\s*$")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/"
_PART = re.compile(r"word/(document|header\d*|footer\d*)\.xml$")
_MAX_MEMBER_BYTES = 20_000_000
_MAX_DEPTH = 4


def read_members(path: Path) -> dict[str, bytes]:
    """All members of a DOCX in file order, of bounded size."""
    members = {}
    with zipfile.ZipFile(path) as package:
        for info in package.infolist():
            if info.file_size > _MAX_MEMBER_BYTES:
                message = f"{info.filename}: {info.file_size} bytes"
                raise zipfile.BadZipFile(message)
            members[info.filename] = package.read(info)
    members["word/document.xml"]
    return members


def inline_parts(
    document: etree._Element, *, body: Path, shared_dir: Path, depth: int = 0, marked: bool = False
) -> None:
    """Put the content of each called part in the place of the paragraph that calls it.

    *marked* leaves a comment where a part begins and ends, so that its faults can be told as its own.
    """
    for paragraph in list(document.iter(w("p"))):
        text = "".join(node.text or "" for node in paragraph.iter(w("t")))
        call = _CALL.match(text)
        if call is None:
            continue
        path = _part_path(call[1], body.parent, shared_dir)
        part = _read_part(path, body, call[1])
        if depth < _MAX_DEPTH:
            inline_parts(part, body=path, shared_dir=shared_dir, depth=depth + 1, marked=marked)
        if marked:
            paragraph.addprevious(etree.Comment(f"[[{call[1]}.docx"))
        for node in part:
            if node.tag != w("sectPr"):
                paragraph.addprevious(copy.deepcopy(node))
        if marked:
            paragraph.addprevious(etree.Comment("]]"))
        _parent(paragraph).remove(paragraph)


def picture_member(members: Mapping[str, bytes], name: str) -> str:
    """Member of the picture called *name* in body, header or footer; empty when there is none."""
    for member, data in members.items():
        part = _PART.match(member)
        if part is None or name.encode() not in data:
            continue
        for properties in parse(data).iter(f"{_DRAWING}wordprocessingDrawing}}docPr"):
            if name in {properties.get("descr"), properties.get("name")}:
                blip = next(_parent(properties).iter(f"{_DRAWING}main}}blip"))
                relations = parse(members[f"word/_rels/{part[1]}.xml.rels"])
                wanted = blip.get(f"{_RELATION}embed")
                return next(f"word/{r.get('Target')}" for r in relations if r.get("Id") == wanted)
    return ""


def _parent(node: etree._Element) -> etree._Element:
    parent = node.getparent()
    if parent is None:
        message = f"{node.tag} has no parent"
        raise KeyError(message)
    return parent


def _part_path(name: str, kind_dir: Path, shared_dir: Path) -> Path:
    folder = shared_dir if name.startswith("_shared/") else kind_dir
    return folder / f"{name.removeprefix('_shared/')}.docx"


def _read_part(path: Path, body: Path, name: str) -> etree._Element:
    try:
        members = read_members(path)
        part = parse(members["word/document.xml"]).find(w("body"))
        styles = parse(members["word/styles.xml"])
    except (OSError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise SharedPartMissing(
            f"{body}: part {name}: {error!r}", file=body.name, part=name, reason=str(error)
        ) from error
    if part is None:
        raise SharedPartMissing(f"{path} is empty", file=body.name, part=name, reason="tệp trống")
    if any(str(key).startswith(_RELATION) for node in part.iter() for key in node.attrib):
        reason = "phần dùng chung không được có ảnh hay liên kết"
        raise SharedPartMissing(f"{path} has relations", file=body.name, part=name, reason=reason)
    use_our_ids(part, styles)
    return part
