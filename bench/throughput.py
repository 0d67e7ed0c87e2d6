"""One workbook from the inbox to archived, answered and indexed, beside the bare libraries in the same run.

python -m bench.throughput --kind gioi-thieu --count 1000 --processes 2
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bare import measure
from bench.material import workbook
from pipeline.kinds import load_kinds, shipped_templates_dir
from pipeline.new_office import make_office


def whole_flow(kind_name: str, count: int, processes: int) -> dict:
    """Wall and CPU seconds of ``vanthu process`` on one workbook, start of the program included."""
    kind = load_kinds(shipped_templates_dir(), None)[kind_name]
    with TemporaryDirectory() as folder:
        root = Path(folder) / "office"
        make_office(root)
        inbox = root / "inbox" / kind_name
        inbox.mkdir(exist_ok=True)
        workbook(kind, count, inbox / "danh sach.xlsx")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        command = [sys.executable, "-m", "pipeline.cli", "--office", str(root)]
        done = subprocess.run(
            [*command, "process", "--json", "--workers", str(processes)],
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        good = sum(line["status"] == "indexed" for line in lines)
        if good != count:
            raise SystemExit(
                f"only {good} of {count} done, status {done.returncode}\n{done.stderr[-2000:]}"
            )
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "seconds": round(seconds, 2),
        "ms_a_sheet": round(seconds * 1000 / count, 2),
        "cpu_ms_a_sheet": round(cpu * 1000 / count, 2),
        "largest_process_mb": round(after.ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", default="gioi-thieu", choices=["gioi-thieu", "phieu-nhan-xet"])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--bare-count", type=int, default=1000, help="at most, for the bare figure")
    args = parser.parse_args()
    bare = measure(args.kind, min(args.count, args.bare_count), args.processes)
    ours = whole_flow(args.kind, args.count, args.processes)
    ratio = round(ours["ms_a_sheet"] / bare["ms_a_sheet"], 2)
    print(
        json.dumps(
            {"kind": args.kind, "count": args.count, "bare": bare, "vanthu": ours, "ratio": ratio},
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
