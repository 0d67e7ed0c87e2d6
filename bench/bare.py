"""What the bare libraries cost on our templates: the least that any program around them must pay.

WeasyPrint with the HarfBuzz subsetter, one shared font configuration and stylesheets parsed once; Word XML patched and compiled once
by docxtpl, only changed parts zipped again. Nothing is checked, numbered, kept or indexed.

    python -m bench.bare --kind gioi-thieu --count 200 --processes 2
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.material import records
from pipeline.clock import SystemClock
from pipeline.config import load_office
from pipeline.engines import rendering
from pipeline.engines.profile import profile_for
from pipeline.kinds import load_kinds, shipped_templates_dir
from pipeline.kinds.checking import check_record
from pipeline.new_office import make_office
from pipeline.record import Place
from pipeline.sheet_context import number_to_try, vb_of


def contexts(kind_name: str, count: int, root: Path) -> tuple[tuple, list[dict]]:
    """The arguments that name a compiled kind, and a filled context for each sheet."""
    make_office(root)
    office = load_office(root)
    kind = load_kinds(shipped_templates_dir(), None)[kind_name]
    day = SystemClock().now().date()
    context = {"van_phong": office.default_body, "hom_nay": day.isoformat(), "ten_tep": ""}
    items = []
    for record in records(kind, count):
        normal, _ = check_record(kind, record, place=Place(), context=context)
        facts = kind.facts(normal, context)
        number = number_to_try(kind, kind.symbol(normal, context), facts, day)
        vb = vb_of(
            kind=kind,
            facts=facts,
            number=number,
            office=office,
            day=day,
            mau=kind.face(normal, context),
        )
        items.append({"record": kind.complete(normal), "vb": vb})
    profile = profile_for(kind.shared_dir, date(day.year, day.month, day.day))
    return (str(kind.directory), str(kind.shared_dir), kind.digest, office.spelling, profile), items


def bare_sheet(kind: rendering.CompiledKind, item: dict, stem: Path) -> None:
    """One sheet in both media, straight from the libraries."""
    context = rendering.context_of(kind, item["record"], item["vb"])
    stem.with_suffix(".docx").write_bytes(rendering._word(kind, context))
    pdf, _ = kind.html.pdf(kind.html.html("page.html", context))
    stem.with_suffix(".pdf").write_bytes(pdf)


def run_share(key: tuple, items: list[dict], out: str) -> tuple[float, float]:
    """Make this process's share; wall and CPU seconds of it after one sheet to warm up."""
    kind = rendering.compiled(*key)
    bare_sheet(kind, items[0], Path(out) / "warm")
    started, cpu = time.perf_counter(), time.process_time()
    for number, item in enumerate(items):
        bare_sheet(kind, item, Path(out) / str(number))
    return time.perf_counter() - started, time.process_time() - cpu


def measure(kind_name: str, count: int, processes: int) -> dict:
    """Wall seconds for *count* sheets on *processes* processes, DOCX and PDF."""
    with TemporaryDirectory() as folder:
        key, items = contexts(kind_name, count, Path(folder) / "office")
        shares = [items[start::processes] for start in range(processes)]
        outs = [Path(folder) / f"out-{number}" for number in range(processes)]
        for out in outs:
            out.mkdir()
        with ProcessPoolExecutor(processes) as pool:
            jobs = [
                pool.submit(run_share, key, share, str(out))
                for share, out in zip(shares, outs, strict=True)
            ]
            results = [job.result() for job in jobs]
    seconds = max(wall for wall, _ in results)
    cpu = sum(cpu for _, cpu in results)
    return {
        "kind": kind_name,
        "count": count,
        "processes": processes,
        "seconds": round(seconds, 2),
        "ms_a_sheet": round(seconds * 1000 / count, 2),
        "cpu_ms_a_sheet": round(cpu * 1000 / count, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", default="gioi-thieu", choices=["gioi-thieu", "phieu-nhan-xet"])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    print(json.dumps(measure(args.kind, args.count, args.processes)))


if __name__ == "__main__":
    main()
