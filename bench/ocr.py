"""Pages a minute that are read by a machine, from a claimed paper to its archived version, beside bare OCRmyPDF in the same run.

python -m bench.ocr --pages 12 [--scan FILE.pdf]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.app import open_office
from pipeline.clock import SystemClock
from pipeline.new_office import make_office
from pipeline.process_once import process_inbox
from pipeline.reader import read_until_idle

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

_LINES = [
    ("TỈNH ỦY ĐIỆN BIÊN", 25, 20, 14, False),
    ("ĐẢNG CỘNG SẢN VIỆT NAM", 110, 20, 14, False),
    *(
        (
            f"{at}. Các cấp ủy rà soát hồ sơ còn tồn đọng và giao nộp vào lưu trữ",
            25,
            40 + 8 * at,
            13,
            False,
        )
        for at in range(1, 28)
    ),
]


def a_scan(out: Path, pages: int) -> Path:
    """A scan that the tests' own scanner makes, every page with its own noise."""
    from odd_pdfs import scan_picture

    pictures = [scan_picture(_LINES).rotate(0.7, fillcolor=235) for _ in range(pages)]
    pictures[0].save(out, "PDF", resolution=200, save_all=True, append_images=pictures[1:])
    return out


def cost(work: Callable[[], object]) -> dict[str, float]:
    """Seconds on the clock, and of the processors: what else runs here does not count for those."""
    began, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    return {"wall_s": round(time.perf_counter() - began, 2), "cpu_s": round(cpu, 2)}


def bare(scan: Path, folder: Path) -> dict[str, float]:
    """What it costs of OCRmyPDF's own command with the same pages, language and turning."""
    options = ["-q", "-j", "1", "-l", "vie", "-r", "-d", "--mode", "force"]
    engines = ["--rasterizer", "pypdfium", "--output-type", "pdf"]
    command = [sys.executable, "-m", "ocrmypdf", *options, *engines]
    return cost(lambda: subprocess.run([*command, scan, folder / "bare.pdf"], check=True))


def ours(scan: Path, folder: Path) -> dict[str, float]:
    """What it costs of the reader alone: the paper was taken in before."""
    root = folder / "office"
    make_office(root)
    inbox = root / "inbox" / "van-ban-den"
    inbox.mkdir(exist_ok=True)
    (inbox / "quet.pdf").write_bytes(scan.read_bytes())
    record = {"so_ky_hieu": "1-CV/X", "co_quan_ban_hanh": "X", "trich_yeu": "Bản quét"}
    (inbox / "quet.json").write_text(json.dumps(record, ensure_ascii=False))
    with open_office(root, SystemClock()) as app:
        list(process_inbox(app, workers=1))
        read: list[int] = []
        took = cost(
            lambda: read.append(read_until_idle(app, lambda: False, lambda _done, _place: None))
        )
    if read != [1]:
        raise SystemExit(f"read {read} papers instead of one")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--scan", type=Path, help="a scan of your own instead of a made one")
    args = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        scan = args.scan or a_scan(folder / "scan.pdf", args.pages)
        alone, whole = bare(scan, folder), ours(scan, folder)
    ratios = {f"ratio_{name}": round(whole[name] / alone[name], 2) for name in alone}
    print(json.dumps({"bare": alone, "vanthu": whole, **ratios}))


if __name__ == "__main__":
    main()
