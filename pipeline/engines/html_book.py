"""Rows of a book → HTML of one run of its pages: A4 landscape, heads repeated, page numbers going on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from pipeline.engines.tables_xlsx import cell_text

#: A4 landscape without its margins.
_TEXT_WIDTH_MM = 297 - 2 * 12
_ALIGNS = frozenset(("center", "right"))
#: The two halves of «Trang x/y» meet in the middle: a run draws the first, ``total_html`` the second.
_PAGE_CSS = """
@page {{ size: A4 landscape; margin: 15mm 12mm 14mm;
  @bottom-left {{ content: {first_half}; width: 50%; text-align: right; font: 10pt "Liberation Serif"; }}
  @bottom-right {{ content: "{second_half}"; width: 50%; text-align: left; font: 10pt "Liberation Serif"; }} }}
@page :first {{ counter-reset: page {first_page}; }}
"""
_CSS = """
body { margin: 0; font: 11pt "Liberation Serif", serif; }
h1 { margin: 0; font-size: 13pt; text-align: center; }
h1 + table { margin-top: 4mm; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
thead { display: table-header-group; }
th, td { border: 0.5pt solid #000; padding: 0.8mm 1mm; vertical-align: top; overflow-wrap: anywhere; white-space: pre-line; }
th { text-align: center; vertical-align: middle; }
tr { break-inside: avoid; }
p { margin: 3mm 0 0; }
.khoa { break-inside: avoid; margin-top: 6mm; }
.khoa table { width: auto; margin: 2mm 0 0; }
.khoa td, .khoa th { padding: 0.8mm 3mm; }
.khoa table.ky { width: 100%; margin-top: 6mm; }
.ky td { border: none; width: 50%; text-align: center; white-space: pre-line; height: 42mm; }
.trong td { height: 9mm; }
"""
_COVER_CSS = """
@page { size: A4 landscape; margin: 25mm 30mm; }
body { margin: 0; font: 14pt "Liberation Serif", serif; text-align: center; }
p { margin: 0; line-height: 20pt; }
.dau { display: table; width: 100%; }
.ten { margin-top: 42mm; font-size: 26pt; line-height: 34pt; font-weight: bold; }
.dam { font-weight: bold; }
.muc { margin-top: 4mm; font-size: 16pt; line-height: 22pt; }
.khung { border: 2pt double #000; height: 150mm; padding: 6mm; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The page before the book: whose it is, what it is, and from where to where it goes."""

    #: Printed plain and bold at the top.
    parent: str
    body: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What ends a book: its totals, and who answers for it."""

    lines: tuple[str, ...]
    #: The first row is the head.
    totals: tuple[tuple[str, ...], ...] = ()
    #: Each the lines above a signature, side by side.
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLayout:
    """What stands around the rows."""

    columns: tuple[dict[str, Any], ...]
    title_lines: tuple[str, ...] = ()
    footer_lines: tuple[str, ...] = ()
    closing: Closing | None = None
    #: The rows are lines to be written on by hand.
    is_blank: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where in the book a run of pages stands."""

    #: Index of its first row in the whole book.
    first_row: int
    is_last: bool
    pages_before: int = 0


def run_html(layout: BookLayout, rows: Sequence[Sequence[str]], run: Run) -> str:
    """The HTML of one run; row *i* of the book has the id ``r<i>``."""
    css = _page_css('"Trang " counter(page) "/"', "", run.pages_before + 1)
    css += _CSS + _aligns(layout)
    head = "".join(f"<th>{_text(column['title'])}</th>" for column in layout.columns)
    body = "".join(_row(layout, cells, run.first_row + at) for at, cells in enumerate(rows))
    titles = (
        "".join(f"<h1>{_text(line)}</h1>" for line in layout.title_lines if line)
        if not run.first_row
        else ""
    )
    footer = _ending(layout) if run.is_last else ""
    blank = ' class="trong"' if layout.is_blank else ""
    title = _text(" – ".join(line for line in layout.title_lines if line))
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title><style>{css}</style></head>'
        f"<body>{titles}<table{blank}><colgroup>{_widths(layout)}</colgroup><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{footer}</body></html>"
    )


def cover_html(cover: Cover) -> str:
    """The page before the book."""
    lines = "".join(f'<p class="muc">{_text(line)}</p>' for line in cover.lines)
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{_text(cover.title)}</title>'
        f'<style>{_COVER_CSS}</style></head><body><div class="khung"><p>{_text(cover.parent)}</p>'
        f'<p class="dam">{_text(cover.body)}</p><p class="ten">{_text(cover.title)}</p>{lines}</div></body></html>'
    )


def _ending(layout: BookLayout) -> str:
    """What stands under the last row; a closing is never parted over two pages."""
    lines = "".join(f"<p>{_text(line)}</p>" for line in layout.footer_lines)
    closing = layout.closing
    if closing is None:
        return lines
    said = "".join(f"<p>{_text(line)}</p>" for line in closing.lines)
    head, *rest = closing.totals or ((),)
    totals = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    totals = f"<tr>{totals}</tr>" + "".join(
        "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rest
    )
    signed = "".join(f"<td>{_text(text)}</td>" for text in closing.signatures)
    places = f'<table class="ky"><tr>{signed}</tr></table>' if signed else ""
    return (
        f'<div class="khoa">{said}{f"<table>{totals}</table>" if rest else ""}{places}{lines}</div>'
    )


def total_html(total: int) -> str:
    """A page with nothing but the second half of «Trang x/y» where it belongs."""
    css = _page_css('""', str(total), 1)
    return f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><style>{css}</style></head></html>'


def _page_css(first_half: str, second_half: str, first_page: int) -> str:
    return _PAGE_CSS.format(first_half=first_half, second_half=second_half, first_page=first_page)


def _aligns(layout: BookLayout) -> str:
    """Once for each column: a style in every cell would be parsed again and again."""
    return "".join(
        f"td:nth-child({at}) {{ text-align: {column['align']}; }}\n"
        for at, column in enumerate(layout.columns, start=1)
        if column.get("align") in _ALIGNS
    )


def _widths(layout: BookLayout) -> str:
    """The columns shared out over the width of the page in the proportion of their widths."""
    widths = [max(1.0, float(column.get("width") or 30)) for column in layout.columns]
    scale = _TEXT_WIDTH_MM / sum(widths)
    return "".join(f'<col style="width: {width * scale:.2f}mm">' for width in widths)


def _row(layout: BookLayout, cells: Sequence[str], index: int) -> str:
    parts = [f"<td>{_text(cell)}</td>" for cell in cells[: len(layout.columns)]]
    parts += ["<td></td>"] * (len(layout.columns) - len(parts))
    return f'<tr id="r{index}">{"".join(parts)}</tr>'


def _text(value: str) -> str:
    return escape(cell_text(value))
