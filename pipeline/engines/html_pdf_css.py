"""A layout profile → the CSS rules of its named styles, page and columns."""

from __future__ import annotations

from pipeline.engines.profile import Paragraph, Profile, slug

_PT_PER_MM = 72 / 25.4
#: Width of a full stop in Times and its twins.
_DOT_EM = 0.25

#: What both media share and no profile changes.
_BASE = """
body { margin: 0; padding: 0; font-weight: normal; overflow-wrap: anywhere; }
p, div, td, th, h1, h2, h3 { margin: 0; padding: 0; font-size: inherit; font-weight: inherit; }
p { orphans: 2; widows: 2; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
td, th { vertical-align: top; text-align: left; font-weight: inherit; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
.vt-lien-khoi { break-inside: avoid; }
/* the last paragraph goes with the signatures to the next page: they never stand there alone */
.vt-truoc-khoi-ky { break-before: avoid; }
.vt-mot-dong { white-space: nowrap; }
"""


def css(profile: Profile) -> str:
    """All rules that *profile* makes."""
    page = profile.page
    foot_mm = page.foot_bottom_mm - page.bottom_mm
    rules = [_page_rules(profile), _BASE, f'body {{ font-family: "{profile.pdf_font}"; }}']
    # small print stands in the bottom margin, so that no content can push it away
    rules += [f".vt-chan-trang {{ position: absolute; left: 0; right: 0; bottom: {foot_mm}mm; }}"]
    rules += [_paragraph_rule(style) for style in profile.paragraphs]
    rules += [
        f".{style.slug} {{ font-weight: {'bold' if style.bold else 'inherit'};"
        f" font-style: {'italic' if style.italic else 'inherit'}; }}"
        for style in profile.characters
    ]
    for table in profile.tables:
        if table.border_pt:
            rules.append(
                f"table.{table.slug} > * > tr > td, table.{table.slug} > * > tr > th"
                f" {{ border: {table.border_pt}pt solid #000; padding: 0 {table.padding_mm}mm {table.padding_mm}mm; }}"
            )
    for name, widths in profile.columns.items():
        rules += [
            f"col.vt-cot-{slug(name)}-{at} {{ width: {width}mm; }}"
            for at, width in enumerate(widths, start=1)
        ]
    return "\n".join(rules)


def _page_rules(profile: Profile) -> str:
    page = profile.page
    return f"""
@page {{ size: {page.width_mm}mm {page.height_mm}mm;
  margin: {page.top_mm}mm {page.right_mm}mm {page.bottom_mm}mm {page.left_mm}mm;
  @top-center {{ content: counter(page); font: {page.number_pt}pt "{profile.pdf_font}";
    vertical-align: top; padding-top: {page.number_top_mm}mm; line-height: 1; }} }}
@page :first {{ @top-center {{ content: none; }} }}
"""


def _paragraph_rule(style: Paragraph) -> str:
    parts = [
        f"font-size: {style.size_pt}pt",
        f"line-height: {f'{style.line_pt}pt' if style.line_pt else 'normal'}",
        # an empty paragraph is as high as in Word
        f"min-height: {style.line_pt}pt",
        f"text-align: {style.align}",
        f"margin: {style.before_pt}pt {style.right_mm}mm 0 {style.left_mm + style.hanging_mm}mm",
        f"text-indent: {style.first_line_mm - style.hanging_mm}mm",
        f"font-weight: {'bold' if style.bold else 'normal'}",
        f"font-style: {'italic' if style.italic else 'normal'}",
    ]
    parts += ["text-decoration: underline"] if style.underline else []
    parts += ["break-after: avoid", "break-inside: avoid"] if style.keep_next else []
    parts += [f"color: {style.colour}"] if style.colour else []
    if style.rule_pt:
        parts += [f"border-top: {style.rule_pt}pt solid #000", f"height: {style.line_pt}pt"]
        parts += ["box-sizing: border-box"]
    if style.rule_mm:
        parts += [f"width: {style.rule_mm}mm", "margin-left: auto", "margin-right: auto"]
    return f".{style.slug} {{ {'; '.join(parts)}; }}{_dots(style)}"


def _dots(style: Paragraph) -> str:
    """A line of dots, set as letters: a dotted border is drawn dot by dot and takes a fifth of the page's time."""
    count = int(style.dots_mm * _PT_PER_MM / (style.size_pt * _DOT_EM))
    return f'\n.{style.slug}::after {{ content: "{"." * count}"; }}' if count else ""
