"""One mixed corpus, one set of questions, three engines in one run: speed, memory, size; then who finds more.

python -m bench.search                        100,000 papers, ours beside tantivy and SQLite FTS5
python -m bench.search --papers 10000 --engines ours --profile

Each engine works in a process of its own on one core. Figures as JSON lines: wall ms, and CPU ms beside it.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.search_corpus import SORTS, papers, passages_of, questions
from bench.search_engines import ENGINES, Engine, paper_of
from pipeline.search_eval import percentiles, quality, read_questions
from pipeline.stores.search.values import Paper

MATERIAL = Path(__file__).resolve().parents[2] / "shared" / "dev-data" / "search"
RETRIEVAL_SETS = ("alqac", "xquad")


def main() -> None:
    options = read_options()
    if options.child:
        measure(options)
        return
    with tempfile.TemporaryDirectory(dir=options.work) as temp:
        folder = Path(temp)
        corpus = folder / "corpus.jsonl"
        write_corpus(corpus, options)
        asked = questions(corpus, max(1, options.papers // 2000))
        (folder / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
        for engine in options.engines:
            run_child(engine, folder, options)
    if options.recall:
        for name in RETRIEVAL_SETS:
            if (options.material / f"{name}.corpus.jsonl").is_file():
                for engine in options.engines:
                    print(json.dumps(recall(engine, name, options)), flush=True)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--sorts", nargs="+", choices=SORTS, default=list(SORTS))
    parser.add_argument(
        "--material", type=Path, default=MATERIAL, help="folder of the retrieval sets"
    )
    parser.add_argument("--work", type=Path, help="where the throwaway folders are made")
    parser.add_argument(
        "--keep", type=Path, help="an index folder to fill, or to ask where it is filled"
    )
    parser.add_argument("--no-recall", dest="recall", action="store_false")
    parser.add_argument(
        "--profile", action="store_true", help="where the time of the questions goes"
    )
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def write_corpus(path: Path, options: argparse.Namespace) -> None:
    words = 0
    with path.open("w", encoding="utf-8") as stream:
        for paper in papers(options.papers, passages_of(options.material)):
            words += len(paper["text"].split())
            stream.write(json.dumps(paper, ensure_ascii=False) + "\n")
    print(
        json.dumps({
            "papers": options.papers,
            "words_per_paper": round(words / options.papers),
            "load": [round(one, 1) for one in os.getloadavg()],
        }),
        flush=True,
    )  # fmt: skip


def run_child(engine: str, folder: Path, options: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "bench.search", "--child", engine, "--folder", str(folder)]
    command += ["--sorts", *options.sorts]
    command += ["--profile"] if options.profile else []
    command += ["--keep", str(options.keep)] if options.keep else []
    subprocess.run(command, check=True, cwd=Path(__file__).resolve().parents[1])


def measure(options: argparse.Namespace) -> None:
    """In the child: fill, then ask; on one core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    folder: Path = options.keep or options.folder
    folder.mkdir(exist_ok=True)
    is_filled = (folder / "filled").exists()
    engine: Engine = ENGINES[options.child](folder)
    if not is_filled:
        print(json.dumps({"engine": options.child, **fill(engine, options)}), flush=True)
    if options.keep:
        (folder / "filled").touch()
    asked = json.loads((options.folder / "questions.json").read_text(encoding="utf-8"))
    profile = cProfile.Profile()
    for sort in options.sorts:
        for text, _ in asked[sort]:  # warm, as an office that has been asking all morning
            engine.ask(text)
        if options.profile:
            profile.enable()
        told = {"engine": options.child, "sort": sort, **ask(engine, asked[sort])}
        profile.disable()
        print(json.dumps(told), flush=True)
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def fill(engine: Engine, options: argparse.Namespace) -> dict[str, float]:
    before = sum(path.stat().st_size for path in options.folder.rglob("*") if path.is_file())
    wall, cpu = time.perf_counter(), time.process_time()
    engine.fill(lines_of(options.folder / "corpus.jsonl"))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    with (options.folder / "corpus.jsonl").open(encoding="utf-8") as stream:
        count = sum(1 for _ in stream)
    home = options.keep or options.folder
    after = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return {
        "papers_per_s": round(count / wall, 1),
        "papers_per_cpu_s": round(count / cpu, 1),
        "index_bytes": after if options.keep else after - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def ask(engine: Engine, asked: list[list[str]]) -> dict[str, object]:
    took: list[float] = []
    cpu: list[float] = []
    ranks: list[int] = []
    for text, gold in asked:
        wall_from, cpu_from = time.perf_counter(), time.process_time()
        ids = engine.ask(text)
        took.append((time.perf_counter() - wall_from) * 1000)
        cpu.append((time.process_time() - cpu_from) * 1000)
        if gold:
            ranks.append(ids.index(gold) + 1 if gold in ids[:10] else 0)
    found = {"recall10": quality(ranks, []).recall10, "recall1": quality(ranks, []).recall1}
    p50, p95 = percentiles(took)
    cpu50, cpu95 = percentiles(cpu)
    return {
        "p50_ms": p50, "p95_ms": p95, "worst_ms": round(max(took), 1), "cpu_p50_ms": cpu50, "cpu_p95_ms": cpu95,
        **(found if ranks else {}),
    }  # fmt: skip


def lines_of(path: Path) -> Iterator[Paper]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield paper_of(json.loads(line))


def recall(name: str, set_name: str, options: argparse.Namespace) -> dict[str, object]:
    """How many questions of a retrieval set *name* answers, with marks and without."""
    asked = read_questions(options.material / f"{set_name}.queries.jsonl")
    told: dict[str, object] = {"engine": name, "set": set_name}
    with tempfile.TemporaryDirectory(dir=options.work) as temp:
        engine: Engine = ENGINES[name](Path(temp))
        engine.fill(lines_of(options.material / f"{set_name}.corpus.jsonl"))
        for way in ("marked", "bare"):
            ranks = []
            for one in asked:
                ids = engine.ask(getattr(one, way))[:10]
                ranks.append(next((at for at, id_ in enumerate(ids, 1) if id_ in one.gold), 0))
            found = quality(ranks, [])
            told[way] = {"mrr10": found.mrr10, "recall1": found.recall1, "recall10": found.recall10}
    return told


if __name__ == "__main__":
    main()
