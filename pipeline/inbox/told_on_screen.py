"""What became of a drop → one line for the window of the running office.

A name may be secret itself: where something in a drop may bear a mark of secrecy, its folder alone is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.errors.base import Problem, RecordRejected
from pipeline.errors.intake import SecrecyDoubtful, SecrecyMark, SecrecyUnlooked
from pipeline.errors.numbering import NumberOfSecret
from pipeline.inbox.answer_text import done_line, signed_line
from pipeline.inbox.stack_notes import is_parted
from pipeline.inbox.stacks import holds_secret
from pipeline.sheet_context import short_id
from pipeline.signed_back import FOLDER
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView

_OF_SECRECY = frozenset(
    one.code for one in (SecrecyMark, SecrecyDoubtful, SecrecyUnlooked, NumberOfSecret)
)
_MADE = (DocumentState.NUMBERED, DocumentState.WAITING)
_TOP = "inbox"


def finished_line(
    receipt: ReceiptView, documents: Sequence[DocumentView], firsts: Sequence[DocumentView]
) -> str:
    """A drop that was answered: its file, and what became of it.

    Args:
        firsts: The papers that those of *documents* which were here before are the same as.
    """
    problems = [*receipt.problems, *(one for paper in documents for one in paper.problems)]
    is_open = not (receipt.extra.get("unread") or any(map(_tells_of_secrecy, problems)))
    name = f"{receipt.folder}/{receipt.source_name}" if is_open else _unnamed(receipt.folder)
    return f"{name}: {_became(receipt, documents, firsts, problems)}"


def turned_away_line(name: str, error: RecordRejected) -> str:
    """A file that was given back at the door.

    Nobody has looked inside: whoever looks after the machine sees such names on the web page too («Đang xử lý»).

    Args:
        name: Its place below the inbox.
    """
    folder = name.rpartition("/")[0] or _TOP
    shown = _unnamed(folder) if error.code in _OF_SECRECY else name
    return f"{shown}: Cần sửa ({error.code}), lý do ở thư mục trả lại."


def _unnamed(folder: str) -> str:
    return f"Một tệp trong «{folder}»"


def _tells_of_secrecy(problem: Problem) -> bool:
    return problem.code in _OF_SECRECY or holds_secret(problem.text)


def _became(
    receipt: ReceiptView,
    documents: Sequence[DocumentView],
    firsts: Sequence[DocumentView],
    problems: Sequence[Problem],
) -> str:
    if is_parted(problems):
        return "Tập quét đã tách thành từng văn bản."
    if receipt.kind == FOLDER and firsts and not problems:
        return signed_line(receipt, firsts[0])
    known = f"Đã có {', '.join(map(_shown, firsts[:1]))}" if firsts else "Đã có từ trước"
    if not receipt.is_list and len(documents) == 1 and not problems:
        (paper,) = documents
        is_known = paper.state is DocumentState.DUPLICATE
        return f"{known}, không cấp thêm." if is_known else done_line(paper, paper)
    counts = Counter(paper.state for paper in documents)
    made = [paper for paper in documents if paper.state in _MADE]
    bad = counts[DocumentState.RETURNED] or int(bool(receipt.problems))
    codes = ", ".join(dict.fromkeys(one.code for one in problems))
    parts = [
        f"Xong {len(made)}{_from_to(made)}" if made else "",
        f"Đã có số từ trước {counts[DocumentState.DUPLICATE]}"
        if counts[DocumentState.DUPLICATE]
        else "",
        f"Cần sửa{f' {bad}' if receipt.is_list else ''} ({codes}), lý do ở thư mục trả lại"
        if bad
        else "",
    ]
    return f"{'; '.join(filter(None, parts))}."


def _from_to(made: Sequence[DocumentView]) -> str:
    """The first and the last number of a list."""
    shown = [paper.number.shown for paper in made if paper.number is not None]
    if not shown:
        return ""
    return f" – {shown[0]}" if len(shown) == 1 else f" – {shown[0]} … {shown[-1]}"


def _shown(paper: DocumentView) -> str:
    return paper.number.shown if paper.number else f"dự thảo {short_id(paper.id)}"
