"""Words with their places on a page → segments: pieces of text that stand on their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Two words further apart than this many text heights belong to different segments.
_GAP_HEIGHTS = 1.5
#: Two words share a line when this much of the lower one's height overlaps.
_OVERLAP_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of text and its box, millimetres from the top-left of the visible page, y downwards."""

    text: str
    left_mm: float
    top_mm: float
    right_mm: float
    bottom_mm: float

    @property
    def height_mm(self) -> float:
        """The box's height."""
        return self.bottom_mm - self.top_mm


def join_words(words: Iterable[Segment]) -> list[Segment]:
    """Words → lines of text, parted where a gap shows another column, box or cell. Top to bottom."""
    rows: list[list[Segment]] = []
    for word in sorted(words, key=lambda word: (word.top_mm + word.bottom_mm, word.left_mm)):
        if rows and _same_line(rows[-1][-1], word):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [segment for row in rows for segment in _part(row)]


def _same_line(first: Segment, second: Segment) -> bool:
    shared = min(first.bottom_mm, second.bottom_mm) - max(first.top_mm, second.top_mm)
    return shared >= _OVERLAP_SHARE * min(first.height_mm, second.height_mm)


def _part(row: Sequence[Segment]) -> list[Segment]:
    parts: list[Segment] = []
    for word in sorted(row, key=lambda word: word.left_mm):
        if parts and _touch(parts[-1], word):
            parts[-1] = _merge(parts[-1], word)
        else:
            parts.append(word)
    return parts


def _touch(first: Segment, second: Segment) -> bool:
    gap = second.left_mm - first.right_mm
    return gap < _GAP_HEIGHTS * max(first.height_mm, second.height_mm)


def _merge(first: Segment, second: Segment) -> Segment:
    return Segment(
        text=f"{first.text} {second.text}",
        left_mm=min(first.left_mm, second.left_mm),
        top_mm=min(first.top_mm, second.top_mm),
        right_mm=max(first.right_mm, second.right_mm),
        bottom_mm=max(first.bottom_mm, second.bottom_mm),
    )
