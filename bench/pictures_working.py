"""Papers that come, go, are copied and printed: these pages at ten in the morning, while the office works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from browser_kit import web_server
from office_kit import running, write_sheet

from bench.camera import Shot, Way, at
from bench.morning_office import CLERK, LEADER, READER, morning, rows


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of the office, made in *folder*, with everybody at work."""
    with (
        morning(folder) as office,
        running(office, "watch", "work", "keep"),
        web_server(office) as base,
    ):
        yield base


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
    Shot(name="dang-xu-ly", way=at("/dang-xu-ly/"), in_guide=True, account=CLERK),
    Shot(name="bang-tinh", way=_sent_workbook, in_guide=True, account=CLERK),
    Shot(name="van-ban-di", way=at("/van-ban-di/"), in_guide=True, account=CLERK),
    Shot(name="soan-sai", way=_composed(wrong=True), in_guide=True, account=CLERK),
    Shot(name="soan-van-ban", way=at("/van-ban-di/soan/van-ban/"), account=CLERK),
    Shot(name="soan-phieu", way=at("/van-ban-di/soan/phieu-nhan-xet/"), account=CLERK),
    Shot(name="soan-bien-ban", way=at("/van-ban-di/soan/bien-ban/"), account=CLERK),
    Shot(name="soan-xem", way=_looked_at, in_guide=True, account=CLERK),
    Shot(name="van-ban-den", way=at("/van-ban-den/"), in_guide=True, account=CLERK),
    Shot(name="xac-nhan", way=_WAITING, in_guide=True, account=CLERK),
    Shot(name="van-ban-den-mot", way=_ARRIVAL, account=CLERK),
    Shot(name="vao-so", way=at("/van-ban-den/vao-so/"), account=CLERK),
    Shot(name="y-kien", way=at("/xin-y-kien/"), account=LEADER, in_guide=True, on_phone=True),
    Shot(name="ban-sao", way=at("/ban-sao/"), in_guide=True, account=CLERK),
    Shot(name="ban-sao-moi", way=_copy_form, in_guide=True, account=CLERK),
    Shot(
        name="ban-sao-chon-trang",
        way=_seen(_copy_form, "#phan-trang"),
        in_guide=True,
        account=CLERK,
    ),
    Shot(
        name="ban-sao-mot", way=_first("/ban-sao/", ".bang tbody a"), in_guide=True, account=CLERK
    ),
    Shot(name="xac-thuc", way=_checked, in_guide=True, account=CLERK),
    Shot(name="dien-thoai", way=at("/xac-thuc/dien-thoai/"), account=CLERK),
    Shot(name="in-an", way=_chosen, in_guide=True, account=CLERK),
    Shot(name="in-an-mot", way=_printed, in_guide=True, account=CLERK),
    Shot(name="in-an-tra-cuu", way=at("/in-an/"), account=READER),
)
