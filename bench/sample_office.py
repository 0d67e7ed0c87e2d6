"""A year in the records room of a made-up province, for looking at the pages: more than seventy papers of every kind and state, people of every role.

python -m bench.sample_office FOLDER        # then: vanthu --office FOLDER web
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from arrival_papers import Sent, scan, write_paper
from helpers import example, make_office
from office_kit import VAN_BAN_DEN, WarmApp, drop, drop_json, drop_sheet, opened, person
from web_kit import PASSWORD, a_person

from bench.sample_papers import BODIES, CAME, CELLS, DRAFTS, LAST, OURS, TEXT, WARDS, Came, Ours
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
        ours = (*OURS, *DRAFTS)
        for ago in sorted({one.ago for one in ours} | {one.ago for one in CAME}, reverse=True):
            with opened(self.office, self.cell, Then(moment=self._moment(ago))) as app:
                if ago == max(one.ago for one in ours):
                    _people(app)
                self._day(ago, app)

    def _moment(self, ago: int) -> datetime:
        """A working hour of that day; today it is now."""
        day = self.now - timedelta(days=ago)
        return min(day.replace(hour=8 + ago % 7, minute=ago % 59), self.now) if ago else self.now

    def _day(self, ago: int, app: WarmApp) -> None:
        for one in (came for came in CAME if came.ago == ago):
            self._receive(one)
        for at, one in enumerate(ours for ours in (*OURS, *DRAFTS) if ours.ago == ago):
            drop_json(self.office, f"{one.loai}-{ago}-{at}.json", _record(one), "van-ban")
        self._sheets(ago)
        _process(app)
        _issue([ours for ours in OURS if ours.ago == ago], app)
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
            _ask_copy(self.office, "sao-luc", "08-HD/BTCTU", [f"Đảng ủy {one}" for one in WARDS])
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
        "co_quan_ban_hanh": BODIES.get(sent.issuer, sent.issuer),
        "ngay_van_ban": f"{written:%d/%m/%Y}",
        "loai": _type_of(sent),
        "trich_yeu": sent.subject.replace("<br>", " ").removeprefix("V/v "),
        "nguoi_ky_van_ban": sent.signer,
    }


def _member(number: int, **more: Any) -> dict[str, Any]:
    return person(
        number,
        chi_bo=CELLS[number % len(CELLS)],
        noi_cu_tru_xa=WARDS[number % len(WARDS)],
        **more,
    )


def _record(one: Ours) -> dict[str, Any]:
    last = LAST if one.to else LAST[1:]
    record = {"loai": one.loai, "trich_yeu": one.about, "noi_dung": TEXT, "noi_nhan": list(last)}
    if one.to:
        record["kinh_gui"] = list(one.to)
    return record


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
