"""Terms → papers that hold them, over the segments of one state of the index."""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pipeline.stores.search import engine
from pipeline.stores.search.analysis import SKETCHED
from pipeline.stores.search.codec import LeanCodec, Notes, Numbers
from pipeline.stores.search.words import as_bytes

#: A look through neighbouring terms reads so much of each of the largest segments, less of the others.
RANGE_BYTES = 1 << 16
_RANGE_LEAVES = 3
#: Papers with damaged text have this key: without any, nobody looks for what is left of damaged words.
DOUBTFUL_KEY = "doubtful:"
#: Of each segment: texts remembered between the stages of a question, none of them very long.
_HELD_TEXTS = 256
_HELD_CHARS = 40_000
_MOST_CHARS = (1 << 24) - 1
_SKETCH_BYTES = 4 * SKETCHED
_LENGTH_BYTES = 4


class Leaf:
    """One segment. Its files never change; which of its papers are deleted does."""

    def __init__(self, storage: Any, segment: Any) -> None:
        codec = LeanCodec()
        self.stand_at(segment)
        self.size = int(segment.doc_count_all())
        self.terms = codec.terms_reader(storage, segment)
        self._perdoc = codec.per_document_reader(storage, segment)
        self._stamps = self._perdoc.column_reader("stamp", engine.STAMP)
        self._ranked = self._perdoc.column_reader("ranked", engine.RANKED)
        self._day_column = self._perdoc.column_reader("day", engine.DAY)
        self._measure_column = self._perdoc.column_reader("measure", engine.MEASURE)
        self._days: array[int] | None = None
        self._measures: array[int] | None = None
        self._texts: dict[int, RankedText] = {}
        #: What others worked out of this segment's files, which never change; by whom.
        self.memo: dict[str, Any] = {}
        self._is_closed = False

    def stand_at(self, segment: Any) -> None:
        """Take over which papers are deleted from another state of the same segment."""
        self.segment = segment
        #: Numbers of the papers that are gone.
        self.deleted = frozenset(segment.deleted_docs())

    @property
    def living(self) -> int:
        """How many papers are left."""
        return self.size - int(self.segment.deleted_count())

    def numbers(self, field: str, term: str) -> Sequence[int]:
        """Living papers that hold the term, rising."""
        held = self.terms.numbers(field, as_bytes(term))
        gone = self.deleted
        if not gone or gone.isdisjoint(held):
            return held
        return [number for number in held if number not in gone]

    def notes(self, term: str, wanted: Numbers) -> Notes | None:
        """The note of a word or pair in each of the papers *wanted*, rising; None where it is in none of the segment."""
        return self.terms.notes("words", as_bytes(term), wanted)

    def keys_with(self, prefix: str) -> Iterator[tuple[str, Sequence[int]]]:
        """Keys that begin with *prefix*, without it, each with its papers, deleted ones among them."""
        start = as_bytes(prefix)
        for field, term in self.terms.terms_from("keys", start):
            if field != "keys" or not term.startswith(start):
                break
            yield (
                term[len(start) :].decode("utf-8", "surrogatepass"),
                self.terms.numbers("keys", term),
            )

    def newest(self, field: str, term: str, most: int) -> Sequence[int]:
        """The living ones among the last *most* papers that hold the term, rising."""
        held = self.terms.newest(field, as_bytes(term), most)
        gone = self.deleted
        return [number for number in held if number not in gone] if gone else held

    def days(self) -> array[int]:
        """Ordinal of each paper's date, 0 without one."""
        if self._days is None:
            self._days = self._day_column.whole()
        return self._days

    def measure(self, number: int) -> Measure:
        """What is known of the paper without its text."""
        return unpack_measure(self.measures()[number])

    def measures(self) -> array[int]:
        """The packed :class:`Measure` of each paper."""
        if self._measures is None:
            self._measures = self._measure_column.whole()
        return self._measures

    def ranked(self, number: int) -> RankedText:
        """What ranking reads of the paper; remembered for a moment, as ranking, grouping and snippet ask for the same."""
        known = self._texts.get(number)
        if known is None:
            if len(self._texts) >= _HELD_TEXTS:
                self._texts.clear()
            head, body = unpack_ranked(self._ranked[number])
            measure = self.measure(number)
            known = RankedText((measure.reliability, head, body, measure.is_in_force))
            if len(known[2]) <= _HELD_CHARS:
                self._texts[number] = known
        return known

    def marked(self, number: int) -> str:
        """The words of the paper with their marks, tone in the one place, a space at either end; of a long one the first."""
        return unpack_marked(self._ranked[number])

    def sketch(self, number: int) -> frozenset[int]:
        """Some of its terms, as numbers, by which papers that are all but the same are told from others."""
        return unpack_sketch(self._ranked[number])

    def shelf(self, number: int) -> tuple[Any, ...]:
        """What was stored to show the paper."""
        stored: tuple[Any, ...] = self._perdoc.stored_fields(number)["shelf"]
        return stored

    def stamp(self, number: int) -> tuple[str, int]:
        """Document id and version."""
        return parse_stamp(self._stamps[number])

    def columns(self, number: int) -> Mapping[str, Any]:
        """Everything but the terms, as it was given: for merging."""
        return {
            "stamp": self._stamps[number],
            "ranked": self._ranked[number],
            "day": self._day_column[number],
            "measure": self._measure_column[number],
            "shelf": self.shelf(number),
        }

    def close(self) -> None:
        """Let the files go."""
        if not self._is_closed:
            self._is_closed = True
            self.terms.close()
            self._perdoc.close()


