"""Blocks → HTML, in the named classes and nothing else."""

from __future__ import annotations

from markupsafe import escape

from pipeline.engines.blocks import Block, BlockKind, Line, Run
from pipeline.engines.profile import slug

_HEADINGS = {
    BlockKind.PHAN: "h1",
    BlockKind.CHUONG: "h2",
    BlockKind.MUC: "h3",
    BlockKind.DIEU: "h4",
    BlockKind.DE_MUC: "h4",
    BlockKind.DE_MUC_NHO: "h5",
}
_LOOKS = {
    (True, False): slug("VT Đậm"),
    (False, True): slug("VT Nghiêng"),
    (True, True): slug("VT Đậm nghiêng"),
}


def draw_blocks(blocks: tuple[Block, ...]) -> str:
    """The paragraphs, headings and tables of *blocks*."""
    return "\n".join(_table(b) if b.kind is BlockKind.BANG else _paragraph(b) for b in blocks)


def _paragraph(block: Block) -> str:
    tag = _HEADINGS.get(block.kind, "p")
    inner = "".join(map(_run, block.runs))
    return f'<{tag} class="{slug(block.kind.style)}">{inner}</{tag}>'


def _run(run: Run) -> str:
    look = _LOOKS.get((run.bold, run.italic))
    text = str(escape(run.text))
    return f'<span class="{look}">{text}</span>' if look else text


def _table(block: Block) -> str:
    columns = max(len(row) for row in block.rows)
    head, *rest = block.rows
    body = "".join(_row(row, columns, "td", "VT Ô bảng") for row in rest)
    return (
        f'<div class="{slug("VT Khe")}"></div><table class="{slug(block.kind.style)}"><thead>{_row(head, columns, "th", "VT Đầu bảng")}</thead>'
        f'<tbody>{body}</tbody></table><div class="{slug("VT Sau bảng")}"></div>'
    )


def _row(row: tuple[Line, ...], columns: int, tag: str, style: str) -> str:
    cells = "".join(
        f'<{tag}><p class="{slug(style)}">{"".join(map(_run, runs))}</p></{tag}>'
        for runs in (*row, *((),) * (columns - len(row)))
    )
    return f"<tr>{cells}</tr>"
