"""A year in the records room of a made-up province, for looking at the pages: eighty papers of every kind and state, people of every role.

python -m bench.sample_office FOLDER        # then: vanthu --office FOLDER web
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from arrival_papers import Sent, scan, write_paper
from helpers import example, make_office
from office_kit import VAN_BAN_DEN, WarmApp, drop, drop_json, drop_sheet, opened, person
from web_kit import PASSWORD, a_person

from pipeline.clock import SystemClock
from pipeline.config import Office
from pipeline.engines.cell import Cell
from pipeline.issuing import Issue, issue_papers
from pipeline.process_once import process_inbox
from pipeline.record import LegalState
from pipeline.roles import Role
from pipeline.routing import Word, route
from pipeline.stores.registers.people import People
from pipeline.stores.registers.views import DocumentState, DocumentView

CLERK = "Đinh Thùy Nhung (thuy.nhung)"
#: Account, full name, role. All have the password of the tests.
PEOPLE = (
    ("quan-tri", "Hà Đức Cảnh", Role.QUAN_TRI),
    ("thuy.nhung", "Đinh Thùy Nhung", Role.VAN_THU),
    ("trong.nghia", "Đinh Trọng Nghĩa", Role.LANH_DAO),
    ("kieu.oanh", "Nông Thị Kiều Oanh", Role.LANH_DAO),
    ("bich.lieu", "Tôn Nữ Hoàng Thị Bích Liễu", Role.CHUYEN_VIEN),
    ("van.thai", "Nông Văn Thái", Role.CHUYEN_VIEN),
    ("doc", "Phòng đọc, Kho lưu trữ lịch sử tỉnh", Role.TRA_CUU),
)
_WARDS = ("xã Đồng Lâm", "phường Suối Ngàn", "xã Nà Khoang", "phường Bến Đá", "xã Tân Lũng")
_CELLS = (
    "Chi bộ Phòng Hành chính, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn",
    "Chi bộ Phòng Tổng hợp, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn",
    "Chi bộ Trung tâm Công nghệ thông tin và Chuyển đổi số, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn",
    "Chi bộ Phòng Cơ yếu",
)
_LAST = ("Như trên", "Thường trực Tỉnh ủy (để báo cáo)", "Các ban đảng Tỉnh ủy")
_TEXT = """Thực hiện chương trình công tác năm, Văn phòng Tỉnh ủy đề nghị các đồng chí quan tâm thực hiện các nội dung sau:

1. Rà soát hồ sơ đảng viên đang công tác giữ mối liên hệ với chi ủy, đảng ủy nơi cư trú theo Quy định 213-QĐ/TW.
2. Lập danh sách đảng viên chuyển nơi cư trú, gửi về Văn phòng Tỉnh ủy trước ngày 25 hằng tháng.
3. Báo cáo khó khăn, vướng mắc và đề xuất cách giải quyết.

Nhận được văn bản này, đề nghị các đồng chí triển khai thực hiện."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A paper of the office: so many days ago, and what became of it."""

    ago: int
    loai: str
    about: str
    to: tuple[str, ...] = ()
    state: LegalState = LegalState.DA_PHAT_HANH
    more: Mapping[str, Any] | None = None


