"""What the index keeps of a paper to show it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.stores.search.lookup import Shelves


@dataclass(frozen=True, slots=True)
class Stored:
    """Positional, as it is stored."""

    document_id: str
    reference: str
    kind: str
    title: str
    day: int
    reliability: float
    head: str
    #: NFC.
    text: str
    legal_state: str
    #: See :func:`pipeline.stores.search.passage.strides_of`.
    strides: bytes


def stored_paper(number: int, shelves: Shelves) -> Stored:
    """What is kept of the paper of that number."""
    leaf, inner = shelves.leaf_of(number)
    return Stored(*leaf.shelf(inner))
