"""Rows of a book → HTML of one run of its pages: A4 landscape, heads repeated, page numbers going on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from pipeline.engines.tables_xlsx import cell_text

#: A4 landscape without its margins.
_TEXT_WIDTH_MM = 297 - 2 * 12
_ALIGNS = frozenset(("left", "center", "right"))
_CSS = """
@page {{ size: A4 landscape; margin: 15mm 12mm 14mm;
  @bottom-center {{ content: "Trang " counter(page) "/{total}"; font: 10pt "Liberation Serif"; }} }}
@page :first {{ counter-reset: page {first_page}; }}
body {{ margin: 0; font: 11pt "Liberation Serif", serif; }}
h1 {{ margin: 0; font-size: 13pt; text-align: center; }}
h1 + table {{ margin-top: 4mm; }}
table {{ border-collapse: collapse; table-layout: fixed; width: 100%; }}
thead {{ display: table-header-group; }}
th, td {{ border: 0.5pt solid #000; padding: 0.8mm 1mm; vertical-align: top; overflow-wrap: anywhere; white-space: pre-line; }}
th {{ text-align: center; vertical-align: middle; }}
tr {{ break-inside: avoid; }}
p {{ margin: 3mm 0 0; }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLayout:
    """What stands around the rows."""

    columns: tuple[dict[str, Any], ...]
    title_lines: tuple[str, ...] = ()
    footer_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where in the book a run of pages stands."""

    #: Index of its first row in the whole book.
    first_row: int
    is_last: bool
    pages_before: int = 0
    #: Pages of the whole book; None while they are being counted.
    total: int | None = None


def run_html(layout: BookLayout, rows: Sequence[Sequence[str]], run: Run) -> str:
    """The HTML of one run; row *i* of the book has the id ``r<i>``."""
    # while counting, a number as wide as any that will come
    css = _CSS.format(total=run.total or 99999, first_page=run.pages_before + 1)
    head = "".join(f"<th>{_text(column['title'])}</th>" for column in layout.columns)
    body = "".join(_row(layout, cells, run.first_row + at) for at, cells in enumerate(rows))
    titles = (
        "".join(f"<h1>{_text(line)}</h1>" for line in layout.title_lines if line)
        if not run.first_row
        else ""
    )
    footer = "".join(f"<p>{_text(line)}</p>" for line in layout.footer_lines) if run.is_last else ""
    title = _text(" – ".join(line for line in layout.title_lines if line))
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title><style>{css}</style></head>'
        f"<body>{titles}<table><colgroup>{_widths(layout)}</colgroup><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{footer}</body></html>"
    )


def _widths(layout: BookLayout) -> str:
    """The columns shared out over the width of the page in the proportion of their widths."""
    widths = [max(1.0, float(column.get("width") or 30)) for column in layout.columns]
    scale = _TEXT_WIDTH_MM / sum(widths)
    return "".join(f'<col style="width: {width * scale:.2f}mm">' for width in widths)


def _row(layout: BookLayout, cells: Sequence[str], index: int) -> str:
    parts = []
    for column, cell in zip(layout.columns, cells, strict=False):
        align = column.get("align")
        style = f' style="text-align: {align}"' if align in _ALIGNS and align != "left" else ""
        parts.append(f"<td{style}>{_text(cell)}</td>")
    parts += ["<td></td>"] * (len(layout.columns) - len(parts))
    return f'<tr id="r{index}">{"".join(parts)}</tr>'


def _text(value: str) -> str:
    return escape(cell_text(value))
