"""What papers follow → the HTML of the sheets that lie between them in a stack that was printed as one job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pipeline.engines.tables_xlsx import cell_text

_CSS = """
@page {{ size: {paper_size}; margin: 15mm 18mm; }}
body {{ margin: 0; font: 13pt "Liberation Serif", serif; }}
section {{ break-after: page; }}
section:last-child {{ break-after: auto; }}
p {{ margin: 0 0 3mm; }}
.vach {{ background: #000; height: 9mm; }}
.loai {{ margin: 5mm 0 14mm; font-size: 11pt; letter-spacing: 1pt; }}
.ten {{ font-size: 34pt; line-height: 40pt; font-weight: bold; overflow-wrap: anywhere; }}
.trich {{ font-size: 16pt; line-height: 22pt; margin-bottom: 10mm; }}
.chan {{ position: absolute; bottom: 0; left: 0; right: 0; font-size: 11pt; border-top: 0.5pt solid #000; padding-top: 2mm; }}
section {{ position: relative; height: {height_mm}mm; }}
"""
#: Height of the page without its margins.
_HEIGHTS_MM = {"A3": 420 - 30, "A4": 297 - 30, "A5": 210 - 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Separator:
    """One sheet: the paper that follows it."""

    #: As people call it.
    name: str
    subject: str
    #: Which of how many, of which copy, how long.
    lines: tuple[str, ...]
    #: Who printed, when, under which code.
    foot: str


def separators_html(separators: Sequence[Separator], paper_size: str) -> str:
    """One page for each."""
    css = _CSS.format(paper_size=paper_size, height_mm=_HEIGHTS_MM[paper_size] - 1)
    body = "".join(_sheet(one) for one in separators)
    return (
        '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Tờ ngăn</title>'
        f"<style>{css}</style></head><body>{body}</body></html>"
    )


def _sheet(one: Separator) -> str:
    lines = "".join(f"<p>{_text(line)}</p>" for line in one.lines)
    return (
        '<section><div class="vach"></div><p class="loai">TỜ NGĂN – KHÔNG PHẢI VĂN BẢN</p>'
        f'<p class="ten">{_text(one.name)}</p><p class="trich">{_text(one.subject)}</p>{lines}'
        f'<p class="chan">{_text(one.foot)}</p></section>'
    )


def _text(value: str) -> str:
    return escape(cell_text(value))
