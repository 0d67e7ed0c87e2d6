"""A corpus and questions with known answers → how well and how fast our index finds them."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.clock import SystemClock
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper, Query
from pipeline.vietnamese import nfc, strip_marks

_LOOKED_AT = 10
_BATCH_PAPERS = 2_000
#: Of a batch: bounds the memory where papers are long.
_BATCH_CHARS = 6_000_000
_LONGEST_LINE_BYTES = 64 << 20

Progress = Callable[[int, str], None]
#: Id of a paper → the line it stands in, and what tells its content from another's.
Known = dict[str, tuple[int, int]]


class LineUnusable(Exception):
    """A line of the corpus or of the questions that cannot be used; says which and why, in Vietnamese."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        place = f"tệp {path.name}, dòng {line}" if line else f"tệp {path.name}"
        super().__init__(f"{place}: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuestion:
    """A question and the ids of the papers that answer it."""

    qid: str
    marked: str
    bare: str
    gold: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How one way of typing fared; the share of questions answered, milliseconds of one answer."""

    mrr10: float
    recall1: float
    recall5: float
    recall10: float
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The whole report."""

    queries: int
    marks: Quality
    no_marks: Quality
    docs_per_s: float
    index_bytes: int


def evaluate(
    corpus: Path,
    questions: Path,
    progress: Progress = lambda _done, _place: None,
    note: Callable[[str], None] = lambda _sentence: None,
) -> Evaluation:
    """Index *corpus* in a throwaway folder as an office would, and ask every question with and without marks.

    Args:
        note: Told, in Vietnamese, what makes the figures worth less.
    Raises:
        LineUnusable: a file cannot be read, or a line is not what it should be.
        IndexNotWritten (T332): no room for the throwaway index.
    """
    asked = read_questions(questions)
    with tempfile.TemporaryDirectory(prefix="vanthu-eval-") as temp:
        index = SearchIndex(Path(temp) / "index", SystemClock())
        known: Known = {}
        docs_per_s = fill(index, read_corpus(corpus, known), progress)
        if lost := sum(one.gold.isdisjoint(known) for one in asked):
            note(
                f"{lost} câu hỏi có đáp án không nằm trong tệp {corpus.name}: tính là không tìm thấy."
            )
        return Evaluation(
            queries=len(asked),
            marks=ask(index, [(one.marked, one.gold) for one in asked], progress),
            no_marks=ask(index, [(one.bare, one.gold) for one in asked], progress),
            docs_per_s=docs_per_s,
            index_bytes=size_of(index),
        )


def fill(
    index: SearchIndex, papers: Iterable[Paper], progress: Progress = lambda _done, _place: None
) -> float:
    """Put *papers* into the index, begun anew, and merge it as at a quiet time; papers a second."""
    index.reset()
    started = time.perf_counter()
    count = 0
    with index.writer() as writer:
        for batch in batches(papers):
            writer.upsert_many(batch)
            count += len(batch)
            progress(count, batch[-1].document_id)
        while writer.compact():
            pass
    if not count:
        return 0.0
    return round(count / (time.perf_counter() - started), 1)


def batches(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    """Papers in order, so many at once as memory is to hold."""
    batch: list[Paper] = []
    chars = 0
    for paper in papers:
        batch.append(paper)
        chars += len(paper.text)
        if len(batch) >= _BATCH_PAPERS or chars >= _BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def ask(
    index: SearchIndex,
    questions: Sequence[tuple[str, frozenset[str]]],
    progress: Progress = lambda _done, _place: None,
) -> Quality:
    """Ask every question for its first ten papers; the index is warm by then."""
    index.search(Query(text="khởi động", limit=_LOOKED_AT))
    ranks: list[int] = []
    took: list[float] = []
    for text, gold in questions:
        started = time.perf_counter()
        hits = index.search(Query(text=text, limit=_LOOKED_AT)).hits
        took.append((time.perf_counter() - started) * 1000)
        ranks.append(
            next((at for at, hit in enumerate(hits, start=1) if hit.document_id in gold), 0)
        )
        progress(len(ranks), text)
    return quality(ranks, took)


def quality(ranks: Sequence[int], took_ms: Sequence[float]) -> Quality:
    """The figures of a list of ranks (0: not among the ten) and times."""

    def recall(most: int) -> float:
        return round(sum(0 < rank <= most for rank in ranks) / max(1, len(ranks)), 4)

    p50, p95 = percentiles(took_ms)
    return Quality(
        mrr10=round(sum(1 / rank for rank in ranks if rank) / max(1, len(ranks)), 4),
        recall1=recall(1),
        recall5=recall(5),
        recall10=recall(10),
        p50_ms=p50,
        p95_ms=p95,
    )


def percentiles(took_ms: Sequence[float]) -> tuple[float, float]:
    """The middle one and the one that one in twenty exceeds."""
    if not took_ms:
        return 0.0, 0.0
    ordered = sorted(took_ms)
    return (
        round(statistics.median(ordered), 2),
        round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
    )


def size_of(index: SearchIndex) -> int:
    """Bytes of all files of the index."""
    return sum(path.stat().st_size for path in index.directory.iterdir())


# --- lines of the two files ---


def read_corpus(path: Path, known: Known | None = None) -> Iterator[Paper]:
    """The papers of *path*, line by line; one that stands there twice alike is one paper.

    Args:
        known: Filled with the papers that were read.
    """
    known = {} if known is None else known
    for number, line in _objects(path):
        paper = Paper(
            document_id=_id(path, number, line),
            title=_text(path, number, line, "title", may_lack=True),
            text=_text(path, number, line, "text", may_lack=True),
        )
        content = hash((paper.title, paper.text))
        first, known_content = known.setdefault(paper.document_id, (number, content))
        if known_content != content:
            raise LineUnusable(path, number, f"«id» trùng với dòng {first} mà nội dung khác.")
        if first == number:
            yield paper
    if not known:
        raise LineUnusable(path, 0, "không có văn bản nào.")


def _id(path: Path, number: int, line: dict[str, Any]) -> str:
    found = _text(path, number, line, "id")
    if any("\ud800" <= letter <= "\udfff" for letter in found):
        raise LineUnusable(path, number, "«id» có ký tự hỏng.")
    return found


def read_questions(path: Path) -> list[KnownQuestion]:
    """The questions of *path*; what lacks a form without marks gets it from the one with marks."""
    questions = []
    for number, line in _objects(path):
        marked = _text(path, number, line, "query")
        bare = _text(path, number, line, "query_nodiac", may_lack=True)
        questions.append(
            KnownQuestion(
                qid=_text(path, number, line, "qid", may_lack=True),
                marked=marked,
                bare=bare or strip_marks(nfc(marked)),
                gold=_gold(path, number, line),
            )
        )
    if not questions:
        raise LineUnusable(path, 0, "không có câu hỏi nào.")
    return questions


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and object of every line that is not blank."""
    try:
        with path.open("rb") as stream:
            number = 0
            while raw := stream.readline(_LONGEST_LINE_BYTES + 1):
                number += 1
                if len(raw) > _LONGEST_LINE_BYTES:
                    raise LineUnusable(path, number, "dòng dài quá 64 MB.")
                if raw.strip():
                    yield number, _object(path, number, raw)
    except FileNotFoundError as error:
        raise LineUnusable(path, 0, "không có tệp này.") from error
    except IsADirectoryError as error:
        raise LineUnusable(path, 0, "đây là thư mục, cần một tệp JSONL.") from error
    except OSError as error:
        raise LineUnusable(path, 0, "không đọc được; hãy xem lại quyền đọc tệp.") from error


def _object(path: Path, number: int, raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        raise LineUnusable(path, number, "không phải chữ UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise LineUnusable(path, number, "không phải một đối tượng JSON trọn vẹn.") from error
    if not isinstance(value, dict):
        raise LineUnusable(path, number, "cần một đối tượng JSON { … }.")
    return value


def _text(
    path: Path, number: int, line: dict[str, Any], name: str, *, may_lack: bool = False
) -> str:
    value = line.get(name, "" if may_lack else None)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None and not may_lack:
        raise LineUnusable(path, number, f"thiếu «{name}».")
    if value is not None and not isinstance(value, str):
        raise LineUnusable(path, number, f"«{name}» phải là chữ.")
    if not may_lack and not (value and value.strip()):
        raise LineUnusable(path, number, f"«{name}» để trống.")
    return value or ""


def _gold(path: Path, number: int, line: dict[str, Any]) -> frozenset[str]:
    value = line.get("gold")
    if isinstance(value, str | int) and value != "":
        value = [value]
    if not isinstance(value, list) or not value:
        raise LineUnusable(
            path, number, "«gold» phải là mã văn bản hoặc danh sách mã, ít nhất một."
        )
    if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in value):
        raise LineUnusable(path, number, "mã trong «gold» phải là chữ.")
    return frozenset(str(one) for one in value)
