"""An office as it is at ten in the morning: what the pictures of the guide are taken in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.app import App
    from pipeline.clock import FixedClock
    from pipeline.config import Office

CLERK, LEADER, READER = "nhung", "tho", "tuan"
_PEOPLE = (
    (CLERK, "Đinh Thùy Nhung", "van-thu"),
    (LEADER, "Nguyễn Hữu Thọ", "lanh-dao"),
    (READER, "Bế Minh Tuấn", "tra-cuu"),
)
#: Number, its body, what it is about, to whom the clerk sent it on.
_LETTERS = (
    (
        "1287-CV/BTCTU",
        "Ban Tổ chức Tỉnh ủy Hà Sơn",
        "về việc rà soát, hoàn thiện hồ sơ đảng viên đang sinh hoạt tại các chi bộ trực thuộc theo Hướng dẫn số 12-HD/BTCTW",
        ("Phòng Tổng hợp",),
    ),
    (
        "342/UBND-NC",
        "Ủy ban nhân dân tỉnh Hà Sơn",
        "về việc phối hợp tổ chức Hội nghị tổng kết phong trào thi đua yêu nước giai đoạn 2021 - 2026",
        (),
    ),
    (
        "95-KH/HU",
        "Huyện ủy Đồng Lâm",
        "kế hoạch kiểm tra việc chấp hành Điều lệ Đảng năm 2026",
        ("Phòng Hành chính - Quản trị", "Đinh Trọng Nghĩa"),
    ),
    (
        "18-TTr/ĐUQS",
        "Đảng ủy Quân sự tỉnh Hà Sơn",
        "tờ trình xin ý kiến về công tác tuyển chọn, gọi công dân nhập ngũ năm 2027",
        (),
    ),
    (
        "2210/SYT-NVY",
        "Sở Y tế tỉnh Hà Sơn",
        "về việc tăng cường công tác phòng, chống dịch bệnh mùa đông xuân",
        (),
    ),
    (
        "41-BC/UBKTTU",
        "Ủy ban Kiểm tra Tỉnh ủy Hà Sơn",
        "báo cáo kết quả kiểm tra, giám sát quý III năm 2026",
        ("Phòng Tổng hợp",),
    ),
)


_DRAFTS = (
    ("Công văn mượn hội trường.json", "cong-van-mot-noi"),
    ("Tờ trình mua giá kho.json", "to-trinh"),
    ("Thông báo lịch trực.json", "thong-bao-ngan"),
)


@contextmanager
def morning(root: Path) -> Iterator[Office]:
    """The office in *root*, made when it is not there yet, with a printer behind it."""
    from cups import running_cups
    from printing_kit import with_printer

    from pipeline.config import OFFICE_FILE, load_office

    is_new = not (root / OFFICE_FILE).exists()
    with running_cups() as server:
        printer = server.new_printer()
        office = _made(root) if is_new else load_office(root)
        yield with_printer(office, server.address, printer.name)


def _made(root: Path) -> Office:
    from copies_kit import ATTESTED, SAO_LUC, TRICH_SAO
    from helpers import example, make_office
    from office_kit import letter, run, write_sheet

    from pipeline.app import open_office
    from pipeline.clock import SystemClock

    root.mkdir(parents=True, exist_ok=True)
    limits = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    usual = {
        "noi_nhan": ["Các chi bộ", "Lưu Văn phòng"],
        "nguoi_ky": "pcvp",
        "ma_xac_thuc": True,
    }
    office = make_office(root, gioi_han=limits, ban_sao=usual)
    office.inbox_dir.mkdir(exist_ok=True)
    with open_office(office.root, _last_week()) as app:
        _people(app)
    for at, (number, issuer, subject, to) in enumerate(_LETTERS):
        record = letter(at, so_ky_hieu=number, co_quan_ban_hanh=issuer, trich_yeu=subject)
        record.pop("loai")
        record |= {"chuyen": list(to)} if to else {}
        record |= {"do_khan": "KHẨN"} if at == 4 else {}
        record |= {"han_giai_quyet": _later(3)} if at == 1 else {}
        _drop_letter(office, root, at, record)
    _receive_last_week(office)
    with open_office(office.root, SystemClock()) as app:
        _scans(app, root)
        sheet = write_sheet(root / ".bang.xlsx", rows(12))
        _send(app, "Đảng viên chuyển sinh hoạt quý 4.xlsx", sheet.read_bytes(), "gioi-thieu")
        for name, example_name in _DRAFTS:
            _send(app, name, _as_json(example("van-ban", example_name)), "van-ban")
        first, third = _LETTERS[0][0], _LETTERS[2][0]
        copy = {"noi_nhan": ["Các chi bộ"], **ATTESTED}
        numbered = copy | {"sao_tu": first, "danh_so_ban": 3}
        _send(app, "Sao lục cho các chi bộ.json", _as_json(numbered), SAO_LUC)
        extract = copy | {"sao_tu": third, "trang_trich": "1"}
        _send(app, "Trích sao trang 1.json", _as_json(extract), TRICH_SAO)
        lacking = {"ho_ten": "Lò Văn Chưa Đủ"}
        _send(app, "Giới thiệu Lò Văn Chưa Đủ.json", _as_json(lacking), "gioi-thieu")
    run(office, "process")
    with open_office(office.root, SystemClock()) as app:
        _words(app)
    return office


def _receive_last_week(office: Office) -> None:
    """So that some of it may be late by now."""
    from pipeline.app import open_office
    from pipeline.process_once import process_inbox

    with open_office(office.root, _last_week()) as app:
        list(process_inbox(app, workers=1))


def _last_week() -> FixedClock:
    from pipeline.clock import FixedClock, SystemClock

    return FixedClock(SystemClock().now() - timedelta(days=6))


def rows(count: int, *, first: int = 900, wrong: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """People of a workbook; a *wrong* one was born on a day that never was."""
    from office_kit import person

    found = [person(first + at) for at in range(1, count + 1)]
    for at in wrong:
        found[at - 1]["ngay_sinh"] = "31/02/1980"
    return found


def _later(days: int) -> str:
    from pipeline.clock import SystemClock, today

    return f"{today(SystemClock()) + timedelta(days=days):%Y-%m-%d}"


def _drop_letter(office: Office, root: Path, at: int, record: dict[str, Any]) -> None:
    from arrival_papers import Sent, write_paper
    from office_kit import VAN_BAN_DEN, drop, drop_json

    issuer = record["co_quan_ban_hanh"].upper()
    sent = Sent(number=record["so_ky_hieu"], issuer=issuer, subject=record["trich_yeu"])
    paper = write_paper(root / ".thu.pdf", replace(sent, kind="THÔNG BÁO", text=sent.text * 30))
    drop(office, VAN_BAN_DEN, f"thu {at}.pdf", paper.read_bytes())
    drop_json(office, f"thu {at}.json", record, VAN_BAN_DEN)
    paper.unlink()


def _send(app: App, name: str, content: bytes, kind: str) -> None:
    """As the clerk does it in her browser."""
    from pipeline.rights import Actor
    from pipeline.roles import Role
    from pipeline.web.sending import send_bytes

    clerk = Actor(name=f"{_PEOPLE[0][1]} ({CLERK})", role=Role.VAN_THU)
    send_bytes(content, name, kind, clerk, app)


def _as_json(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def _scans(app: App, root: Path) -> None:
    """Two papers that the scanner gave, of which not all can be read."""
    from arrival_papers import LETTER, Sent, scan, write_paper
    from office_kit import VAN_BAN_DEN

    doubtful = Sent(
        number="45-ZX/BTCTU", mark="KHẨN", subject="tổ chức lớp bồi dưỡng nghiệp vụ văn thư"
    )
    for name, sent in (
        ("Scan_0001.pdf", doubtful),
        ("Scan_0002.pdf", replace(LETTER, number="19")),
    ):
        paper = write_paper(root / ".giay.pdf", sent)
        picture = scan(paper, root / ".quet.pdf", turn=0.4, noise=2)
        _send(app, name, picture.read_bytes(), VAN_BAN_DEN)
        paper.unlink()
        picture.unlink()


def _people(app: App) -> None:
    from web_kit import PASSWORD, a_person

    from pipeline.roles import Role
    from pipeline.stores.registers.people import People

    people = People(app.registers.db, app.clock)
    for account, name, role in _PEOPLE:
        people.add(a_person(account, Role(role), name), "bench")
        people.set_password(account, PASSWORD, "bench")


def _words(app: App) -> None:
    """What was said of papers before: one is late, one is done."""
    from pipeline.clock import today
    from pipeline.incoming import find_incoming
    from pipeline.routing import Word, finish_route, route

    late = today(app.clock) - timedelta(days=1)
    first, last = (find_incoming(_LETTERS[at][0], app) for at in (0, 5))
    leader = f"Nguyễn Hữu Thọ ({LEADER})"
    route(
        first,
        Word(
            person=leader,
            opinion="Phòng Tổng hợp tham mưu văn bản trả lời, xin ý kiến tôi trước khi phát hành.",
            to=("Phòng Tổng hợp",),
            due=f"{late:%d/%m/%Y}",
        ),
        app,
    )
    route(last, Word(person=leader, opinion="Lưu, theo dõi.", to=("Phòng Tổng hợp",)), app)
    finish_route(last, leader, "Đã báo cáo Thường trực", app)
