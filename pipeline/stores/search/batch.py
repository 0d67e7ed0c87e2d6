"""Papers to add and to drop → one new segment and one new state of the index."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.stores.search import engine
from pipeline.stores.search.codec import LeanCodec, Listed, merged
from pipeline.stores.search.lookup import Leaf, Shelves
from pipeline.stores.search.words import as_bytes


class Batch:
    """One commit in the making. The caller holds the writer's role."""

    def __init__(self, directory: Path, shelves: Shelves) -> None:
        self._shelves = shelves
        self._storage = engine.Storage(str(directory))
        codec = LeanCodec()
        self._segment = codec.new_segment(self._storage, engine.INDEX_NAME)
        self._schema = engine.make_schema()
        self._perdoc = codec.per_document_writer(self._storage, self._segment)
        self._codec = codec
        self._terms: dict[str, dict[str, list[int]]] = {}
        self._count = 0
        #: Copies: the reader's own segments must not change before the commit.
        self._standing = [copy.deepcopy(leaf.segment) for leaf in shelves.leaves]

    def drop(self, number: int) -> None:
        """Take the paper of that number out."""
        leaf, inner = self._shelves.leaf_of(number)
        self._standing[self._shelves.leaves.index(leaf)].delete_document(inner)

    def add(self, terms: Mapping[str, Mapping[str, int]], columns: Mapping[str, Any]) -> None:
        """Put a paper in: its terms with their notes by field, its columns by name."""
        number = self._add_columns(columns)
        # Number and note in one integer, the same object for all terms of one note.
        entries = [number << 8 | note for note in range(256)]
        for field, words in terms.items():
            lists = self._terms.setdefault(field, {})
            for word, note in words.items():
                held = lists.get(word)
                if held is None:
                    lists[word] = [entries[note]]
                else:
                    held.append(entries[note])

    def commit(self, merging: Collection[int] = ()) -> None:
        """Make it the index; the segments at the positions *merging* are written again as part of the new one."""
        sources = [self._own_terms()]
        sources += [self._take_over(at) for at in sorted(merging)]
        segments = [segment for at, segment in enumerate(self._standing) if at not in set(merging)]
        segments = [
            segment for segment in segments if segment.doc_count_all() > segment.deleted_count()
        ]
        if self._count:
            segments.append(self._finish(sources))
        else:
            self._perdoc.close()
        engine.publish(self._storage, segments, self._shelves.generation + 1)

    def clean_up(self) -> None:
        """Remove the temporary folder; what a broken commit left of a segment goes with the next one."""
        shutil.rmtree(Path(self._storage.folder) / f"{engine.INDEX_NAME}.tmp", ignore_errors=True)

    def _add_columns(self, columns: Mapping[str, Any]) -> int:
        perdoc = self._perdoc
        number = self._count
        self._count += 1
        perdoc.start_doc(number)
        perdoc.add_field("shelf", self._schema["shelf"], columns["shelf"], 0)
        perdoc.add_column_value("stamp", engine.STAMP, columns["stamp"])
        perdoc.add_column_value("ranked", engine.RANKED, columns["ranked"])
        perdoc.add_column_value("day", engine.DAY, columns["day"])
        perdoc.add_column_value("measure", engine.MEASURE, columns["measure"])
        perdoc.finish_doc()
        return number

    def _own_terms(self) -> Iterator[tuple[str, bytes, Listed]]:
        for field in sorted(self._terms):
            lists = self._terms[field]
            # Code points and UTF-8 bytes sort alike.
            for word in sorted(lists):
                entries = lists[word]
                yield (
                    field,
                    as_bytes(word),
                    Listed(
                        [entry >> 8 for entry in entries],
                        bytes([entry & 0xFF for entry in entries]),
                    ),
                )

    def _take_over(self, at: int) -> Iterator[tuple[str, bytes, Listed]]:
        """Copy the living papers of a standing segment now, their terms as they are asked for."""
        leaf = self._shelves.leaves[at]
        gone = frozenset(self._standing[at].deleted_docs())
        renumbered: dict[int, int] = {}
        for number in range(leaf.size):
            if number not in gone:
                renumbered[number] = self._add_columns(leaf.columns(number))
        return _renumber(leaf, renumbered)

    def _finish(self, sources: Sequence[Iterator[tuple[str, bytes, Listed]]]) -> Any:
        self._perdoc.close()
        self._segment.set_doc_count(self._count)
        writer = self._codec.field_writer(self._storage, self._segment)
        for field, term, listed in merged(sources):
            writer.add(field, term, listed)
        writer.close()
        return self._segment


def _renumber(leaf: Leaf, renumbered: Mapping[int, int]) -> Iterator[tuple[str, bytes, Listed]]:
    is_whole = len(renumbered) == leaf.size
    for field, term, listed in leaf.terms.everything():
        numbers = listed.numbers
        if is_whole:
            # Nobody is missing: all move by as much.
            yield field, term, Listed([*map(renumbered.__getitem__, numbers)], listed.notes)
        elif kept := [renumbered[number] for number in numbers if number in renumbered]:
            notes = zip(numbers, listed.notes, strict=False)
            yield field, term, Listed(kept, bytes([note for at, note in notes if at in renumbered]))
