"""How many stamps of secrecy are seen on made scans, how often a clean page is held back, and what it takes.

python -m bench.mark_stamps --count 100 --clean 60 [--folder FOLDER of papers without a mark]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from pipeline.engines import raster
from pipeline.engines.mark_stamps import DPI, mark_on_stamps
from pipeline.engines.papers_look import look
from pipeline.errors.base import VanthuError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import stamped_scans as scans

_INKS = {
    "black": scans.BLACK,
    "grey": scans.GREY,
    "pale": scans.PALE,
    "red": scans.RED,
    "blue": scans.BLUE,
}
#: Faces of the pictures it is compared with, and others.
_FACES = {
    "known": (scans.SERIF_BOLD, scans.SANS_BOLD, scans.SLAB_BOLD, scans.SERIF),
    "other": (scans.MONO_BOLD, scans.CONDENSED_BOLD, scans.SERIF_ITALIC),
}
_SENDERS = ("BAN NỘI CHÍNH", "ỦY BAN MẶT TRẬN TỔ QUỐC", "BAN DÂN VẬN", "MẶT TRẬN TỔ QUỐC VIỆT NAM")
_TITLES = (
    "công tác bảo vệ bí mật nhà nước năm 2026",
    "QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "KẾ HOẠCH TUYÊN TRUYỀN PHÁP LUẬT, KỸ THUẬT",
    "NHẬT KÝ VÀ TRẬT TỰ CƠ QUAN; ĐẤT, MẠNG",
)
_URGENT = ("", "KHẨN", "HỎA TỐC", "THƯỢNG KHẨN")
_OTHER_STAMPS = (*_URGENT[1:], "ĐẾN", "SAO Y", "BẢN SAO", "THU HỒI", "MẶT TRẬN TỔ QUỐC", "LUẬT SƯ")
_SECONDS = 60.0


def scanner(chance: random.Random, *, is_grey: bool) -> scans.Scanner:
    """One of those that stand in offices."""
    return scans.Scanner(
        dpi=chance.choice([150, 200, 200, 300]),
        skew=chance.uniform(-1, 1),
        blur=chance.uniform(0.3, 1.1),
        noise=chance.uniform(2, 9),
        jpeg=chance.choice([50, 65, 80]),
        is_grey=is_grey,
    )


def stamped(count: int, seed: int) -> Iterator[tuple[str, scans.Stamp, scans.Scanner, Image.Image]]:
    """Scans with a stamp, and what is to be told of them together."""
    chance = random.Random(seed)
    for at in range(count):
        ink = list(_INKS)[at % len(_INKS)]
        faces = "other" if at % 4 == 3 else "known"
        anywhere = (chance.uniform(25, 120), chance.uniform(30, 110))
        stamp = scans.Stamp(
            words=chance.choice(["MẬT", "MẬT", "TỐI MẬT", "TUYỆT MẬT"]),
            tilt=chance.choice([0.0, chance.uniform(-5, 5), chance.uniform(-20, 20)]),
            ink=_INKS[ink],
            at=chance.choice([scans.FREE, scans.OVER_TEXT, scans.HALF_OVER, anywhere]),
            font=chance.choice(_FACES[faces]),
            size_pt=chance.choice([13, 14, 15, 16, 18, 20]),
            frames=chance.choice([0, 1, 1, 2]),
        )
        page = scans.page_of("BAN NỘI CHÍNH", seed=at)
        scans.set_stamp(page, stamp)
        how = scanner(chance, is_grey=ink not in {"red", "blue"} or chance.random() < 0.5)
        yield f"{ink}, {faces} face", stamp, how, scans.scanned(page, how)


def clean(count: int, seed: int) -> Iterator[tuple[scans.Scanner, Image.Image]]:
    """Scans without a mark, with all that may look like one."""
    chance = random.Random(seed)
    for at in range(count):
        page = scans.page_of(
            chance.choice(_SENDERS),
            seed=1000 + at,
            marks=chance.choice(_URGENT),
            title=chance.choice(_TITLES),
        )
        if at % 2:
            ink = chance.choice([scans.BLACK, scans.GREY, scans.RED])
            where = (chance.uniform(25, 120), chance.uniform(40, 110))
            words, tilt = chance.choice(_OTHER_STAMPS), chance.uniform(-15, 15)
            scans.set_stamp(page, scans.Stamp(words=words, tilt=tilt, ink=ink, at=where))
        if at % 3:
            scans.set_seal(page, chance.uniform(30, 120), chance.uniform(70, 110))
        if at % 4 == 1:
            scans.set_arrival(page, chance.uniform(-12, 12))
        how = scanner(chance, is_grey=at % 2 == 0)
        yield how, scans.scanned(page, how)


def head_of(picture: Image.Image, dpi: float) -> Image.Image:
    """The upper half at the fineness stamps are looked for in."""
    size = (round(picture.width * DPI / dpi), round(picture.height * DPI / dpi))
    return picture.resize(size).crop((0, 0, size[0], size[1] // 2))


def grey_pages(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """The first page of each paper in a folder as a grey scanner would send it."""
    for path in sorted(folder.rglob("*.pdf")):
        try:
            yield path.name, raster.gray(path, 0, dpi=DPI)
        except VanthuError:
            continue
    for path in sorted(folder.rglob("*.jpg")):
        with Image.open(path) as picture:
            yield path.name, picture.convert("L")


def count_found(count: int, seed: int, *, is_loud: bool) -> dict[str, object]:
    """How many of the stamps were seen, and how long it took."""
    total: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    took = []
    for group, stamp, how, picture in stamped(count, seed):
        began = time.process_time()
        found = mark_on_stamps(head_of(picture, how.dpi), seconds=_SECONDS).finding
        took.append(time.process_time() - began)
        total[group] += 1
        seen[group] += bool(found)
        if is_loud and not found:
            print("missed", stamp, how, file=sys.stderr)
    return {
        "found": {group: f"{seen[group]}/{total[group]}" for group in sorted(total)},
        "cpu_s": {"median": round(sorted(took)[len(took) // 2], 2), "most": round(max(took), 2)},
    }


def false_alarms(count: int, seed: int, folder: Path | None) -> dict[str, object]:
    """Clean pages that were held back, by the whole look that intake has."""
    alarms, looked, took = [], 0, []
    with TemporaryDirectory() as name:
        path = Path(name) / "trang.pdf"
        made = ((f"made {at}", how.dpi, one) for at, (how, one) in enumerate(clean(count, seed)))
        real = ((name, DPI, one) for name, one in grey_pages(folder)) if folder else iter(())
        for title, dpi, picture in (*made, *real):
            picture.save(path, "PDF", resolution=dpi)
            began = time.perf_counter()
            told = look({"path": str(path)})
            took.append(time.perf_counter() - began)
            looked += 1
            if told["secrecy"] or told["doubt"]:
                alarms.append(f"{title}: {told['secrecy']} {told['doubt']}")
    middle = sorted(took)[len(took) // 2] if took else 0.0
    spent = {"median": round(middle, 2), "most": round(max(took, default=0.0), 2)}
    return {"clean": looked, "held_back": alarms, "whole_look_s": spent}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--clean", type=int, default=60)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--loud", action="store_true", help="tell what was missed")
    args = parser.parse_args()
    told: dict[str, object] = {}
    if args.count:
        told |= count_found(args.count, args.seed, is_loud=args.loud)
    if args.clean or args.folder:
        told |= false_alarms(args.clean, args.seed, args.folder)
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
