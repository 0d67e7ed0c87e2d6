"""The mark ĐẾN and a certified copy, beside bare pypdf that lays the same drawing on the same page, in one run.

python -m bench.stamp --count 100 --pages 200

*Bare* opens the paper, lays the drawing on and writes: nothing is looked for, drawn before and after, or checked.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pypdf import PdfReader, PdfWriter, Transformation

from pipeline.engines import papers_copy, papers_stamp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

_LINES = [
    f"Dong {at}: noi dung cua van ban den, day het chieu ngang trang giay" for at in range(24)
]


def material(folder: Path, pages: int) -> tuple[Path, Path, Path]:
    """A paper of one page, one of *pages*, and a drawing of the usual size."""
    from odd_pdfs import content_of, write_mark, write_pdf

    one = write_pdf(folder / "one.pdf", (content_of(_LINES, y=600, size=12),))
    long = write_pdf(folder / "long.pdf", (content_of(_LINES, y=760, size=12),) * pages)
    write_mark(folder / "mark.pdf")
    return one, long, folder / "mark.pdf"


def bare(source: Path, mark: Path, out: Path, page: int) -> None:
    """pypdf at its plainest."""
    writer = PdfWriter(clone_from=PdfReader(source))
    drawing = PdfReader(mark).pages[0]
    writer.pages[page].merge_transformed_page(drawing, Transformation().translate(85, 650))
    writer.write(out)


def milliseconds(work: Callable[[], object], count: int) -> float:
    """CPU time of one call, the median of *count* after one that warms up: what else runs here does not count."""
    work()
    took = []
    for _ in range(count):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return round(statistics.median(took) * 1000, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--pages", type=int, default=200)
    args = parser.parse_args()
    from helpers import mark_table

    with TemporaryDirectory() as name:
        folder = Path(name)
        one, long, mark = material(folder, args.pages)
        out = folder / "out.pdf"
        stamped = {"path": str(one), "mark": str(mark), "out": str(out), "rules": mark_table()}
        copied = {"source": str(long), "block_pdf": str(mark), "out": str(out)}
        few = max(3, args.count // 20)
        told = {
            "stamp_bare_ms": milliseconds(lambda: bare(one, mark, out, 0), args.count),
            "stamp_ms": milliseconds(lambda: papers_stamp.stamp(stamped), args.count),
            "copy_bare_ms": milliseconds(lambda: bare(long, mark, out, -1), few),
            "copy_ms": milliseconds(lambda: papers_copy.make(copied), few),
            "copy_grows_bytes": out.stat().st_size - long.stat().st_size,
        }
    told["stamp_beyond_ms"] = round(told["stamp_ms"] - told["stamp_bare_ms"], 2)
    told["copy_ratio"] = round(told["copy_ms"] / told["copy_bare_ms"], 2)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
