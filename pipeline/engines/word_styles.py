"""A layout profile → the ``VT …`` styles, page and margins inside a DOCX's XML."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.engines.profile import Character, Paragraph, Profile, Table, slug

#: How the names of our styles begin.
OURS = "VT "
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SECTION_ORDER = (
    *("headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar"),
    *("paperSrc", "pgBorders", "lnNumType", "pgNumType", "cols", "formProt", "vAlign"),
    *("noEndnote", "titlePg", "textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings"),
    "sectPrChange",
)
_DXA_PER_MM = 1440 / 25.4


def w(tag: str) -> str:
    """Clark name of a WordprocessingML tag or attribute."""
    return f"{{{W}}}{tag}"


def parse(data: bytes) -> etree._Element:
    """Parse one part, without entities or network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(data, parser)


def style_id(name: str) -> str:
    """The identifier our styles carry in every DOCX: the slug without hyphens, so that XML can name it."""
    return "".join(part.capitalize() for part in slug(name).split("-"))


def use_our_ids(root: etree._Element, styles: etree._Element) -> None:
    """Let *root* name our styles by our ids: editors rename ids as they save, but keep the names."""
    names = {style.get(w("styleId")): style_name(style) for style in styles.iter(w("style"))}
    for node in _style_uses(root):
        name = names.get(node.get(w("val")), "")
        if name.startswith(OURS):
            node.set(w("val"), style_id(name))


def unknown_styles(root: etree._Element, profile: Profile) -> list[str]:
    """Ids of ours that *root* uses and *profile* does not have, after :func:`use_our_ids`."""
    known = {style_id(name) for name in profile.style_names()}
    prefix = style_id(OURS)
    used = {str(node.get(w("val"))) for node in _style_uses(root)}
    return sorted(key for key in used if key.startswith(prefix) and key not in known)


def _style_uses(root: etree._Element) -> Iterator[etree._Element]:
    yield from root.iter(w("pStyle"), w("rStyle"), w("tblStyle"))


def style_name(style: etree._Element) -> str:
    """What people call a ``w:style``; empty without a name."""
    name = style.find(w("name"))
    return "" if name is None else str(name.get(w("val")))


def with_profile(styles_xml: bytes, profile: Profile) -> bytes:
    """*styles_xml* with every style of *profile* written anew and the default font set."""
    root = parse(styles_xml)
    by_name = {style_name(style): style for style in root.findall(w("style"))}
    for made in _all_styles(profile):
        old = by_name.get(style_name(made))
        if old is not None:
            root.remove(old)
        root.append(made)
    _default_font(root, profile)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def set_page(section: etree._Element, profile: Profile) -> None:
    """Write paper, margins and the distance of the page number into a ``w:sectPr``."""
    page = profile.page
    made = {tag: etree.Element(w(tag)) for tag in ("pgSz", "pgMar", "titlePg")}
    made["pgSz"].set(w("w"), dxa(page.width_mm))
    made["pgSz"].set(w("h"), dxa(page.height_mm))
    for side in ("top", "right", "bottom", "left"):
        made["pgMar"].set(w(side), dxa(getattr(page, f"{side}_mm")))
    made["pgMar"].set(w("header"), dxa(page.number_top_mm))
    made["pgMar"].set(w("footer"), dxa(page.foot_bottom_mm))
    made["pgMar"].set(w("gutter"), "0")
    for tag in made:
        for old in section.findall(w(tag)):
            section.remove(old)
    section.extend(made.values())
    # Word wants the children in the order of the standard (ISO/IEC 29500-1, 17.6.17)
    section[:] = sorted(section, key=lambda child: _SECTION_ORDER.index(_local(child)))


def _local(node: etree._Element) -> str:
    return str(etree.QName(node).localname)


def dxa(mm: float) -> str:
    """Millimetres as Word's twentieths of a point."""
    return str(round(mm * _DXA_PER_MM))


