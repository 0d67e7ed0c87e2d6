"""The pages for papers that come, go, are copied and printed, as people see them: PNG files into one folder.

python -m bench.pictures_b --out docs/anh            # the pictures of the guide
python -m bench.pictures_b --out /tmp/xem --all      # every page, on a laptop and on a telephone, to be looked at
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from bench.pictures_office import CLERK, LEADER, READER, morning, rows

_COLOURS = 96
_MOST_BYTES = 150_000
Way = Callable[[Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One page, and how one comes to it."""

    name: str
    way: Way
    account: str = CLERK
    #: It stands in the guide: on a laptop, or on a telephone.
    in_guide: bool = False
    on_phone: bool = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--all", action="store_true", help="every page in both sizes")
    parser.add_argument("--only", default="", help="names that match this expression")
    parser.add_argument("--office", type=Path, help="an office folder to be made, or used again")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        for target in _taken(args.office or Path(folder) / "office", args):
            print(json.dumps({"picture": str(target), "bytes": target.stat().st_size}), flush=True)


def _taken(root: Path, args: argparse.Namespace) -> Iterator[Path]:
    from browser_kit import LAPTOP, PHONE, chromium, desk, web_server
    from office_kit import running

    wanted = [one for one in SHOTS if re.search(args.only, one.name) and (args.all or one.in_guide)]
    with (
        morning(root) as office,
        running(office, "watch", "work", "keep"),
        web_server(office) as base,
        chromium() as browser,
    ):
        for shot in wanted:
            with desk(browser, base, account=shot.account) as place:
                for on_phone in (False, True) if args.all else (shot.on_phone,):
                    place.page.set_viewport_size(PHONE if on_phone else LAPTOP)
                    shot.way(place)
                    target = args.out / _named(shot, on_phone, is_all=args.all)
                    yield _kept(place.page, target, is_whole=args.all)


def _named(shot: Shot, on_phone: bool, *, is_all: bool) -> str:
    return f"web-{shot.name}{'-nho' if on_phone and is_all else ''}.png"


