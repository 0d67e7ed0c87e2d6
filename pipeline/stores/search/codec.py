"""How terms lie on disk: Whoosh's hash table from term to the rising numbers of the papers that hold it.

Whoosh's own posting blocks carry weights, lengths and values for every paper, one Python call each. We only
ask *which* papers, so a list is its differences, in the narrowest integer that holds them, read and
written whole: a third of the space, a tenth of the time. Whoosh sees an ordinary codec.

What ranking wants to know of a term in a paper is its note, one byte: a list with notes is followed by them, unless
all are 1. A term of many papers is kept as a row instead: one byte for every paper of the segment, its note or 0.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3TermInfo, W3TermsReader
from whoosh.filedb.filetables import OrderedHashWriter
from whoosh.matching import ListMatcher
from whoosh.reading import TermNotFound
from whoosh.system import pack_ushort

#: Width of the differences in bytes, 0 where the list lies in the postings file; number of papers.
_HEAD = Struct(">BI")
#: Offset and length in the postings file, width there (0: a row), the last of the numbers.
_POINTER = Struct(">QIBI")
#: A term that one paper in so many holds is a row.
_ROW_SHARE = 8
_LENGTHS = Struct("!ii")
_INLINE_BYTES = 64
#: Of each segment: terms whose place is remembered, lists worth remembering, numbers of such lists in all.
_HELD_TERMS = 20_000
_LONG_LIST = 64
_HELD_NUMBERS = 2_000_000
#: A list that is remembered takes so much besides its numbers, in numbers.
_HELD_BESIDES = 100
_CODE_OF_WIDTH = {1: "B", 2: "H", 4: "I"}

#: One note for each of some papers.
Notes = npt.NDArray[np.uint8]
#: Papers by their numbers in a segment, or through all of them.
Numbers = npt.NDArray[np.uint32]


class LeanCodec(W3Codec):  # type: ignore[misc] # Whoosh has no types
    """Whoosh 3's files with lean postings."""

    #: Whoosh would look up a length that no field of ours has, once per posting.
    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> TermsWriter:
        """The writer of one segment's terms; its number of papers must be known."""
        return TermsWriter(
            segment.create_file(storage, self.TERMS_EXT),
            segment.create_file(storage, self.POSTS_EXT),
            int(segment.doc_count_all()),
        )

    def terms_reader(self, storage: Any, segment: Any) -> TermsReader:
        """The reader of one segment's terms."""
        name = segment.make_filename(self.TERMS_EXT)
        return TermsReader(
            self,
            storage.open_file(name),
            storage.file_length(name),
            segment.open_file(storage, self.POSTS_EXT),
        )


class Listed(NamedTuple):
    """The papers that hold a term, rising, each with its note; none at all stands for a note of 1 each."""

    numbers: Sequence[int]
    notes: bytes = b""

    def all_notes(self) -> bytes:
        """One for each paper."""
        return self.notes or b"\1" * len(self.numbers)


class TermsWriter:
    """Takes terms in order, each with its papers."""

    def __init__(self, terms_file: Any, postings_file: Any, papers: int) -> None:
        self._table = OrderedHashWriter(terms_file)
        self._fields: dict[str, int] = {}
        self._table.extras["fieldmap"] = self._fields
        self._postings = postings_file
        self._papers = papers
        self._offset = 0
        self.is_closed = False

    def add(self, field: str, term: bytes, listed: Listed) -> None:
        """Put one term; fields and terms must come in rising order, its papers too."""
        if field not in self._fields:
            self._fields[field] = len(self._fields)
        numbers = listed.numbers
        count = len(numbers)
        if count * _ROW_SHARE > self._papers > _INLINE_BYTES:
            width, data = 0, _row(listed, self._papers)
        else:
            width, data = _squeeze(numbers)
            if listed.notes.count(1) < len(listed.notes):
                data += listed.notes
        if width and len(data) <= _INLINE_BYTES:
            value = _HEAD.pack(width, count) + data
        else:
            self._postings.write(data)
            value = _HEAD.pack(0, count) + _POINTER.pack(
                self._offset, len(data), width, numbers[-1]
            )
            self._offset += len(data)
        self._table.add(pack_ushort(self._fields[field]) + term, value)

    def close(self) -> None:
        """Finish both files."""
        self._table.close()
        self._postings.close()
        self.is_closed = True