def _all_styles(profile: Profile) -> list[etree._Element]:
    return [
        *(_paragraph(style, profile.word_font) for style in profile.paragraphs),
        *(_character(style) for style in profile.characters),
        *(_table(style) for style in profile.tables),
    ]


def _new(kind: str, name: str) -> etree._Element:
    style = etree.Element(w("style"))
    style.set(w("type"), kind)
    style.set(w("customStyle"), "1")
    style.set(w("styleId"), style_id(name))
    _child(style, "name", val=name)
    _child(style, "qFormat")
    return style


def _child(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    node = etree.SubElement(parent, w(tag))
    for key, value in attributes.items():
        node.set(w(key), value)
    return node


def _paragraph(style: Paragraph, font: str) -> etree._Element:
    node = _new("paragraph", style.name)
    properties = _child(node, "pPr")
    if style.keep_next:
        _child(properties, "keepNext")
        _child(properties, "keepLines")
    _child(properties, "widowControl")
    if style.rule_pt:
        border = _child(properties, "pBdr")
        eighths = str(round(style.rule_pt * 8))
        _child(border, "top", val="single", sz=eighths, space="0", color="000000")
    if style.dots_mm:
        tabs = _child(properties, "tabs")
        _child(tabs, "tab", val="left", leader="dot", pos=dxa(style.dots_mm))
    spacing = _child(properties, "spacing", before=str(round(style.before_pt * 20)), after="0")
    if style.line_pt:
        spacing.set(w("line"), str(round(style.line_pt * 20)))
        spacing.set(w("lineRule"), "exact")
    _indent(properties, style)
    align = {"justify": "both"}.get(style.align, style.align)
    _child(properties, "jc", val=align)
    runs = _child(node, "rPr")
    _child(runs, "rFonts", ascii=font, hAnsi=font, cs=font, eastAsia=font)
    _run_look(runs, bold=style.bold, italic=style.italic)
    if style.colour:
        _child(runs, "color", val=style.colour.lstrip("#"))
    half_points = str(round(style.size_pt * 2))
    _child(runs, "sz", val=half_points)
    _child(runs, "szCs", val=half_points)
    if style.underline:
        _child(runs, "u", val="single")
    return node


def _indent(properties: etree._Element, style: Paragraph) -> None:
    side = (style.column_mm - style.rule_mm) / 2 if style.rule_mm else 0
    indent = _child(
        properties,
        "ind",
        left=dxa(style.left_mm + style.hanging_mm + side),
        right=dxa(style.right_mm + side),
    )
    if style.hanging_mm:
        indent.set(w("hanging"), dxa(style.hanging_mm))
    else:
        indent.set(w("firstLine"), dxa(style.first_line_mm))


def _run_look(properties: etree._Element, *, bold: bool, italic: bool) -> None:
    for wanted, tags in ((bold, ("b", "bCs")), (italic, ("i", "iCs"))):
        for tag in tags if wanted else ():
            _child(properties, tag)


def _character(style: Character) -> etree._Element:
    node = _new("character", style.name)
    _run_look(_child(node, "rPr"), bold=style.bold, italic=style.italic)
    return node


def _table(style: Table) -> etree._Element:
    node = _new("table", style.name)
    properties = _child(node, "tblPr")
    if style.border_pt:
        borders = _child(properties, "tblBorders")
        eighths = str(round(style.border_pt * 8))
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            _child(borders, side, val="single", sz=eighths, space="0", color="000000")
    margins = _child(properties, "tblCellMar")
    for side in ("left", "bottom", "right"):
        _child(margins, side, w=dxa(style.padding_mm), type="dxa")
    return node


def _default_font(root: etree._Element, profile: Profile) -> None:
    font = profile.word_font
    for fonts in root.iter(w("rFonts")):
        for key in list(fonts.attrib):
            if "Theme" in str(key):
                del fonts.attrib[key]
        for side in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(w(side), font)
