"""Blocks → WordprocessingML, in the named styles and nothing else."""

from __future__ import annotations

from markupsafe import escape

from pipeline.engines.blocks import Block, BlockKind, Line, Run
from pipeline.engines.profile import Profile
from pipeline.engines.word_styles import dxa, style_id

_LOOKS = {
    (True, False): style_id("VT Đậm"),
    (False, True): style_id("VT Nghiêng"),
    (True, True): style_id("VT Đậm nghiêng"),
}


def draw_blocks(blocks: tuple[Block, ...], profile: Profile) -> str:
    """The paragraphs and tables of *blocks*, to stand in a ``w:body`` or ``w:tc``."""
    return "".join(
        _table(block, profile)
        if block.kind is BlockKind.BANG
        else _paragraph(block.kind.style, block.runs)
        for block in blocks
    )


def _paragraph(style: str, runs: Line) -> str:
    inner = "".join(map(_run, runs))
    return f'<w:p><w:pPr><w:pStyle w:val="{style_id(style)}"/></w:pPr>{inner}</w:p>'


def _run(run: Run) -> str:
    look = _LOOKS.get((run.bold, run.italic))
    properties = f'<w:rPr><w:rStyle w:val="{look}"/></w:rPr>' if look else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(run.text)}</w:t></w:r>'


def _table(block: Block, profile: Profile) -> str:
    columns = max(len(row) for row in block.rows)
    width = dxa(profile.page.text_mm / columns)
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    rows = "".join(_row(row, columns, width, head=at == 0) for at, row in enumerate(block.rows))
    style = style_id(block.kind.style)  # «VT Bảng kẻ» is a table style
    return _paragraph("VT Khe", ()) + (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="5000" w:type="pct"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>" + _paragraph("VT Sau bảng", ())
    )


def _row(row: tuple[Line, ...], columns: int, width: str, *, head: bool) -> str:
    style = "VT Đầu bảng" if head else "VT Ô bảng"
    repeat = "<w:tblHeader/>" if head else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(style, runs)}</w:tc>'
        for runs in (*row, *((),) * (columns - len(row)))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{cells}</w:tr>"