class TermsReader(W3TermsReader):  # type: ignore[misc] # Whoosh has no types
    """Looks terms of one segment up, and remembers: a segment never changes, and people ask with the same few words."""

    def __init__(self, codec: Any, dbfile: Any, length: int, postfile: Any) -> None:
        super().__init__(codec, dbfile, length, postfile)
        self._values: dict[tuple[str, bytes], bytes] = {}
        #: Long lists, the one longest unused first.
        self._long: dict[bytes, tuple[array[int], bytes]] = {}
        self._held = 0

    def numbers(self, field: str, term: bytes) -> array[int]:
        """The papers that hold *term*, rising; empty without any. Not to be changed."""
        value = self._value(field, term)
        return self._list(value)[0] if value else array("I")

    def newest(self, field: str, term: bytes, most: int) -> array[int]:
        """The last *most* of the papers that hold *term*, rising; no more of the list is read."""
        value = self._value(field, term)
        count = self.doc_frequency(field, term)
        if count <= most or value in self._long or _HEAD.unpack_from(value)[0]:
            return self.numbers(field, term)[-most:]
        offset, length, width, last = _POINTER.unpack_from(value, _HEAD.size)
        if not width:
            return _row_end(self._postfile.get(offset, length), most)
        differences = array(_CODE_OF_WIDTH[width])
        end = offset + count * width
        differences.frombytes(self._postfile.get(end - most * width, most * width))
        first = last - sum(differences[1:])
        differences[0] = 0
        return _summed(differences, first)

    def notes(self, field: str, term: bytes, wanted: Numbers) -> Notes | None:
        """The note of each of *wanted*, rising, 0 for those that do not hold *term*; None where nobody does."""
        value = self._value(field, term)
        if not value:
            return None
        width, count = _HEAD.unpack_from(value)
        if not width:
            offset, length, width, _ = _POINTER.unpack_from(value, _HEAD.size)
            if not width:
                row: Notes = np.frombuffer(self._postfile.get(offset, length), np.uint8)[wanted]
                return row
        numbers, notes = self._list(value)
        held = np.asarray(numbers)
        places = np.minimum(held.searchsorted(wanted), count - 1)
        stands = held[places] == wanted
        return np.where(stands, np.frombuffer(notes, np.uint8)[places] if notes else 1, 0).astype(
            np.uint8
        )

    def doc_frequency(self, field: str, term: bytes) -> int:
        """How many papers hold *term*."""
        value = self._value(field, term)
        return int(_HEAD.unpack_from(value)[1]) if value else 0

    def everything(self) -> Iterator[tuple[str, bytes, Listed]]:
        """Field, term and papers of every term, in the order of writing."""
        for key, value in self._tindex.items():
            field, term = self._keydecoder(key)
            yield field, term, Listed(*self._unfold(value))

    def beginning(self, field: str, prefix: bytes, most_bytes: int) -> list[tuple[bytes, int]]:
        """Terms of *field* that begin with *prefix*, in order, each with its number of papers.

        One read of the file: terms that lie beyond *most_bytes* are left out.
        """
        if field not in self._fieldmap:
            return []
        start = self._keycoder(field, prefix)
        at = self._tindex.closest_key_pos(start)
        if at is None:
            return []
        # Whoosh writes length of key, length of value, key, value, one after the other, in order of keys.
        block = self._tindex.dbfile.get(at, min(most_bytes, self._tindex.endofdata - at))
        skip = len(start) - len(prefix)
        found = []
        place, end = 0, len(block) - _LENGTHS.size
        while place < end:
            key_length, value_length = _LENGTHS.unpack_from(block, place)
            place += _LENGTHS.size
            key = block[place : place + key_length]
            place += key_length
            if not key.startswith(start) or place + _HEAD.size > len(block):
                break
            found.append((key[skip:], int(_HEAD.unpack_from(block, place)[1])))
            place += value_length
        return found

    def term_info(self, fieldname: str, tbytes: bytes) -> Any:
        """Whoosh's view of a term."""
        numbers = self.numbers(fieldname, tbytes)
        if not numbers:
            raise TermNotFound(f"no term {fieldname}:{tbytes!r}")
        return W3TermInfo(weight=len(numbers), df=len(numbers), minid=numbers[0], maxid=numbers[-1])

    def matcher(self, fieldname: str, tbytes: bytes, format_: Any, scorer: Any = None) -> Any:
        """Whoosh's view of a list of papers."""
        return ListMatcher(list(self.numbers(fieldname, tbytes)), format=format_, scorer=scorer)

    def _value(self, field: str, term: bytes) -> bytes:
        found = self._values.get((field, term))
        if found is None:
            if len(self._values) >= _HELD_TERMS:
                self._values.clear()
            is_known = field in self._fieldmap
            found = self._tindex.get(self._keycoder(field, term), b"") if is_known else b""
            self._values[field, term] = found
        return found

    def _list(self, value: bytes) -> tuple[array[int], bytes]:
        """Papers and notes of a term; the notes are empty where all are 1."""
        if _HEAD.unpack_from(value)[1] < _LONG_LIST:
            return self._unfold(value)
        # Where it lies says which list it is.
        held = self._long.pop(value, None)
        if held is None:
            held = self._unfold(value)
            self._held += len(held[0]) + _HELD_BESIDES
            while self._held > _HELD_NUMBERS and self._long:
                oldest = self._long.pop(next(iter(self._long)))
                self._held -= len(oldest[0]) + _HELD_BESIDES
        self._long[value] = held
        return held

    def _unfold(self, value: bytes) -> tuple[array[int], bytes]:
        width, count = _HEAD.unpack_from(value)
        data = value[_HEAD.size :]
        if not width:
            offset, length, width, _ = _POINTER.unpack(data)
            data = self._postfile.get(offset, length)
            if not width:
                notes = data.replace(b"\0", b"")
                are_all_one = notes.count(1) == len(notes)
                return _held_in(data), b"" if are_all_one else notes
        differences = array(_CODE_OF_WIDTH[width])
        differences.frombytes(data[: count * width])
        return _summed(differences), data[count * width :]


