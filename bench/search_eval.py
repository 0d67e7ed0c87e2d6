"""What ``vanthu search-eval`` reports, for several sets at once, with CPU time and the questions that were missed.

PYTHONPATH=. python bench/search_eval.py ../shared/dev-data/search alqac xquad
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from pipeline.clock import SystemClock
from pipeline.search_eval import (
    KnownQuestion,
    ask,
    fill,
    percentiles,
    read_corpus,
    read_questions,
    size_of,
)
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Query

WAYS = ("marked", "bare")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="+")
    parser.add_argument(
        "--misses", action="store_true", help="name the questions not answered in ten"
    )
    arguments = parser.parse_args()
    for name in arguments.sets:
        told = measure(arguments.folder, name, misses=arguments.misses)
        print(json.dumps(told, ensure_ascii=False, indent=1))


def measure(folder: Path, name: str, *, misses: bool) -> dict[str, object]:
    questions = read_questions(folder / f"{name}.queries.jsonl")
    with tempfile.TemporaryDirectory() as temp:
        index = SearchIndex(Path(temp) / "index", SystemClock())
        cpu = time.process_time()
        fill(index, read_corpus(folder / f"{name}.corpus.jsonl"))
        cpu = time.process_time() - cpu
        count = index.count()
        told: dict[str, object] = {
            "set": name,
            "papers": count,
            "papers_per_cpu_s": round(count / cpu),
            "index_bytes_per_paper": size_of(index) // count,
        }
        for way in WAYS:
            asked = [(getattr(one, way), one.gold) for one in questions]
            found = asdict(ask(index, asked))
            told[way] = {**found, **cpu_of(index, [text for text, _ in asked])}
            if misses:
                told[f"{way}_missed"] = missed(index, questions, way)
        return told


def cpu_of(index: SearchIndex, texts: list[str]) -> dict[str, float]:
    took = []
    for text in texts:
        started = time.process_time()
        index.search(Query(text=text, limit=10))
        took.append((time.process_time() - started) * 1000)
    p50, p95 = percentiles(took)
    return {"cpu_p50_ms": p50, "cpu_p95_ms": p95}


def missed(index: SearchIndex, questions: list[KnownQuestion], way: str) -> list[str]:
    texts = []
    for one in questions:
        hits = index.search(Query(text=getattr(one, way), limit=10)).hits
        if not one.gold.intersection(hit.document_id for hit in hits):
            texts.append(getattr(one, way))
    return texts


if __name__ == "__main__":
    main()
