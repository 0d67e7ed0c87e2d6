"""Names of the files that were dropped together → which is the paper, which its record, which are annexes.

The paper is the file that the record beside it is called after; else the one called like the folder or ZIP; else the
only one whose name does not begin with «phu-luc».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from pipeline.errors.papers import BundleMemberUnknown, BundleWithoutMain
from pipeline.suffixes import PICTURES
from pipeline.vietnamese import fold

RECORDS = frozenset((".json", ".yaml", ".yml"))
#: What an annex may be, beside papers.
ANNEXES = frozenset(
    (".pdf", ".docx", ".doc", ".xlsx", ".xls", ".ods", ".odt", ".pptx", ".csv", ".txt")
) | frozenset(PICTURES)
#: Where there are several, a text is the paper and a table its annex.
_TEXTS = frozenset((".docx", ".pdf"))
_ANNEX_NAMES = ("phu luc", "phuluc", "pl ", "bieu mau", "kem theo")
_MOST_TOLD = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Who is who; names as they came."""

    paper: str
    record: str | None
    annexes: tuple[str, ...]


def sort_parts(names: Sequence[str], container: str, papers: Sequence[str]) -> Parts:
    """Sort the files of one folder or ZIP.

    Args:
        names: Paths inside it, with slashes.
        container: Its own name, without ending.
        papers: Endings that papers of the kind have.
    Raises:
        BundleWithoutMain (R231), BundleMemberUnknown (R232).
    """
    records = [name for name in names if suffix_of(name) in RECORDS and "/" not in name]
    record = records[0] if len(records) == 1 else None
    others = [name for name in names if name not in records]
    for name in others:
        if suffix_of(name) not in ANNEXES:
            accepted = ", ".join(sorted(suffix.lstrip(".") for suffix in ANNEXES))
            raise BundleMemberUnknown("no annex", name=PurePath(name).name, accepted=accepted)
    may_be = [name for name in others if "/" not in name and suffix_of(name) in papers]
    texts = [name for name in may_be if suffix_of(name) in _TEXTS]
    paper = _paper(texts or may_be, record, container)
    if paper is None or len(records) > 1:
        told = ", ".join(f"«{PurePath(name).name}»" for name in names[:_MOST_TOLD])
        raise BundleWithoutMain("which is the paper", files=told or "không có tệp nào")
    annexes = tuple(name for name in others if name != paper)
    return Parts(paper=paper, record=record, annexes=annexes)


def suffix_of(name: str) -> str:
    """Lower-case ending with its dot."""
    return PurePath(name).suffix.lower()


def _paper(may_be: Sequence[str], record: str | None, container: str) -> str | None:
    if record is not None:
        named = [name for name in may_be if PurePath(name).stem == PurePath(record).stem]
        if named:
            return min(named)
    named = [name for name in may_be if _plain(PurePath(name).stem) == _plain(container)]
    if named:
        return min(named)
    alone = [name for name in may_be if not _plain(PurePath(name).stem).startswith(_ANNEX_NAMES)]
    if len(alone) == 1:
        return alone[0]
    return may_be[0] if len(may_be) == 1 else None


def _plain(name: str) -> str:
    return fold(name.replace("-", " ").replace("_", " ")) + " "