def _kept(page: Any, target: Path, *, is_whole: bool) -> Path:
    """What stands on the screen, with few colours; the whole page where it is to be judged."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(target), full_page=is_whole)
    with Image.open(target) as picture:
        kept = picture.convert("RGB").quantize(_COLOURS)
    kept.save(target, optimize=True)
    if not is_whole and target.stat().st_size > _MOST_BYTES:
        raise SystemExit(f"{target} is too large for the guide")
    return target


# --- how one comes to each page ---


def _at(address: str) -> Way:
    def way(place: Any) -> None:
        place.go(address)

    return way


def _first(address: str, link: str) -> Way:
    """The first thing of a list."""

    def way(place: Any) -> None:
        place.go(address)
        place.page.locator(link).first.click()
        place.page.wait_for_load_state("networkidle")

    return way


def _seen(way: Way, selector: str) -> Way:
    """The same, with that part of the page at the top."""

    def further(place: Any) -> None:
        way(place)
        place.page.wait_for_load_state("networkidle")
        place.page.locator(selector).first.evaluate("one => one.scrollIntoView({block: 'start'})")

    return further


def _composed(*, wrong: bool) -> Way:
    def way(place: Any) -> None:
        page = place.page
        place.go("/van-ban-di/soan/gioi-thieu/")
        for name, text in (
            ("ho_ten", "Nguyễn Thị Hoàng Lan Phương"),
            ("ngay_sinh", "31/02/1987" if wrong else "21/02/1987"),
            ("ngay_vao_dang", "19/05/2012"),
            ("chi_bo", "Chi bộ Phòng Hành chính, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn"),
            ("noi_cu_tru_xa", "xã Đồng Lâm"),
            ("noi_cu_tru_tinh", "tỉnh Hà Sơn"),
        ):
            page.locator(f"[name='f.{name}']").fill(text)
        page.locator("[name='f.gioi_tinh']").select_option("Nữ")
        page.get_by_text("Đã lưu").first.wait_for()

    return way


def _looked_at(place: Any) -> None:
    _composed(wrong=False)(place)
    place.page.get_by_role("button", name="Xem trước").click()
    place.page.wait_for_url("**/xem/")


def _sent_workbook(place: Any) -> None:
    from office_kit import write_sheet

    with TemporaryDirectory() as folder:
        path = write_sheet(
            Path(folder) / "Danh sách quý 4.xlsx", rows(30, first=950, wrong=(7, 19))
        )
        place.go("/dang-xu-ly/?loai=gioi-thieu")
        place.page.set_input_files("#files", path)
        place.page.get_by_role("button", name="Gửi").click()
        place.see("cần sửa 2 dòng")
    place.page.locator(".the-viec a").first.click()
    place.see("Dòng cần sửa")


def _copy_form(place: Any) -> None:
    place.go("/ban-sao/moi/?van-ban=95-KH/HU")
    place.page.get_by_label("Trích sao").check()
    place.page.fill("#noi-nhan", "Chi bộ Phòng Tổng hợp\nChi bộ Phòng Hành chính - Quản trị")
    place.page.wait_for_load_state("networkidle")


def _checked(place: Any) -> None:
    place.go("/xac-thuc/")
    place.page.fill("#code", "ABCD-EFGH-JKMN-PQRS-TVWX")
    place.page.get_by_role("button", name="Xác thực").click()


def _chosen(place: Any) -> None:
    place.go("/in-an/")
    place.page.fill("#so", "01-GGT/VPTU\n02-GGT/VPTU\n95-KH/HU")
    place.page.get_by_role("button", name="Thêm").click()
    place.page.wait_for_load_state("networkidle")


def _printed(place: Any) -> None:
    _chosen(place)
    place.page.get_by_role("button", name="In", exact=True).click()
    place.see("Đã in đủ chưa?")


_ARRIVAL = _first("/van-ban-den/", ".bang-den tbody a")
_WAITING = _first("/van-ban-den/", ".the-viec a")
SHOTS = (
    Shot(name="dang-xu-ly", way=_at("/dang-xu-ly/"), in_guide=True),
    Shot(name="bang-tinh", way=_sent_workbook, in_guide=True),
    Shot(name="van-ban-di", way=_at("/van-ban-di/"), in_guide=True),
    Shot(name="soan-sai", way=_composed(wrong=True), in_guide=True),
    Shot(name="soan-van-ban", way=_at("/van-ban-di/soan/van-ban/")),
    Shot(name="soan-phieu", way=_at("/van-ban-di/soan/phieu-nhan-xet/")),
    Shot(name="soan-bien-ban", way=_at("/van-ban-di/soan/bien-ban/")),
    Shot(name="soan-xem", way=_looked_at, in_guide=True),
    Shot(name="van-ban-den", way=_at("/van-ban-den/"), in_guide=True),
    Shot(name="xac-nhan", way=_WAITING, in_guide=True),
    Shot(name="van-ban-den-mot", way=_ARRIVAL),
    Shot(name="vao-so", way=_at("/van-ban-den/vao-so/")),
    Shot(name="y-kien", way=_at("/xin-y-kien/"), account=LEADER, in_guide=True, on_phone=True),
    Shot(name="ban-sao", way=_at("/ban-sao/"), in_guide=True),
    Shot(name="ban-sao-moi", way=_copy_form, in_guide=True),
    Shot(name="ban-sao-chon-trang", way=_seen(_copy_form, "#phan-trang"), in_guide=True),
    Shot(name="ban-sao-mot", way=_first("/ban-sao/", ".bang tbody a"), in_guide=True),
    Shot(name="xac-thuc", way=_checked, in_guide=True),
    Shot(name="dien-thoai", way=_at("/xac-thuc/dien-thoai/")),
    Shot(name="in-an", way=_chosen, in_guide=True),
    Shot(name="in-an-mot", way=_printed, in_guide=True),
    Shot(name="in-an-tra-cuu", way=_at("/in-an/"), account=READER),
)

if __name__ == "__main__":
    main()
