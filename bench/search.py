"""One mixed corpus, one set of questions, three engines in one run: speed, memory, size; then who finds more.

python -m bench.search                        10,000 and 100,000 papers, ours beside tantivy and SQLite FTS5
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
from dataclasses import dataclass, field
from pathlib import Path

from bench.search_corpus import SORTS, papers, passages_of, questions
from bench.search_engines import ENGINES, Engine, paper_of
from pipeline.search_eval import percentiles, quality, read_questions
from pipeline.stores.search.values import Paper

MATERIAL = Path(__file__).resolve().parents[2] / "shared" / "dev-data" / "search"
RETRIEVAL_SETS = ("alqac", "xquad")
WARM_UP_S = 20.0


def main() -> None:
    options = read_options()
    if options.child:
        measure(options)
        return
    for count in options.papers:
        measure_all(count, options)
    if options.recall:
        for name in RETRIEVAL_SETS:
            if (options.material / f"{name}.corpus.jsonl").is_file():
                for engine in options.engines:
                    print(json.dumps(recall(engine, name, options)), flush=True)


def measure_all(count: int, options: argparse.Namespace) -> None:
    """Every engine on one corpus of *count* papers."""
    with tempfile.TemporaryDirectory(dir=options.work) as temp:
        folder = Path(temp)
        corpus = folder / "corpus.jsonl"
        write_corpus(corpus, count, options.material)
        asked = questions(corpus, max(1, count // 2000))
        (folder / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
        for engine in options.engines:
            run_child(engine, folder, count, options)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--sorts", nargs="+", choices=SORTS, default=list(SORTS))
    parser.add_argument(
        "--material", type=Path, default=MATERIAL, help="folder of the retrieval sets"
    )
    parser.add_argument("--work", type=Path, help="where the throwaway folders are made")
    parser.add_argument(
        "--keep", type=Path, help="index folders to fill, or to ask where they are filled"
    )
    parser.add_argument("--no-recall", dest="recall", action="store_false")
    parser.add_argument(
        "--profile", action="store_true", help="where the time of the questions goes"
    )
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def write_corpus(path: Path, count: int, material: Path) -> None:
    words = 0
    with path.open("w", encoding="utf-8") as stream:
        for paper in papers(count, passages_of(material)):
            words += len(paper["text"].split())
            stream.write(json.dumps(paper, ensure_ascii=False) + "\n")
    print(
        json.dumps({
            "papers": count,
            "words_per_paper": round(words / count),
            "load": [round(one, 1) for one in os.getloadavg()],
        }),
        flush=True,
    )  # fmt: skip


def run_child(engine: str, folder: Path, count: int, options: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "bench.search", "--child", engine, "--folder", str(folder)]
    command += ["--sorts", *options.sorts]
    command += ["--profile"] if options.profile else []
    keep = options.keep and options.keep / f"{engine}-{count}"
    command += ["--keep", str(keep)] if keep else []
    subprocess.run(command, check=True, cwd=Path(__file__).resolve().parents[1])


def measure(options: argparse.Namespace) -> None:
    """In the child: fill, then ask; on one core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    folder: Path = options.keep or options.folder
    folder.mkdir(parents=True, exist_ok=True)
    is_filled = (folder / "filled").exists()
    engine: Engine = ENGINES[options.child](folder)
    if not is_filled:
        print(json.dumps({"engine": options.child, **fill(engine, options)}), flush=True)
    if options.keep:
        (folder / "filled").touch()
    asked = json.loads((options.folder / "questions.json").read_text(encoding="utf-8"))
    profile = cProfile.Profile()
    mixed = Times()
    for sort in options.sorts:
        warm_up(engine, asked[sort])
        if options.profile:
            profile.enable()
        times, found = ask(engine, asked[sort])
        profile.disable()
        told = {"engine": options.child, "sort": sort, **times.told(), **found}
        print(json.dumps(told), flush=True)
        mixed.wall += times.wall
        mixed.cpu += times.cpu
    print(json.dumps({"engine": options.child, "sort": "mixed", **mixed.told()}), flush=True)
    told = {"engine": options.child, "asking_mb": peak_mb()}
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
        "peak_mb": peak_mb(),
    }


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def warm_up(engine: Engine, asked: list[list[str]]) -> None:
    """Ask as an office that has been asking all morning; an engine that takes seconds is warm after a few."""
    until = time.process_time() + WARM_UP_S
    for text, _ in asked:
        engine.ask(text)
        if time.process_time() > until:
            break


@dataclass(slots=True)
class Times:
    """What questions took, in ms."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def told(self) -> dict[str, float]:
        p50, p95 = percentiles(self.wall)
        cpu50, cpu95 = percentiles(self.cpu)
        worst = round(max(self.wall), 1)
        return {
            "p50_ms": p50, "p95_ms": p95, "worst_ms": worst, "cpu_p50_ms": cpu50, "cpu_p95_ms": cpu95,
        }  # fmt: skip


def ask(engine: Engine, asked: list[list[str]]) -> tuple[Times, dict[str, float]]:
    """What the questions took, and how many found the paper meant, where one is."""
    times = Times()
    ranks: list[int] = []
    for text, gold in asked:
        wall_from, cpu_from = time.perf_counter(), time.process_time()
        ids = engine.ask(text)
        times.wall.append((time.perf_counter() - wall_from) * 1000)
        times.cpu.append((time.process_time() - cpu_from) * 1000)
        if gold:
            ranks.append(ids.index(gold) + 1 if gold in ids[:10] else 0)
    if not ranks:
        return times, {}
    found = quality(ranks, [])
    return times, {"recall10": found.recall10, "recall1": found.recall1}


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
