"""A DOCX template → what in it goes past the named styles, and what reaches outside."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.engines.profile import Profile
from pipeline.engines.word_parts import read_members
from pipeline.engines.word_styles import parse, style_name, w

_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml$")
#: What may stand in properties: the name of a style, what Word adds by itself, and the bare build of a table.
_ALLOWED = {
    "pPr": {"pStyle", "rPr", "sectPr"},
    "rPr": {"rStyle", "lang", "noProof"},
    "tblPr": {"tblStyle", "tblW", "tblLayout", "tblLook"},
    "tcPr": {"tcW", "gridSpan", "vMerge"},
    "trPr": {"cantSplit", "tblHeader"},
}
_SPOKEN = {
    "b": "chữ đậm",
    "i": "chữ nghiêng",
    "u": "gạch chân",
    "sz": "cỡ chữ",
    "szCs": "cỡ chữ",
    "rFonts": "phông chữ",
    "color": "màu chữ",
    "highlight": "tô nền chữ",
    "jc": "căn lề",
    "ind": "thụt lề",
    "spacing": "giãn dòng, giãn chữ",
    "tcBorders": "kẻ khung ô",
    "tblBorders": "kẻ khung bảng",
    "shd": "tô nền",
    "numPr": "đánh số tự động",
    "tabs": "điểm dừng tab",
    "trHeight": "chiều cao dòng",
    "vAlign": "căn giữa ô",
}
_ONLY_TAGS = re.compile(r"(\s|\{%.*?%\}|\[\[.*?\]\])*", re.DOTALL)
_REACHING_FIELD = re.compile(r"\b(INCLUDETEXT|INCLUDEPICTURE|LINK|DDEAUTO|DDE|HYPERLINK|IMPORT)\b")
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\\\\")
_CARRIED = re.compile(r"word/(embeddings|activeX)/|vbaProject\.bin$|/?afchunk", re.IGNORECASE)
_SHOWN = 60

Flaw = dict[str, Any]


def lint_word(path: Path, name: str, profile: Profile) -> Iterator[Flaw]:
    """What is to mend in the DOCX at *path*, called *name* in messages; nothing where it cannot be opened."""
    try:
        members = read_members(path)
        styles = _style_names(members)
        for member, data in members.items():
            if _PARTS.match(member):
                yield from _part(parse(data), styles, _place(name, member), profile)
        yield from _links(members, name)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return  # told when the kind is compiled


def _style_names(members: Mapping[str, bytes]) -> dict[str, str]:
    if "word/styles.xml" not in members:
        return {}
    styles = parse(members["word/styles.xml"]).iter(w("style"))
    return {str(style.get(w("styleId"))): style_name(style) for style in styles}


def _place(name: str, member: str) -> str:
    part = member.removeprefix("word/").removesuffix(".xml")
    spoken = {"header": "đầu trang", "footer": "chân trang"}.get(part.rstrip("0123456789"))
    return f"{name}, {spoken}" if spoken else name


def _part(
    root: etree._Element, styles: Mapping[str, str], place: str, profile: Profile
) -> Iterator[Flaw]:
    known = profile.style_names()
    for paragraph in root.iter(w("p")):
        text = "".join(node.text or "" for node in paragraph.iter(w("t")))
        near = f" ở đoạn «{' '.join(text.split())[:_SHOWN]}»" if text.strip() else ""
        for what in sorted(_by_hand(paragraph)):
            yield _flaw("DirectFormatting", place, what=what, paragraph=near)
        if paragraph.find(f"{w('pPr')}/{w('pStyle')}") is None and not _ONLY_TAGS.fullmatch(text):
            yield _flaw("StyleNotOurs", place, style="Normal", paragraph=near, nearest="")
        for node in paragraph.iter(w("pStyle"), w("rStyle")):
            style = styles.get(str(node.get(w("val"))), str(node.get(w("val"))))
            if style not in known:
                yield _flaw("StyleNotOurs", place, style=style, paragraph=near, nearest="")
    for table in root.iter(w("tbl")):
        near = f" ở bảng «{_first_words(table)}»"
        for what in sorted(_table_by_hand(table)):
            yield _flaw("DirectFormatting", place, what=what, paragraph=near)
        used = table.find(f"{w('tblPr')}/{w('tblStyle')}")
        style = styles.get(str(used.get(w("val"))), "") if used is not None else "Table Normal"
        if style not in known:
            yield _flaw("StyleNotOurs", place, style=style, paragraph=near, nearest="")


def _by_hand(paragraph: etree._Element) -> set[str]:
    found = set()
    for holder in ("pPr", "rPr"):
        for properties in paragraph.iter(w(holder)):
            found |= _not_allowed(properties, holder)
    return found


def _table_by_hand(table: etree._Element) -> set[str]:
    """Of this table only: tables in its cells are asked by themselves."""
    rows = table.findall(w("tr"))
    cells = [cell for row in rows for cell in row.findall(w("tc"))]
    found = set()
    for holder, owners in (("tblPr", [table]), ("trPr", rows), ("tcPr", cells)):
        for owner in owners:
            properties = owner.find(w(holder))
            if properties is not None:
                found |= _not_allowed(properties, holder)
    return found


def _not_allowed(properties: etree._Element, holder: str) -> set[str]:
    found = set()
    for node in properties:
        if not isinstance(node.tag, str):
            continue
        tag = etree.QName(node).localname
        # Word notes by itself which of its fonts a letter wants
        is_hint = tag == "rFonts" and set(node.attrib) == {w("hint")}
        if tag not in _ALLOWED[holder] and not is_hint:
            found.add(_SPOKEN.get(tag, tag))
    return found


def _first_words(table: etree._Element) -> str:
    texts = (node.text or "" for node in table.iter(w("t")))
    return " ".join(" ".join(texts).split())[:_SHOWN]


def _links(members: Mapping[str, bytes], name: str) -> Iterator[Flaw]:
    for member, data in members.items():
        if _CARRIED.search(member):
            yield _flaw("OutsideLink", name, target=member, why="tệp nhúng hoặc macro")
        if member.endswith(".rels"):
            for relation in parse(data):
                target = relation.get("Target", "")
                if relation.get("TargetMode") == "External" or _ABSOLUTE.match(target):
                    yield _flaw("OutsideLink", name, target=target, why="liên kết ngoài của Word")
        if _PARTS.match(member):
            for field in parse(data).iter(w("instrText"), w("fldSimple")):
                code = field.text or field.get(w("instr")) or ""
                if _REACHING_FIELD.search(code):
                    target = " ".join(code.split())[:_SHOWN]
                    yield _flaw(
                        "OutsideLink", _place(name, member), target=target, why="trường của Word"
                    )


def _flaw(error: str, where: str, **values: str) -> Flaw:
    return {"error": error, "where": where, "values": values}
