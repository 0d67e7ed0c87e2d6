"""A corpus and questions with known answers → how well and how fast the index finds them, as JSON.

python bench/search_eval.py ../shared/dev-data/search alqac xquad
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.clock import SystemClock
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper, Query


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--compact", action="store_true", help="merge segments before asking")
    parser.add_argument(
        "--misses", action="store_true", help="name the questions not answered in ten"
    )
    arguments = parser.parse_args()
    for name in arguments.sets:
        print(json.dumps(measure(arguments.folder, name, arguments), ensure_ascii=False, indent=1))


def measure(folder: Path, name: str, arguments: argparse.Namespace) -> dict[str, object]:
    papers = [
        Paper(document_id=line["id"], title=line["title"].replace("_", " "), text=line["text"])
        for line in lines_of(folder / f"{name}.corpus.jsonl")
    ]
    questions = list(lines_of(folder / f"{name}.queries.jsonl"))
    with tempfile.TemporaryDirectory() as temp:
        index = SearchIndex(Path(temp) / "index", SystemClock())
        report: dict[str, object] = {
            "set": name,
            "papers": len(papers),
            **fill(index, papers, arguments),
        }
        for way in ("query", "query_nodiac"):
            report[way] = ask(index, questions, way, misses=arguments.misses)
    return report


def fill(
    index: SearchIndex, papers: list[Paper], arguments: argparse.Namespace
) -> dict[str, object]:
    index.reset()
    cpu = time.process_time()
    with index.writer() as writer:
        for start in range(0, len(papers), arguments.batch):
            writer.upsert_many(papers[start : start + arguments.batch])
        cpu = time.process_time() - cpu
        if arguments.compact:
            writer.compact()
    size = sum(path.stat().st_size for path in index.directory.iterdir())
    words = sum(len(paper.text.split()) for paper in papers)
    return {
        "papers_per_cpu_s": round(len(papers) / cpu),
        "cpu_ms_per_300_words": round(cpu * 1000 / words * 300, 2),
        "index_bytes": size,
        "index_bytes_per_paper": size // len(papers),
    }


def ask(index: SearchIndex, questions: list[dict], way: str, *, misses: bool) -> dict[str, object]:
    ranks: list[int] = []
    took: list[float] = []
    cpu: list[float] = []
    missed: list[str] = []
    index.search(Query(text="khởi động"))
    for question in questions:
        started = time.process_time()
        results = index.search(Query(text=question[way], limit=10))
        cpu.append((time.process_time() - started) * 1000)
        took.append(results.took_ms)
        found = [hit.document_id for hit in results.hits]
        ranks.append(
            min((found.index(gold) + 1 for gold in question["gold"] if gold in found), default=0)
        )
        if not ranks[-1]:
            missed.append(question[way])
    took.sort()
    cpu.sort()
    report: dict[str, object] = {
        "mrr_10": round(statistics.fmean(1 / rank if rank else 0 for rank in ranks), 4),
        **{
            f"recall_{at}": round(sum(0 < rank <= at for rank in ranks) / len(ranks), 4)
            for at in (1, 5, 10)
        },
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(took[int(len(took) * 0.95)], 1),
        "worst_ms": round(took[-1], 1),
        "p50_cpu_ms": round(statistics.median(cpu), 1),
        "p95_cpu_ms": round(cpu[int(len(cpu) * 0.95)], 1),
    }
    return {**report, "missed": missed} if misses else report


def lines_of(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


if __name__ == "__main__":
    main()