def _summed(differences: array[int], first: int = 0) -> array[int]:
    """*first* and each of the differences, added up."""
    return array(
        "I", (np.asarray(differences).cumsum(dtype=np.uint32) + np.uint32(first)).tobytes()
    )


def _row(listed: Listed, papers: int) -> bytes:
    row = bytearray(papers)
    for number, note in zip(listed.numbers, listed.all_notes(), strict=True):
        row[number] = note
    return bytes(row)


def _row_end(row: bytes, most: int) -> array[int]:
    """The last *most* papers that have a note in *row*, rising."""
    reach = most
    while True:
        start = max(0, len(row) - reach)
        found = _held_in(row, start)
        if len(found) >= most or not start:
            return found[-most:]
        reach *= 2


def _held_in(row: bytes, start: int = 0) -> array[int]:
    """The papers that have a note in *row*, rising, from the paper *start* on."""
    found = np.frombuffer(row, np.uint8, offset=start).nonzero()[0] + start
    return array("I", found.astype(np.uint32).tobytes())


def _squeeze(numbers: Sequence[int]) -> tuple[int, bytes]:
    differences = [numbers[0], *(later - earlier for earlier, later in pairwise(numbers))]
    largest = max(differences)
    width = 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 4
    return width, array(_CODE_OF_WIDTH[width], differences).tobytes()


def merged(
    sources: Iterable[Iterator[tuple[str, bytes, Listed]]],
) -> Iterator[tuple[str, bytes, Listed]]:
    """Several sorted streams of terms as one; the papers of later sources come after those of earlier ones."""
    tagged = [_tag(source, at) for at, source in enumerate(sources)]
    in_order = heapq.merge(*tagged, key=lambda item: item[:3])
    for (field, term), same in groupby(in_order, key=lambda item: item[:2]):
        first, *more = [listed for _, _, _, listed in same]
        yield field, term, _joined(first, more) if more else first


def _joined(first: Listed, more: Sequence[Listed]) -> Listed:
    numbers = [*first.numbers]
    for listed in more:
        numbers.extend(listed.numbers)
    if not first.notes and not any(listed.notes for listed in more):
        return Listed(numbers)
    return Listed(numbers, b"".join(listed.all_notes() for listed in (first, *more)))


def _tag(
    source: Iterator[tuple[str, bytes, Listed]], at: int
) -> Iterator[tuple[str, bytes, int, Listed]]:
    return ((field, term, at, listed) for field, term, listed in source)
