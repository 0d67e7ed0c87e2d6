"""Pages as they come out, to be looked at: stamped, copied, printed. PNG files into one folder.

python -m bench.show --out docs/anh
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

_DPI = 60
_LETTER = (
    ("BAN TỔ CHỨC TỈNH ỦY HÀ SƠN", 25, 20, 13, True),
    ("Số 20-CV/BTCTU", 38, 30, 13, False),
    ("ĐẢNG CỘNG SẢN VIỆT NAM", 115, 20, 14, True),
    ("Hà Sơn, ngày 12 tháng 10 năm 2026", 108, 30, 13, False),
    *(
        (
            f"{at}. Các chi bộ rà soát hồ sơ đảng viên đang cư trú tại địa bàn, lập danh sách",
            30,
            60 + 9 * at,
            13,
            False,
        )
        for at in range(1, 12)
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name:
        for title, page in pages(Path(name)):
            target = args.out / f"{title}.png"
            small(page, target)
            print(json.dumps({"picture": str(target), "bytes": target.stat().st_size}))


def pages(folder: Path) -> Iterator[tuple[str, tuple[Path, int]]]:
    """Names and pages, as (PDF, page from 0)."""
    from copies_kit import ATTESTED, SAO_LUC, SAO_Y, ask, receive, the_copy
    from cups import running_cups
    from helpers import example, make_office
    from odd_pdfs import content_of, write_pdf, write_scan
    from office_kit import VAN_BAN_DEN, drop, drop_json, letter, run
    from printing_kit import with_printer

    limits = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    usual = {"noi_nhan": ["Các chi bộ", "Văn phòng"], "nguoi_ky": "pcvp", "ma_xac_thuc": True}
    office = make_office(folder, gioi_han=limits, ban_sao=usual)
    scan = write_scan(folder / "scan.pdf", _LETTER, dpi=200)
    drop(office, VAN_BAN_DEN, "cv20.pdf", scan.read_bytes())
    drop_json(office, "cv20.json", letter(20), VAN_BAN_DEN)
    lines = [f"Dong {at}: noi dung van ban den" for at in range(12)]
    turned = write_pdf(folder / "t.pdf", (content_of(lines, y=560, size=12),), Rotate=90)
    drop(office, VAN_BAN_DEN, "cv21.pdf", turned.read_bytes())
    drop_json(office, "cv21.json", letter(21), VAN_BAN_DEN)
    full = content_of([f"Dong {at}: het cho tren trang" for at in range(36)], y=780)
    receive(office, folder, 22, full)
    run(office, "process")
    drop_json(office, "gt.json", example("gioi-thieu", "day-du"), "gioi-thieu")
    ask(office, "luc.json", "20-CV/BTCTU")
    run(office, "process")
    results = office.inbox_dir / VAN_BAN_DEN / office.folders.results
    yield "dau-den-ban-quet", (stamped(results, "20-CV"), 0)
    yield "dau-den-trang-xoay", (stamped(results, "21-CV"), 0)
    on_page = the_copy(office)
    yield "sao-luc-cuoi-trang", (on_page, 0)
    on_page.unlink()
    ask(office, "rieng.json", "22-CV/BTCTU", **ATTESTED)
    run(office, "process")
    own = the_copy(office, SAO_LUC)
    yield "sao-luc-trang-rieng", (own, 1)
    ask(office, "dt.json", "01-GGT/VPTU", SAO_Y, dien_tu=True, **ATTESTED)
    run(office, "process")
    yield "sao-y-dien-tu", (the_copy(office, SAO_Y), 0)
    with running_cups() as server:
        printer = server.new_printer()
        office = with_printer(office, server.address, printer.name)
        ran = run(office, "print", "01-GGT/VPTU", "--separators")
        if ran.status:
            raise SystemExit(ran.stderr)
        (job,) = printer.printed()
        out = folder / "job.pdf"
        out.write_bytes(b"%PDF" + job.read_bytes().partition(b"%PDF")[2])
        yield "to-ngan-may-in", (out, 0)


def stamped(results: Path, name: str) -> Path:
    return next(path for path in results.rglob("*.pdf") if name in path.name)


def small(page: tuple[Path, int], target: Path) -> None:
    """The page with few colours: a picture for people, not for archives."""
    from pipeline.engines import raster

    path, index = page
    raster.write_png(path, index, target, dpi=_DPI)
    with Image.open(target) as picture:
        framed = Image.new("RGB", (picture.width + 2, picture.height + 2), "#888888")
        framed.paste(picture.convert("RGB"), (1, 1))
    framed.quantize(48).save(target, optimize=True)


if __name__ == "__main__":
    main()
