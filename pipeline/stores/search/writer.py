"""Batches of papers → one durable commit each; and which segments to merge when."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors.search import IndexNotWritten
from pipeline.legal import OUT_OF_FORCE
from pipeline.stores.search.analysis import Folder, Placer, paper_terms
from pipeline.stores.search.batch import Batch
from pipeline.stores.search.lookup import (
    DOUBTFUL_KEY,
    Leaf,
    Measure,
    Shelves,
    make_stamp,
    pack_ranked,
)
from pipeline.stores.search.passage import strides_of
from pipeline.stores.search.ranking import DOUBTFUL
from pipeline.stores.search.values import Paper
from pipeline.vietnamese import nfc

_log = logging.getLogger(__name__)

#: With so many segments the next batch merges the small ones; fewer stay until a quiet time.
_MOST_SEGMENTS = 12
_KEPT_SEGMENTS = 6
#: One quiet-time merge handles at most so many papers, or two segments where there are too many.
_COMPACT_PAPERS = 30_000
_MUCH_LARGER = 4
#: Share of deleted papers that makes a segment worth writing again.
_WORN = 0.2


class IndexWriter:
    """The role to write, while :meth:`SearchIndex.writer` holds it."""

    def __init__(self, directory: Path, shelves: Callable[[], Shelves], folder: Folder) -> None:
        self._directory = directory
        self._shelves = shelves
        self._folder = folder
        self._placer = Placer()

    def upsert_many(self, papers: Sequence[Paper]) -> None:
        """Put *papers* in, each in place of its older version; one commit, on disk when it returns.

        A paper already indexed in a later version is left as it is.

        Raises:
            IndexNotWritten (T332): the disk is full or read-only; the index is as it was.
        """
        shelves = self._shelves()
        replaced: list[int] = []
        fresh: list[Paper] = []
        for paper in _newest(papers):
            standing = list(_standing(shelves, paper.document_id))
            if all(version <= paper.version for _, version in standing):
                replaced += (number for number, _ in standing)
                fresh.append(paper)
        if fresh:
            self._commit(replaced, fresh, _too_many(shelves.leaves))

    def remove(self, document_ids: Iterable[str]) -> None:
        """Take papers out; ids that are not there are no error."""
        shelves = self._shelves()
        gone = [number for one in set(document_ids) for number, _ in _standing(shelves, one)]
        if gone:
            self._commit(gone, [], ())

    def purge(self, document_ids: Iterable[str]) -> None:
        """Take papers out so that no byte of them is left: every segment that holds or held one is written again."""
        shelves = self._shelves()
        gone = [number for one in set(document_ids) for number, _ in _standing(shelves, one)]
        holding = {shelves.leaves.index(shelves.leaf_of(number)[0]) for number in gone}
        # A segment keeps the words of older versions that were taken out of it before.
        holding |= {at for at, leaf in enumerate(shelves.leaves) if leaf.size > leaf.living}
        # Also when nothing is to be done: a commit that was killed may have left the old segments lying.
        self._commit(gone, [], sorted(holding))

    def compact(self) -> bool:
        """Merge small and worn segments: for a quiet time. False when there was nothing to do."""
        merging = _worth_merging(self._shelves().leaves)
        if merging:
            self._commit([], [], merging)
        return bool(merging)

    def _commit(self, gone: Sequence[int], fresh: Sequence[Paper], merging: Sequence[int]) -> None:
        with self._batch() as batch:
            for number in gone:
                batch.drop(number)
            for paper in fresh:
                self._add(batch, paper)
            batch.commit(merging)
        _log.info(
            "indexed papers=%d replaced=%d merged_segments=%d", len(fresh), len(gone), len(merging)
        )

    @contextmanager
    def _batch(self) -> Iterator[Batch]:
        try:
            batch = Batch(self._directory, self._shelves())
            try:
                yield batch
            finally:
                batch.clean_up()
        except OSError as error:
            raise IndexNotWritten(f"commit to {self._directory} failed: {error}") from error

    def _add(self, batch: Batch, paper: Paper) -> None:
        terms = paper_terms(paper, self._folder, self._placer)
        text = nfc(paper.text)
        keys = terms.keys | {DOUBTFUL_KEY} if paper.reliability < DOUBTFUL else terms.keys
        day = paper.issued_on.toordinal() if paper.issued_on else 0
        shown = paper.reference or paper.lookup_code or paper.their_reference
        batch.add(
            {
                "doc_id": {paper.document_id: 1},
                "keys": dict.fromkeys(keys, 1),
                "words": terms.words,
            },
            {
                "stamp": make_stamp(paper.document_id, paper.version),
                "day": day,
                "measure": Measure(
                    chars=len(terms.folded_head) + len(terms.folded_body),
                    reliability=paper.reliability,
                    is_in_force=paper.legal_state not in OUT_OF_FORCE,
                ).packed,
                "ranked": pack_ranked(
                    terms.folded_head, terms.folded_body, terms.marked, terms.sketch
                ),
                "shelf": (
                    paper.document_id,
                    shown,
                    paper.kind,
                    paper.title or paper.subject,
                    day,
                    float(paper.reliability),
                    terms.head,
                    text,
                    paper.legal_state,
                    strides_of(text),
                ),
            },
        )


def _newest(papers: Sequence[Paper]) -> Iterable[Paper]:
    newest: dict[str, Paper] = {}
    for paper in papers:
        if paper.document_id not in newest or paper.version >= newest[paper.document_id].version:
            newest[paper.document_id] = paper
    return newest.values()


def _standing(shelves: Shelves, document_id: str) -> Iterator[tuple[int, int]]:
    """Number and version of the paper as it stands in the index."""
    for number in shelves.numbers("doc_id", document_id):
        leaf, inner = shelves.leaf_of(number)
        yield number, leaf.stamp(inner)[1]


def _too_many(leaves: Sequence[Leaf]) -> Sequence[int]:
    if len(leaves) < _MOST_SEGMENTS:
        return ()
    by_size = sorted(range(len(leaves)), key=lambda at: leaves[at].living)
    return by_size[: len(leaves) - _KEPT_SEGMENTS]


def _worth_merging(leaves: Sequence[Leaf]) -> Sequence[int]:
    """Worn segments, and the smallest: small ones of like size together, large ones only where there are too many."""
    worn = {at for at, leaf in enumerate(leaves) if leaf.size - leaf.living > _WORN * leaf.size}
    by_size = sorted(range(len(leaves)), key=lambda at: leaves[at].living)
    if len(leaves) > _KEPT_SEGMENTS:
        return sorted(worn | {*by_size[:2], *_alike(leaves, by_size)})
    return sorted(worn | set(_alike(leaves, by_size)))


def _alike(leaves: Sequence[Leaf], by_size: Sequence[int]) -> Sequence[int]:
    """The smallest segments that together make one of use: none of them much larger than all the others."""
    best = 0
    papers = 0
    for place, at in enumerate(by_size):
        if papers + leaves[at].living > _COMPACT_PAPERS:
            break
        if place and leaves[at].living <= _MUCH_LARGER * papers:
            best = place + 1
        papers += leaves[at].living
    return by_size[:best]