class RankedText(tuple[float, str, str, bool]):
    """Reliability, folded head, folded body, whether it is in force; both texts begin and end with a space."""

    __slots__ = ()


class Measure(NamedTuple):
    """What ranking wants to know of a paper beside its terms."""

    #: Length of the folded text.
    chars: int
    reliability: float
    is_in_force: bool

    @property
    def packed(self) -> int:
        """One number of 32 bits: length, percent of reliability, whether it is in force."""
        percent = round(min(1.0, max(0.0, self.reliability)) * 100)
        return min(self.chars, _MOST_CHARS) << 8 | percent << 1 | self.is_in_force


def unpack_measure(packed: int) -> Measure:
    """The reverse of :attr:`Measure.packed`."""
    return Measure(chars_of(packed), reliability_of(packed), is_in_force(packed))


def chars_of(packed: int) -> int:
    """The length in a packed measure."""
    return packed >> 8


def reliability_of(packed: int) -> float:
    """The reliability in a packed measure."""
    return (packed >> 1 & 0x7F) / 100


def is_in_force(packed: int) -> bool:
    """Whether the paper of a packed measure is in force."""
    return bool(packed & 1)


def pack_ranked(head: str, body: str, marked: str, sketch: Sequence[int]) -> bytes:
    """One column value of the four: the two folded texts apart from the one with its marks, which few ask for."""
    numbers = array("I", sketch)
    if sys.byteorder == "big":
        numbers.byteswap()
    folded = zlib.compress(f"{head}\n{body}".encode(), 1)
    return (
        numbers.tobytes().ljust(_SKETCH_BYTES, b"\0")
        + len(folded).to_bytes(_LENGTH_BYTES, "little")
        + folded
        + zlib.compress(marked.encode(), 1)
    )


def unpack_ranked(data: bytes) -> tuple[str, str]:
    """The two folded texts that :func:`pack_ranked` packed."""
    start, end = _folded_part(data)
    head, _, body = zlib.decompress(memoryview(data)[start:end]).decode().partition("\n")
    return head, body


def unpack_marked(data: bytes) -> str:
    """The text with its marks that :func:`pack_ranked` packed."""
    _, end = _folded_part(data)
    return zlib.decompress(memoryview(data)[end:]).decode()


def _folded_part(data: bytes) -> tuple[int, int]:
    start = _SKETCH_BYTES + _LENGTH_BYTES
    return start, start + int.from_bytes(data[_SKETCH_BYTES:start], "little")


def unpack_sketch(data: bytes) -> frozenset[int]:
    """The sketch that :func:`pack_ranked` packed."""
    numbers = array("I", data[:_SKETCH_BYTES])
    if sys.byteorder == "big":
        numbers.byteswap()
    return frozenset(numbers)


def make_stamp(document_id: str, version: int) -> bytes:
    """Id and version in one column value."""
    return f"{version} {document_id}".encode()


def parse_stamp(stamp: bytes) -> tuple[str, int]:
    """The reverse of :func:`make_stamp`."""
    version, _, document_id = stamp.decode().partition(" ")
    return document_id, int(version)


