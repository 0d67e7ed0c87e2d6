"""Markdown (CommonMark and tables, no HTML) → blocks: phần, chương, mục, điều, khoản, điểm … that both media draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from pipeline.errors.rendering import TextTooDeep


class BlockKind(StrEnum):
    """What a block is; the value is the name of its style without ``VT``."""

    PHAN = "Phần"
    TEN_PHAN = "Tên phần"
    CHUONG = "Chương"
    TEN_CHUONG = "Tên chương"
    MUC = "Mục"
    TEN_MUC = "Tên mục"
    DIEU = "Điều"
    DE_MUC = "Đề mục"
    DE_MUC_NHO = "Đề mục nhỏ"
    KHOAN = "Khoản"
    DIEM = "Điểm"
    DOAN = "Thân"
    GACH_DAU_DONG = "Gạch đầu dòng"
    BANG = "Bảng kẻ"

    @property
    def style(self) -> str:
        """Name of the style in the profile."""
        return f"VT {self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Letters of one look."""

    text: str
    bold: bool = False
    italic: bool = False


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, or one table (then *rows* and no *runs*; the first row is its head)."""

    kind: BlockKind
    runs: Line = ()
    rows: tuple[tuple[Line, ...], ...] = ()

    @property
    def text(self) -> str:
        """Its letters, without look."""
        return "".join(run.text for run in self.runs)


_NAMED = {
    "phần": (BlockKind.PHAN, BlockKind.TEN_PHAN),
    "chương": (BlockKind.CHUONG, BlockKind.TEN_CHUONG),
    "mục": (BlockKind.MUC, BlockKind.TEN_MUC),
}
#: «Phần thứ nhất», «Chương II», «Mục 3», then perhaps a name after a dot, colon or dash.
_LABEL = re.compile(
    r"(?i)^((phần|chương|mục)\s+(?:thứ\s+\w+|[ivxlc]+|\d+))\s*(?:[.:–—-]\s*|\s+|$)(.*)$", re.DOTALL
)
_DIEU = re.compile(r"^Điều\s+\d+[a-zđ]?\s*[.:]")
_DIEM = re.compile(r"^[a-zđ]\d?\)\s")
#: Of the parser's levels; a list takes two.
_DEEPEST = 20
_SIGNS = {"*": "-", "-": "-", "+": "+"}
#: Links and pictures too: on paper an address that is not printed is lost, and their search for brackets is quadratic.
_OFF = [
    *("html_block", "html_inline", "code", "fence", "lheading", "reference", "autolink", "entity"),
    *("link", "image"),
]


def parse_blocks(markdown: str) -> tuple[Block, ...]:
    """The blocks of *markdown*, in order; nothing of its words is lost or renumbered.

    Raises:
        TextTooDeep (R122): nested beyond what any paper needs.
    """
    blocks: list[Block] = []
    tokens = _parser().parse(markdown)
    _check_depth(tokens)
    for block in _walk(SyntaxTreeNode(tokens)):
        blocks.extend(_name_in_capitals(block, blocks))
    return tuple(blocks)


@cache
def _parser() -> MarkdownIt:
    # Beyond its own limit the parser drops words without a sound: ours is reached first.
    options = {"html": False, "linkify": False, "maxNesting": 2 * _DEEPEST}
    return MarkdownIt("commonmark", options).enable("table").disable(_OFF)


def _check_depth(tokens: Iterable[Token]) -> None:
    for token in tokens:
        inside = max((child.level for child in token.children or ()), default=0)
        if max(token.level, inside) > _DEEPEST:
            raise TextTooDeep(f"level {max(token.level, inside)}", limit=_DEEPEST // 2)


def _walk(node: SyntaxTreeNode) -> Iterator[Block]:
    match node.type:
        case "heading":
            yield from _paragraphs(_lines(node.children[0].token), "", int(node.tag[1]))
        case "paragraph":
            yield from _paragraphs(_lines(node.children[0].token), "", 0)
        case "bullet_list" | "ordered_list":
            for item in node.children:
                yield from _item(item, _SIGNS.get(node.markup) or f"{item.info}{node.markup}")
        case "table":
            yield _table(node)
        case _:
            for child in node.children:
                yield from _walk(child)


def _item(item: SyntaxTreeNode, label: str) -> Iterator[Block]:
    """The blocks of a list item; its label stands before the first paragraph, or alone before anything else."""
    first, *rest = item.children or (None,)
    if first is not None and first.type == "paragraph":
        yield from _paragraphs(_lines(first.children[0].token), label, 0)
    else:
        yield _block((), label, 0)
        rest = list(item.children)
    for child in rest:
        if child is not None:
            yield from _walk(child)


def _paragraphs(lines: list[Line], label: str, heading: int) -> Iterator[Block]:
    """Blocks of one run of text: a line that starts a điểm stands alone, other lines flow on."""
    pending: Line = ()
    for line in lines:
        if pending and _DIEM.match(_text(line)):
            yield _block(pending, label, heading)
            pending, label = line, ""
        else:
            pending = (*pending, Run(text=" "), *line) if pending else line
    if pending:
        yield _block(pending, label, heading)


def _block(runs: Line, label: str, heading: int) -> Block:
    text = _text(runs)
    if label:
        kind = BlockKind.KHOAN if label[0].isdigit() else BlockKind.GACH_DAU_DONG
        return Block(kind=kind, runs=(Run(text=f"{label} "), *runs))
    named = _LABEL.match(text)
    if heading and named:
        return Block(kind=_NAMED[named[2].lower()][0], runs=runs)
    if heading:
        small = BlockKind.DE_MUC_NHO if heading > 3 else BlockKind.DE_MUC
        return Block(kind=BlockKind.DIEU if _DIEU.match(text) else small, runs=runs)
    if dieu := _DIEU.match(text):
        return Block(kind=BlockKind.KHOAN, runs=_bold_start(runs, dieu.end()))
    return Block(kind=BlockKind.DIEM if _DIEM.match(text) else BlockKind.DOAN, runs=runs)


def _name_in_capitals(block: Block, before: list[Block]) -> Iterator[Block]:
    """Split «Chương I. Quy định chung» into label and name; a heading after a bare label is its name."""
    for label_kind, name_kind in _NAMED.values():
        if block.kind is label_kind and (found := _LABEL.match(block.text)):
            yield Block(kind=label_kind, runs=(Run(text=found[1]),))
            if name := found[3].strip():
                yield Block(kind=name_kind, runs=(Run(text=name.upper()),))
            return
        if block.kind is BlockKind.DE_MUC and before and before[-1].kind is label_kind:
            yield Block(kind=name_kind, runs=(Run(text=block.text.upper()),))
            return
    yield block


def _bold_start(runs: Line, length: int) -> Line:
    first = runs[0]
    if len(first.text) < length:
        return runs
    return (
        replace(first, text=first.text[:length], bold=True),
        replace(first, text=first.text[length:]),
        *runs[1:],
    )


def _lines(inline: Token | None) -> list[Line]:
    """Runs of an inline token, cut at its line breaks."""
    lines: list[list[Run]] = [[]]
    bold = italic = 0
    for child in (inline.children if inline else None) or ():
        match child.type:
            case "strong_open" | "strong_close":
                bold += child.nesting
            case "em_open" | "em_close":
                italic += child.nesting
            case "softbreak" | "hardbreak":
                lines.append([])
            case _ if child.content:
                run = Run(text=child.content, bold=bold > 0, italic=italic > 0)
                lines[-1].append(run)
    return [tuple(line) for line in lines if line]


def _table(table: SyntaxTreeNode) -> Block:
    rows = [
        tuple(_one_line(cell.children[0].token) for cell in row.children)
        for part in table.children
        for row in part.children
    ]
    return Block(kind=BlockKind.BANG, rows=tuple(rows))


def _one_line(inline: Token | None) -> Line:
    return tuple(run for line in _lines(inline) for run in line)


def _text(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)