_OURS = (
    Ours(
        ago=310,
        loai="quy-dinh",
        about="về công tác văn thư, lưu trữ trong các cơ quan tham mưu, giúp việc Tỉnh ủy",
    ),
    Ours(ago=310, loai="chuong-trinh", about="công tác năm 2026 của Văn phòng Tỉnh ủy"),
    Ours(
        ago=282,
        loai="ke-hoach",
        about="lấy nhận xét của cấp ủy nơi cư trú đối với đảng viên đang công tác năm 2026",
    ),
    Ours(
        ago=282,
        loai="cong-van",
        about="về việc rà soát hồ sơ đảng viên đợt 1 năm 2026",
        to=("Các đảng ủy trực thuộc Tỉnh ủy",),
    ),
    Ours(
        ago=251,
        loai="thong-bao",
        about="lịch trực cơ quan dịp nghỉ lễ Chiến thắng 30 tháng 4 và Quốc tế Lao động 1 tháng 5",
    ),
    Ours(
        ago=251,
        loai="huong-dan",
        about="lập hồ sơ công việc và nộp lưu hồ sơ, tài liệu vào Lưu trữ cơ quan",
    ),
    Ours(
        ago=214,
        loai="bao-cao",
        about="kết quả thực hiện nhiệm vụ quý I, phương hướng, nhiệm vụ trọng tâm quý II năm 2026",
    ),
    Ours(
        ago=214,
        loai="cong-van",
        about="về việc mượn hội trường tổ chức Hội nghị tập huấn nghiệp vụ công tác văn phòng cấp ủy",
        to=("Trường Chính trị tỉnh Hà Sơn",),
    ),
    Ours(
        ago=180,
        loai="to-trinh",
        about="về việc mua giá kho lưu trữ và thiết bị khử trùng tài liệu",
        to=("Thường trực Tỉnh ủy",),
    ),
    Ours(
        ago=180, loai="quyet-dinh", about="ban hành Danh mục hồ sơ năm 2026 của Văn phòng Tỉnh ủy"
    ),
    Ours(
        ago=151,
        loai="bao-cao",
        about="sơ kết 6 tháng đầu năm 2026 về giới thiệu đảng viên giữ mối liên hệ nơi cư trú",
    ),
    Ours(
        ago=151,
        loai="cong-van",
        about="về việc cử cán bộ dự lớp bồi dưỡng kỹ năng số hóa tài liệu",
        to=("Ban Tổ chức Tỉnh ủy", "Ban Tuyên giáo và Dân vận Tỉnh ủy"),
    ),
    Ours(
        ago=118,
        loai="thong-bao",
        about="kết luận của Chánh Văn phòng tại cuộc họp giao ban tháng 7",
    ),
    Ours(
        ago=118,
        loai="ke-hoach",
        about="kiểm tra công tác văn thư và hồ sơ ở các đảng ủy xã, phường",
    ),
    Ours(
        ago=84,
        loai="cong-van",
        about="về việc xác nhận nơi cư trú của đảng viên chuyển đến phường Suối Ngàn",
        to=("Đảng ủy phường Suối Ngàn", "Đảng ủy phường Bến Đá"),
    ),
    Ours(
        ago=84,
        loai="huong-dan",
        about="sử dụng chứng thư số chuyên dùng trong gửi, nhận văn bản điện tử giữa các cơ quan đảng",
    ),
    Ours(
        ago=52,
        loai="ket-luan",
        about="Hội nghị giao ban Chánh Văn phòng các huyện ủy, thành ủy, đảng ủy trực thuộc quý III năm 2026",
    ),
    Ours(
        ago=52,
        loai="cong-van",
        about="về việc rà soát hồ sơ đảng viên đợt 2 năm 2026",
        to=("Các đảng ủy trực thuộc Tỉnh ủy",),
        state=LegalState.THU_HOI,
    ),
    Ours(
        ago=24,
        loai="bao-cao",
        about="tình hình thực hiện Quy định 213-QĐ/TW của Bộ Chính trị trên địa bàn tỉnh",
    ),
    Ours(ago=24, loai="thong-bao", about="thời gian tiếp nhận hồ sơ, tài liệu nộp lưu năm 2026"),
    Ours(
        ago=6,
        loai="cong-van",
        about="về việc chuẩn bị nội dung kiểm điểm, đánh giá, xếp loại chất lượng tổ chức đảng và đảng viên năm 2026",
        to=("Chi ủy các chi bộ trực thuộc",),
        state=LegalState.DA_KY,
    ),
    Ours(
        ago=6,
        loai="ke-hoach",
        about="tổng kết công tác văn phòng cấp ủy năm 2026",
        state=LegalState.CHO_KY,
    ),
)
_DRAFTS = (
    Ours(
        ago=1,
        loai="to-trinh",
        about="về việc phê duyệt chủ trương nâng cấp phòng máy chủ và đường truyền mạng thông tin diện rộng của Đảng",
        to=("Thường trực Tỉnh ủy",),
    ),
    Ours(
        ago=0,
        loai="thong-bao",
        about="phân công trực lãnh đạo và trực bảo vệ cơ quan dịp Tết Dương lịch năm 2027",
    ),
    Ours(
        ago=0,
        loai="cong-van",
        about="về việc trả lời kiến nghị của đảng viên nơi cư trú",
        to=("Đảng ủy xã Nà Khoang",),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A paper of others: so many days ago; a scan is read by the machine and waits for the clerk's word."""

    ago: int
    sent: Sent
    is_scan: bool = False


def _came(
    ago: int,
    number: str,
    subject: str,
    *,
    kind: str = "KẾ HOẠCH",
    is_scan: bool = False,
    **sent: Any,
) -> Came:
    return Came(
        ago=ago, sent=Sent(number=number, subject=subject, kind=kind, **sent), is_scan=is_scan
    )


_INSPECTION = {
    "issuer": "ỦY BAN KIỂM TRA",
    "signer": "Vi Quang Khải",
    "title": "PHÓ CHỦ NHIỆM",
    "authority": "T/M ỦY BAN KIỂM TRA",
}
_PROPAGANDA = {"issuer": "BAN TUYÊN GIÁO VÀ DÂN VẬN", "signer": "Triệu Thị Ngọc Thảo"}
_EDUCATION = {
    "parent": "UBND TỈNH HÀ SƠN",
    "issuer": "SỞ GIÁO DỤC VÀ ĐÀO TẠO",
    "authority": "KT. GIÁM ĐỐC",
    "title": "PHÓ GIÁM ĐỐC",
    "is_state": True,
    "signer": "Hoàng Minh Lĩnh",
}
_BODIES = {
    "BAN TỔ CHỨC": "Ban Tổ chức Tỉnh ủy Hà Sơn",
    "ỦY BAN KIỂM TRA": "Ủy ban Kiểm tra Tỉnh ủy Hà Sơn",
    "BAN TUYÊN GIÁO VÀ DÂN VẬN": "Ban Tuyên giáo và Dân vận Tỉnh ủy Hà Sơn",
    "SỞ GIÁO DỤC VÀ ĐÀO TẠO": "Sở Giáo dục và Đào tạo tỉnh Hà Sơn",
}
_CAME = (
    _came(300, "11-KH/BTCTU", "lấy nhận xét đảng viên đang công tác năm 2026"),
    _came(
        270,
        "08-HD/BTCTU",
        "thực hiện Quy định 213-QĐ/TW về trách nhiệm của đảng viên đang công tác thường xuyên giữ mối liên hệ với tổ chức đảng và nhân dân nơi cư trú",
        kind="HƯỚNG DẪN",
    ),
    _came(
        240,
        "31-TB/UBKTTU",
        "kết luận kiểm tra việc chấp hành Điều lệ Đảng ở Đảng bộ xã Tân Lũng",
        kind="THÔNG BÁO",
        **_INSPECTION,
    ),
    _came(
        205,
        "57-CV/BTGDVTU",
        "cung cấp tin, bài cho Cổng thông tin điện tử Đảng bộ tỉnh",
        is_letter=True,
        **_PROPAGANDA,
    ),
    _came(
        170,
        "64-BC/BTCTU",
        "kết quả thực hiện công tác tổ chức xây dựng Đảng 6 tháng đầu năm 2026",
        kind="BÁO CÁO",
    ),
    _came(140, "1204/SGDĐT-VP", "phối hợp tổ chức Lễ khai giảng năm học mới", **_EDUCATION),
    _came(
        104,
        "88-KH/UBKTTU",
        "kiểm tra chuyên đề công tác văn thư, lưu trữ và bảo vệ bí mật nhà nước",
        **_INSPECTION,
    ),
    _came(
        70,
        "102-HD/BTCTU",
        "kiểm điểm, đánh giá, xếp loại chất lượng tập thể, cá nhân trong hệ thống chính trị năm 2026",
        kind="HƯỚNG DẪN",
    ),
    _came(
        40,
        "97-CV/BTGDVTU",
        "giới thiệu báo cáo viên dự Hội nghị báo cáo viên tháng 11",
        is_letter=True,
        **_PROPAGANDA,
    ),
    _came(
        20,
        "118-TB/UBKTTU",
        "kết quả giám sát chuyên đề đối với Ban Thường vụ Đảng ủy phường Suối Ngàn",
        kind="THÔNG BÁO",
        is_scan=True,
        **_INSPECTION,
    ),
    _came(5, "127-KH/BTCTU", "lấy nhận xét đảng viên đang công tác đợt 2 năm 2026", is_scan=True),
    _came(
        0,
        "1906/SGDĐT-CTrTT",
        "tổ chức kỳ thi chọn học sinh giỏi năm 2026",
        is_scan=True,
        **_EDUCATION,
    ),
    _came(0, "131-CV/BTCTU", "V/v rà soát hồ sơ đảng viên<br>đợt 2 năm 2026", is_letter=True),
    _came(
        0,
        "44-KH/BTGDVTU",
        "tuyên truyền kỷ niệm 97 năm Ngày thành lập Đảng Cộng sản Việt Nam",
        **_PROPAGANDA,
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    args.folder.mkdir(parents=True)
    office = build(args.folder)
    print(
        json.dumps(
            {"office": str(office.root), "password": PASSWORD, "people": [one[0] for one in PEOPLE]}
        )
    )


def build(folder: Path) -> Office:
    """The office, whole."""
    limits = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    usual = {
        "noi_nhan": ["Các chi bộ trực thuộc", "Lưu hồ sơ"],
        "nguoi_ky": "pcvp",
        "ma_xac_thuc": True,
    }
    office = make_office(folder, gioi_han=limits, ban_sao=usual)
    office.inbox_dir.mkdir(exist_ok=True)
    work = folder / "work-of-pictures"
    work.mkdir()
    with Cell(work_root=work, memory_bytes=1 << 31) as cell:
        _Year(office=office, cell=cell, folder=work, now=SystemClock().now()).pass_by()
    return office


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """A clock that stands at the hour a day of the year was worked."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    office: Office
    cell: Cell
    folder: Path
    now: datetime

    def pass_by(self) -> None:
        """Day after day, the oldest first."""
        ours = (*_OURS, *_DRAFTS)
        for ago in sorted({one.ago for one in ours} | {one.ago for one in _CAME}, reverse=True):
            with opened(self.office, self.cell, Then(moment=self._moment(ago))) as app:
                if ago == max(one.ago for one in ours):
                    _people(app)
                self._day(ago, app)

    def _moment(self, ago: int) -> datetime:
        """A working hour of that day; today it is now."""
        day = self.now - timedelta(days=ago)
        return min(day.replace(hour=8 + ago % 7, minute=ago % 59), self.now) if ago else self.now

    def _day(self, ago: int, app: WarmApp) -> None:
        for one in (came for came in _CAME if came.ago == ago):
            self._receive(one)
        for at, one in enumerate(ours for ours in (*_OURS, *_DRAFTS) if ours.ago == ago):
            drop_json(self.office, f"{one.loai}-{ago}-{at}.json", _record(one), "van-ban")
        self._sheets(ago)
        _process(app)
        _issue([ours for ours in _OURS if ours.ago == ago], app)
        self._further(ago, app)

    def _receive(self, came: Came) -> None:
        stem = came.sent.number.replace("/", "-")
        if came.is_scan:
            stem = f"quét {_type_of(came.sent).lower()} {stem.partition('-')[0]}"
        written = self._moment(came.ago + 3)
        day = f"ngày {written:%d} tháng {written.month} năm {written.year}"
        paper = write_paper(self.folder / f"{stem}.pdf", replace(came.sent, day=day))
        if came.is_scan:
            paper = scan(paper, self.folder / f"{stem}-quet.pdf", turn=0.3, dpi=200)
        drop(self.office, VAN_BAN_DEN, f"{stem}.pdf", paper.read_bytes())
        if not came.is_scan:
            record = _beside(came.sent, written)
            drop_json(self.office, f"{stem}.json", record, VAN_BAN_DEN)

    def _sheets(self, ago: int) -> None:
        """Sheets of people, now and then."""
        if ago == 282:
            drop_sheet(self.office, "danh sách quý I.xlsx", [_member(at) for at in range(14)])
        if ago == 118:
            drop_sheet(self.office, "danh sách quý III.xlsx", [_member(at) for at in range(20, 29)])
        if ago == 24:
            drop_json(
                self.office, "bien-ban.json", example("bien-ban", "hop-213-it-muc"), "bien-ban"
            )
            for name in ("muc-1", "muc-2", "muc-3"):
                drop_json(
                    self.office, f"{name}.json", example("phieu-nhan-xet", name), "phieu-nhan-xet"
                )
        if ago == 0:
            drop_json(self.office, "gt.json", example("gioi-thieu", "day-du"))
            long_name = {"ho_ten": "Công Tằng Tôn Nữ Hoàng Thị Bích Liễu"}
            drop_json(self.office, "gt2.json", person(41, **long_name))
            drop_json(self.office, "gt3.json", _member(42))

    def _further(self, ago: int, app: WarmApp) -> None:
        """Copies, replacements, numbers made void, opinions, what comes back."""
        if ago == 251:
            _ask_copy(self.office, "sao-luc", "08-HD/BTCTU", [f"Đảng ủy {one}" for one in _WARDS])
        if ago == 118:
            found = _named("05-GGT/VPTU", app)
            app.registers.void(
                found.id, "In hỏng do kẹt giấy; đã cấp số khác cho đồng chí ấy", CLERK
            )
            replaced = {"thay_the": "06-GGT/VPTU", "ghi_chu": "Cấp lại vì ghi sai nơi cư trú"}
            drop_json(self.office, "thay.json", _member(5, **replaced))
        if ago == 52:
            _ask_copy(self.office, "sao-y", "01-QĐ/VPTU", ("Đảng ủy các cơ quan Đảng tỉnh",))
        if ago == 6:
            _ask_copy(self.office, "sao-luc", "127-KH/BTCTU", ("Các chi bộ trực thuộc",))
            wrong = {"ho_ten": "Lò Văn Khuê", "gioi_tinh": "Nam", "ngay_sinh": "31/02/1988"}
            drop_json(self.office, "giấy giới thiệu đồng chí Khuê.json", wrong)
        if ago in {84, 6}:
            _sign(app)
        if ago == 0:
            _route(app)
        _process(app)


def _type_of(sent: Sent) -> str:
    return "Công văn" if sent.is_state or sent.is_letter else sent.kind.capitalize()


def _beside(sent: Sent, written: datetime) -> dict[str, Any]:
    """What the clerk notes of a paper that came."""
    return {
        "so_ky_hieu": sent.number,
        "co_quan_ban_hanh": _BODIES.get(sent.issuer, sent.issuer),
        "ngay_van_ban": f"{written:%d/%m/%Y}",
        "loai": _type_of(sent),
        "trich_yeu": sent.subject.replace("<br>", " ").removeprefix("V/v "),
        "nguoi_ky_van_ban": sent.signer,
    }


def _member(number: int, **more: Any) -> dict[str, Any]:
    return person(
        number,
        chi_bo=_CELLS[number % len(_CELLS)],
        noi_cu_tru_xa=_WARDS[number % len(_WARDS)],
        **more,
    )


def _record(one: Ours) -> dict[str, Any]:
    last = _LAST if one.to else _LAST[1:]
    record = {"loai": one.loai, "trich_yeu": one.about, "noi_dung": _TEXT, "noi_nhan": list(last)}
    if one.to:
        record["kinh_gui"] = list(one.to)
    return record | dict(one.more or {})


def _process(app: WarmApp) -> None:
    list(process_inbox(app, workers=1))


def _issue(ours: Sequence[Ours], app: WarmApp) -> None:
    """Give the day's drafts their numbers and what became of them."""
    about = {one.about: one for one in ours}
    for paper in _papers(app):
        mine = about.get(paper.facts.subject) if paper.facts else None
        if mine is None or paper.kind != "van-ban" or paper.state is not DocumentState.WAITING:
            continue
        if mine.state is LegalState.CHO_KY:
            continue
        (issued,) = issue_papers([paper.id], Issue(person=CLERK), app)
        if mine.state in {LegalState.DA_PHAT_HANH, LegalState.THU_HOI}:
            app.registers.set_state(
                issued.id, LegalState.DA_PHAT_HANH, person=CLERK, reason="Đã gửi các nơi nhận"
            )
        if mine.state is LegalState.THU_HOI:
            why = "Gửi nhầm danh sách kèm theo; sẽ gửi văn bản khác"
            app.registers.set_state(issued.id, LegalState.THU_HOI, person=CLERK, reason=why)
    _process(app)


def _papers(app: WarmApp) -> Iterator[DocumentView]:
    for piece in app.registers.dump():
        yield from piece.documents


def _named(reference: str, app: WarmApp) -> DocumentView:
    return next(one for one in _papers(app) if one.number and one.number.reference == reference)


def _ask_copy(office: Office, form: str, reference: str, to: Sequence[str]) -> None:
    record = {"sao_tu": reference, "noi_nhan": list(to), "doi_chieu_boi": "Đinh Thùy Nhung"}
    drop_json(office, f"{form} {reference.replace('/', '-')}.json", record, form)


def _sign(app: WarmApp) -> None:
    """Sheets of people come back signed, all but the last few."""
    sheets = [one for one in _papers(app) if one.kind == "gioi-thieu" and one.number]
    waiting = [one for one in sheets if one.legal_state is LegalState.CHO_KY]
    for paper in waiting[:-3]:
        why = "Chánh Văn phòng đã ký"
        app.registers.set_state(paper.id, LegalState.DA_KY, person=CLERK, reason=why)


def _route(app: WarmApp) -> None:
    paper = next(
        one for one in _papers(app) if one.facts and "44-KH" in (one.facts.their_reference or "")
    )
    word = Word(
        person="Đinh Trọng Nghĩa (trong.nghia)",
        opinion="Phòng Tổng hợp tham mưu văn bản triển khai, báo cáo trước giao ban.",
        to=("Phòng Tổng hợp", "Tôn Nữ Hoàng Thị Bích Liễu"),
    )
    route(paper, word, app)


def _people(app: WarmApp) -> None:
    people = People(app.registers.db, app.clock)
    for account, full_name, role in PEOPLE:
        people.add(a_person(account, role, full_name), "Hà Đức Cảnh (quan-tri)")
        people.set_password(account, PASSWORD, "Hà Đức Cảnh (quan-tri)")
    people.add(a_person("minh.bach", Role.CHUYEN_VIEN, "Triệu Minh Bách"), "Hà Đức Cảnh (quan-tri)")
    people.add(a_person("be.phuong", Role.VAN_THU, "Bế Thị Phượng"), "Hà Đức Cảnh (quan-tri)")
    people.change("be.phuong", "Hà Đức Cảnh (quan-tri)", is_active=False)


if __name__ == "__main__":
    main()
