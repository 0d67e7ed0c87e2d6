"""Finding again, the books, the people: these pages in an office that has a year behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser_kit import web_server

from bench.camera import Shot, at
from bench.sample_office import build

_CLERK, _MANAGER = "thuy.nhung", "quan-tri"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of the office, made in *folder*."""
    folder.mkdir()
    with web_server(build(folder)) as base:
        yield base


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


SHOTS = (
    Shot(name="dang-nhap", way=at("/vao/"), account="", height=480, in_guide=True),
    Shot(name="hom-nay", way=at("/"), account=_CLERK, in_guide=True),
    Shot(name="tim-thay", way=_found, account=_CLERK, in_guide=True),
    Shot(name="thu-hep", way=_narrowed, height=560, account=_CLERK, in_guide=True),
    Shot(name="mot-van-ban", way=_paper, account=_CLERK, in_guide=True),
    Shot(name="bi-thay-the", way=_replaced, height=480, account=_CLERK, in_guide=True),
    Shot(name="so-van-ban-di", way=at("/so/di/?tu=01/07/2026"), account=_CLERK, in_guide=True),
    Shot(name="huy-so", way=_void, height=560, account=_CLERK, in_guide=True),
    Shot(name="tim-tren-dien-thoai", way=_found, on_phone=True, account=_CLERK, in_guide=True),
    Shot(name="luu-tim-kiem", way=_keep, account=_CLERK),
    Shot(name="khong-thay", way=at("/tra-cuu/?q=qwrtp&loai=bien-ban"), account=_CLERK),
    Shot(name="cac-so", way=at("/so/"), account=_CLERK),
    Shot(name="so-van-ban-den", way=at("/so/den/"), account=_CLERK),
    Shot(name="so-ban-sao", way=at("/so/sao/"), account=_CLERK),
    Shot(name="so-khong-co-van-ban", way=at("/so/so-khong-co-van-ban/"), account=_CLERK),
    Shot(name="hom-nay-tra-cuu", way=at("/"), account="doc"),
    Shot(name="mat-khau", way=at("/mat-khau/"), account=_CLERK),
    Shot(name="xac-thuc-chua-vao", way=at("/xac-thuc/"), account=""),
    *(
        Shot(name=name, way=at(address), account=_MANAGER)
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
