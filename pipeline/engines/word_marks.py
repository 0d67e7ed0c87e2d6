"""A finished DOCX → the same with DỰ THẢO in its margins; a template's members → the same with the program's own mark.

The mark (which paper, which version) is a custom property: word processors keep those when they save.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from lxml import etree

from pipeline.engines.word_styles import W, parse, w
from pipeline.engines.word_zip import zipped

DRAFT_WORDS = "DỰ THẢO"
#: Name of the property that says which paper and version a file is of.
MARK = "vanthu_van_ban"

_CUSTOM = "docProps/custom.xml"
_TYPES = "[Content_Types].xml"
_ROOT_RELS = "_rels/.rels"
_DOCUMENT = "word/document.xml"
_DOCUMENT_RELS = "word/_rels/document.xml.rels"
_DRAFT_HEADER = "word/header_du_thao.xml"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#: The one format identifier that custom properties have (ISO/IEC 29500-1, 22.3.2).
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_NO_PROPERTIES = f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"/>'.encode()
#: Of the frame in the margin, in twentieths of a point from the page's corner.
_FRAME = {
    "w": "1500",
    "x": "150",
    "y": "1134",
    "wrap": "around",
    "vAnchor": "page",
    "hAnchor": "page",
}


def put_mark(members: dict[str, bytes], value: str) -> None:
    """Give the package the property :data:`MARK`; *value* may be a placeholder."""
    root = parse(members.get(_CUSTOM) or _NO_PROPERTIES)
    for old in root.findall(f"{{{_PROPERTIES}}}property"):
        if old.get("name") == MARK:
            root.remove(old)
    taken = [int(old.get("pid") or 1) for old in root.findall(f"{{{_PROPERTIES}}}property")]
    made = etree.SubElement(root, f"{{{_PROPERTIES}}}property")
    made.set("fmtid", _FORMAT_ID)
    made.set("pid", str(max([*taken, 1]) + 1))
    made.set("name", MARK)
    etree.SubElement(made, f"{{{_VALUES}}}lpwstr").text = value
    if _CUSTOM not in members:
        _name_part(members, f"/{_CUSTOM}", _CUSTOM_TYPE)
        _relate(members, _ROOT_RELS, "rIdVanthu", f"{_OFFICE}/custom-properties", _CUSTOM)
    members[_CUSTOM] = _xml(root)


def mark_of(members: Mapping[str, bytes]) -> str:
    """What :func:`put_mark` wrote; empty without."""
    if _CUSTOM not in members:
        return ""
    for one in parse(members[_CUSTOM]).findall(f"{{{_PROPERTIES}}}property"):
        if one.get("name") == MARK:
            return "".join(str(text) for text in one.itertext()).strip()
    return ""


def with_draft_words(data: bytes, font: str, size_pt: float) -> bytes:
    """*data* with DỰ THẢO in the left margin of every page."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {info.filename: package.read(info) for info in package.infolist()}
    document = parse(members[_DOCUMENT])
    targets = _header_targets(members)
    seen: set[str] = set()
    for section in document.iter(w("sectPr")):
        kinds = ["default", *(["first"] if section.find(w("titlePg")) is not None else [])]
        known = {one.get(w("type")): one for one in section.findall(w("headerReference"))}
        for kind in kinds:
            if kind in known:
                seen.add(targets[str(known[kind].get(f"{{{_OFFICE}}}id"))])
            else:
                reference = etree.Element(w("headerReference"), nsmap={"r": _OFFICE})
                reference.set(w("type"), kind)
                reference.set(f"{{{_OFFICE}}}id", "rIdDuThao")
                section.insert(0, reference)
    for name in sorted(seen):
        header = parse(members[name])
        header.insert(0, _framed(font, size_pt))
        members[name] = _xml(header)
    alone = etree.Element(w("hdr"), nsmap={"w": W})
    alone.extend([_framed(font, size_pt), etree.Element(w("p"))])
    members[_DRAFT_HEADER] = _xml(alone)
    members[_DOCUMENT] = _xml(document)
    _name_part(members, f"/{_DRAFT_HEADER}", _HEADER_TYPE)
    _relate(members, _DOCUMENT_RELS, "rIdDuThao", f"{_OFFICE}/header", "header_du_thao.xml")
    return zipped(members)


def _header_targets(members: Mapping[str, bytes]) -> dict[str, str]:
    relations = parse(members[_DOCUMENT_RELS]) if _DOCUMENT_RELS in members else []
    return {str(one.get("Id")): f"word/{one.get('Target')}" for one in relations}


def _framed(font: str, size_pt: float) -> etree._Element:
    paragraph = etree.Element(w("p"), nsmap={"w": W})
    properties = etree.SubElement(paragraph, w("pPr"))
    frame = etree.SubElement(properties, w("framePr"))
    for name, value in _FRAME.items():
        frame.set(w(name), value)
    run = etree.SubElement(paragraph, w("r"))
    look = etree.SubElement(run, w("rPr"))
    fonts = etree.SubElement(look, w("rFonts"))
    for side in ("ascii", "hAnsi", "cs"):
        fonts.set(w(side), font)
    etree.SubElement(look, w("b"))
    etree.SubElement(look, w("sz")).set(w("val"), str(round(size_pt * 2)))
    etree.SubElement(run, w("t")).text = DRAFT_WORDS
    return paragraph


def _name_part(members: dict[str, bytes], part: str, content_type: str) -> None:
    types = parse(members[_TYPES])
    made = etree.SubElement(types, f"{{{_PACKAGE}/content-types}}Override")
    made.set("PartName", part)
    made.set("ContentType", content_type)
    members[_TYPES] = _xml(types)


def _relate(members: dict[str, bytes], rels: str, key: str, kind: str, target: str) -> None:
    relations = parse(members[rels])
    made = etree.SubElement(relations, f"{{{_PACKAGE}/relationships}}Relationship")
    made.set("Id", key)
    made.set("Type", kind)
    made.set("Target", target)
    members[rels] = _xml(relations)


def _xml(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
