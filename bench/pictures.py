"""Finding again, as people see it: the pictures of the guide, taken from a made-up office through a real browser.

python -m bench.pictures --out docs/anh
python -m bench.pictures --out /tmp/xem --all      # every page of the part, on a laptop and on a telephone, to be looked at
python -m bench.pictures --out /tmp/xem --office FOLDER    # an office of bench.sample_office that is there already
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from bench.sample_office import build

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from browser_kit import LAPTOP, PHONE, chromium, desk, web_server

from pipeline.config import Office, load_office

_COLOURS = 128
_MOST_BYTES = 150_000
_CLERK, _MANAGER = "thuy.nhung", "quan-tri"


def _search(place: Any, words: str) -> None:
    place.go("/tra-cuu/")
    place.page.fill("#q", words)
    place.page.keyboard.press("Enter")
    place.page.wait_for_url("**/tra-cuu/?q=*")


def _found(place: Any) -> None:
    _search(place, "ra soat ho so")


def _narrowed(place: Any) -> None:
    _found(place)
    place.page.click("aside >> text=Văn bản đến")
    place.page.wait_for_url("**so=den**")


def _paper(place: Any) -> None:
    place.go("/tra-cuu/?q=08-HD/BTCTU")
    _drawn(place)


def _replaced(place: Any) -> None:
    place.go("/tra-cuu/?q=06-GGT/VPTU")
    _drawn(place)


def _drawn(place: Any) -> None:
    """Wait until its first page stands there."""
    picture = place.page.locator(".cac-trang img").first
    picture.wait_for()
    picture.evaluate("image => image.decode()")


def _keep(place: Any) -> None:
    _found(place)
    place.page.fill("#ten-luu", "Rà soát hồ sơ đảng viên")
    place.page.locator(".mang-di").scroll_into_view_if_needed()


def _void(place: Any) -> None:
    place.go("/so/di/")
    place.page.click("text=Hủy số >> nth=0")
    place.page.fill("#ly_do", "In hỏng do kẹt giấy; đã cấp số khác")


def _at(address: str) -> Callable[[Any], None]:
    def go(place: Any) -> None:
        place.go(address)

    return go


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: its name, how one comes to the page, and whose page it is."""

    name: str
    way: Callable[[Any], None]
    #: Nobody where it is empty.
    account: str = _CLERK
    in_guide: bool = True
    on_phone: bool = False
    height: int = LAPTOP["height"]


SHOTS = (
    Shot(name="dang-nhap", way=_at("/vao/"), account="", height=480),
    Shot(name="hom-nay", way=_at("/")),
    Shot(name="tim-thay", way=_found),
    Shot(name="thu-hep", way=_narrowed, height=560),
    Shot(name="mot-van-ban", way=_paper),
    Shot(name="bi-thay-the", way=_replaced, height=480),
    Shot(name="so-van-ban-di", way=_at("/so/di/?tu=01/07/2026")),
    Shot(name="huy-so", way=_void, height=560),
    Shot(name="tim-tren-dien-thoai", way=_found, on_phone=True),
    Shot(name="luu-tim-kiem", way=_keep, in_guide=False),
    Shot(name="khong-thay", way=_at("/tra-cuu/?q=qwrtp&loai=bien-ban"), in_guide=False),
    Shot(name="cac-so", way=_at("/so/"), in_guide=False),
    Shot(name="so-van-ban-den", way=_at("/so/den/"), in_guide=False),
    Shot(name="so-ban-sao", way=_at("/so/sao/"), in_guide=False),
    Shot(name="so-khong-co-van-ban", way=_at("/so/so-khong-co-van-ban/"), in_guide=False),
    Shot(name="hom-nay-tra-cuu", way=_at("/"), account="doc", in_guide=False),
    Shot(name="mat-khau", way=_at("/mat-khau/"), in_guide=False),
    Shot(name="xac-thuc", way=_at("/xac-thuc/"), account="", in_guide=False),
    *(
        Shot(name=name, way=_at(address), account=_MANAGER, in_guide=False)
        for name, address in (
            ("nguoi-dung", "/quan-tri/"),
            ("mot-nguoi", "/quan-tri/nguoi/bich.lieu/"),
            ("vai-tro", "/quan-tri/vai-tro/"),
            ("co-quan", "/quan-tri/co-quan/"),
            ("may-in", "/quan-tri/may-in/"),
            ("loai", "/quan-tri/loai/"),
            ("nhat-ky", "/quan-tri/nhat-ky/"),
        )
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--all", action="store_true", help="every page in both sizes, whole")
    parser.add_argument("--office", type=Path, help="an office that is there already")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        office = load_office(args.office) if args.office else build(Path(folder))
        for picture in taken(office, args.out, is_all=args.all):
            print(json.dumps({"picture": str(picture), "bytes": picture.stat().st_size}))


def taken(office: Office, out: Path, *, is_all: bool) -> Iterator[Path]:
    """The pictures, one after another; where one logs in, once for each person."""
    wanted = [shot for shot in SHOTS if is_all or shot.in_guide]
    with web_server(office) as base, chromium() as browser:
        for account in dict.fromkeys(shot.account for shot in wanted):
            with desk(browser, base, account=account or _CLERK) as place:
                if not account:
                    place.page.context.clear_cookies()
                for shot in wanted:
                    if shot.account == account:
                        yield from _sizes(place, shot, out, is_all=is_all)


def _sizes(place: Any, shot: Shot, out: Path, *, is_all: bool) -> Iterator[Path]:
    for on_phone in (False, True) if is_all else (shot.on_phone,):
        usual = PHONE if on_phone else LAPTOP | {"height": shot.height}
        place.page.set_viewport_size(usual)
        shot.way(place)
        place.page.wait_for_load_state("networkidle")
        place.page.evaluate("document.activeElement.blur()")
        target = out / f"web-{shot.name}{'-nho' if is_all and on_phone else ''}.png"
        yield kept(place.page.screenshot(full_page=is_all), target)


def kept(picture: bytes, target: Path) -> Path:
    """The picture with few colours, so that it can lie beside the text; with fewer where it is large."""
    with Image.open(BytesIO(picture)) as whole:
        plain = whole.convert("RGB")
    for colours in (_COLOURS, 64, 32):
        plain.quantize(colours).save(target, optimize=True)
        if target.stat().st_size <= _MOST_BYTES:
            break
    return target


if __name__ == "__main__":
    main()