class Shelves:
    """All segments of one state, papers numbered through."""

    def __init__(self, state: engine.TableOfContents, older: Shelves | None = None) -> None:
        """Open what *older* has not open already; what only it has is closed."""
        kept = {leaf.segment.segment_id(): leaf for leaf in older.leaves} if older else {}
        self.generation = state.generation
        #: What others worked out of this very state; by whom.
        self.memo: dict[str, Any] = {}
        #: Codes that others gave to names in the segments; they go on with them.
        self.names: dict[str, Any] = older.names if older else {}
        self.leaves: list[Leaf] = []
        self.bases: list[int] = []
        base = 0
        for segment in state.segments:
            leaf = kept.pop(segment.segment_id(), None) or Leaf(state.storage, segment)
            leaf.stand_at(segment)
            self.leaves.append(leaf)
            self.bases.append(base)
            base += leaf.size
        for leaf in kept.values():
            leaf.close()
        #: Papers with a number, those that are gone among them; and those that are left.
        self.size = base
        self.count = sum(leaf.living for leaf in self.leaves)

    def frequency(self, field: str, term: str) -> int:
        """How many papers hold the term, deleted ones included."""
        encoded = as_bytes(term)
        return sum(leaf.terms.doc_frequency(field, encoded) for leaf in self.leaves)

    def rough_frequency(self, field: str, term: str) -> int:
        """How many papers of the largest segment hold the term: enough to tell the common from the rare."""
        largest = max(self.leaves, key=lambda leaf: leaf.size, default=None)
        return largest.terms.doc_frequency(field, as_bytes(term)) if largest else 0

    def beginning(self, field: str, prefix: str, most_bytes: int = RANGE_BYTES) -> dict[str, int]:
        """Terms of *field* that begin with *prefix* and how many papers hold each; of very many only the first."""
        counts: dict[str, int] = {}
        encoded = as_bytes(prefix)
        by_size = sorted(self.leaves, key=lambda leaf: leaf.size, reverse=True)
        for at, leaf in enumerate(by_size):
            most = most_bytes if at < _RANGE_LEAVES else most_bytes // 8
            for term, count in leaf.terms.beginning(field, encoded, most):
                decoded = term.decode("utf-8", "surrogatepass")
                counts[decoded] = counts.get(decoded, 0) + count
        return counts

    def lists(self, field: str, term: str) -> Iterator[tuple[int, Sequence[int]]]:
        """Base and numbers of the living papers that hold the term, segment by segment, newest first."""
        for leaf, base in zip(reversed(self.leaves), reversed(self.bases), strict=True):
            numbers = leaf.numbers(field, term)
            if numbers:
                yield base, numbers

    def newest_lists(self, field: str, term: str, most: int) -> Iterator[tuple[int, Sequence[int]]]:
        """As :meth:`lists`, of each segment only the last *most*."""
        for leaf, base in zip(reversed(self.leaves), reversed(self.bases), strict=True):
            numbers = leaf.newest(field, term, most)
            if numbers:
                yield base, numbers

    def numbers(self, field: str, term: str) -> Iterator[int]:
        """The living papers that hold the term."""
        for base, numbers in self.lists(field, term):
            yield from map(base.__add__, numbers)

    def dated(self, first: int, last: int) -> Iterator[int]:
        """Papers with a date from *first* to *last*, as ordinals; deleted ones among them."""
        for leaf, base in zip(self.leaves, self.bases, strict=True):
            yield from (base + at for at, day in enumerate(leaf.days()) if first <= day <= last)

    def newest(self, allowed: frozenset[int] | None) -> Numbers:
        """The living papers among *allowed* (None: all), the newest day first, of one day the newest number."""
        latest = self._latest_first()
        if allowed is None:
            return latest
        is_allowed = np.zeros(self.size, bool)
        is_allowed[np.fromiter(allowed, np.uint32, len(allowed))] = True
        return latest[is_allowed[latest]]

    def _latest_first(self) -> Numbers:
        known: Numbers | None = self.memo.get("latest")
        if known is None:
            days = np.concatenate(
                [np.zeros(0, np.int32), *(np.asarray(one.days()) for one in self.leaves)]
            )
            is_left = np.ones(self.size, bool)
            for leaf, base in zip(self.leaves, self.bases, strict=True):
                is_left[[base + number for number in leaf.deleted]] = False
            numbers = is_left.nonzero()[0].astype(np.uint32)
            known = self.memo["latest"] = numbers[np.lexsort((numbers, days[numbers]))[::-1]]
        return known

    def everyone(self) -> Iterator[int]:
        """All living papers."""
        for leaf, base in zip(self.leaves, self.bases, strict=True):
            gone = leaf.deleted
            yield from (base + number for number in range(leaf.size) if number not in gone)

    def leaf_of(self, number: int) -> tuple[Leaf, int]:
        """The segment of a paper and its number there."""
        at = bisect_right(self.bases, number) - 1
        return self.leaves[at], number - self.bases[at]

    def stamp(self, number: int) -> tuple[str, int]:
        """Document id and version of the paper."""
        leaf, inner = self.leaf_of(number)
        return leaf.stamp(inner)

    def day(self, number: int) -> int:
        """Ordinal of the paper's date, 0 without one."""
        leaf, inner = self.leaf_of(number)
        return leaf.days()[inner]

    def close(self) -> None:
        """Let all files go."""
        for leaf in self.leaves:
            leaf.close()
