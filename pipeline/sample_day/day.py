"""An office and its kinds in → a sample day's files in its inbox, whole, in the order a clerk would drop them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.clock import Clock, today
from pipeline.config import Body, Office, Signer
from pipeline.durable import make_dirs, write_file
from pipeline.engines.cell import Cell
from pipeline.errors.sample_day import SampleKindsMissing, SampleRefused
from pipeline.kinds.model import Kind
from pipeline.record import Record
from pipeline.sample_day.papers import Letter, printed, scanned
from pipeline.sample_day.people import comment_sheets, introductions, read
from pipeline.sample_day.sheets import list_of_people

_SEED = 20_261_122
_INTRODUCTIONS = 30
_COMMENT_SHEETS = 40
_KINDS = ("gioi-thieu", "phieu-nhan-xet", "bien-ban", "van-ban", "van-ban-den", "sao-luc")
_MINUTES = "bien-ban.json"
_REGULATION = "quy-dinh.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One drop."""

    kind: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Workshop:
    """What the files are made with."""

    office: Office
    kinds: Mapping[str, Kind]
    cell: Cell
    day: date
    folder: Path

    def table(self, kind: str, name: str, title: str, rows: Sequence[Record]) -> _File:
        """A workbook of *rows*."""
        content = list_of_people(
            (self.office.name.upper(), title.upper()),
            self.kinds[kind],
            rows,
            office=self.office,
            cell=self.cell,
            work=self.folder,
        )
        return _File(kind=kind, name=name, content=content)


def drop(office: Office, kinds: Mapping[str, Kind], cell: Cell, clock: Clock) -> list[Path]:
    """Put the sample day into the inbox; where each file lies, in the order of dropping.

    The same day makes the same files, so dropping it twice is answered as twice the same.

    Raises:
        SampleRefused (T350): the office is none of trial and holds papers.
        SampleKindsMissing (T351): a kind it needs is not there.
    """
    _refuse_a_real_office(office)
    missing = [name for name in _KINDS if name not in kinds]
    if missing:
        raise SampleKindsMissing(f"kinds missing: {missing}", kinds=", ".join(missing))
    with TemporaryDirectory() as folder:
        shop = _Workshop(
            office=office, kinds=kinds, cell=cell, day=today(clock), folder=Path(folder)
        )
        dropped = [
            *_incoming(shop),
            _regulation(),
            _minutes(shop.day),
            _introductions(shop),
            _comment_sheets(shop),
            _copy(_invitation(shop.day)),
        ]
    return [_put(office, file) for file in dropped]


def _refuse_a_real_office(office: Office) -> None:
    is_trial = (office.root / "bin" / "run").exists()
    # Beside the papers' folders stands «extensions», of a store that has none yet too.
    if not is_trial and any(office.objects_dir.glob("[0-9a-f]" * 3)):
        raise SampleRefused(f"objects in {office.objects_dir}", folder=office.root)


def _put(office: Office, file: _File) -> Path:
    folder = office.inbox_dir / file.kind
    make_dirs(folder)
    path = folder / file.name
    write_file(path, file.content)
    return path


def _json(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False, indent=2).encode()


# --- papers from outside -------------------------------------------------------------------------


def _incoming(shop: _Workshop) -> list[_File]:
    invitation = _invitation(shop.day)
    text_pdf = _printed(invitation, shop).read_bytes()
    scan = scanned(_printed(_plan(shop.day), shop), day=shop.day, seed=_SEED)
    stem = f"{invitation.ordinal}-CV-{invitation.body.symbol}"
    return [
        _File(kind="van-ban-den", name=f"{stem}.pdf", content=text_pdf),
        _File(
            kind="van-ban-den", name=f"{stem}.json", content=_json(_beside(invitation, shop.day))
        ),
        _File(kind="van-ban-den", name="Scan_0007.pdf", content=scan),
    ]


def _printed(letter: Letter, shop: _Workshop) -> Path:
    return printed(letter, shop.kinds["van-ban"], shop.office, shop.cell, shop.folder)


def _invitation(day: date) -> Letter:
    return Letter(
        body=_body(
            "BTCTU",
            "BAN TỔ CHỨC",
            "TỈNH ỦY LAM GIANG",
            place="Lam Giang",
            signer=_signer("Trịnh Bích Diệp", "PHÓ TRƯỞNG BAN", "K/T TRƯỞNG BAN"),
        ),
        loai="cong-van",
        type_name="Công văn",
        symbol="CV",
        ordinal=118,
        day=day - timedelta(days=4),
        trich_yeu="về việc trao đổi kinh nghiệm quản lý đảng viên ở nơi cư trú",
        kinh_gui=("Văn phòng Tỉnh ủy Hà Sơn",),
        recipients=("Như trên", "Thường trực Tỉnh ủy Lam Giang (để báo cáo)"),
        text=read("cong-van-den.md"),
    )


def _plan(day: date) -> Letter:
    return Letter(
        body=_body(
            "UBKTTU",
            "ỦY BAN KIỂM TRA",
            "TỈNH ỦY HÀ SƠN",
            place="Hà Sơn",
            signer=_signer("Vi Quang Khải", "PHÓ CHỦ NHIỆM", "T/M ỦY BAN KIỂM TRA"),
        ),
        loai="ke-hoach",
        type_name="Kế hoạch",
        symbol="KH",
        ordinal=27,
        day=day - timedelta(days=2),
        trich_yeu="kiểm tra công tác văn thư và hồ sơ ở các đảng ủy xã, phường",
        kinh_gui=(),
        recipients=("Văn phòng Tỉnh ủy", "Các đảng ủy xã, phường"),
        text=read("ke-hoach-den.md"),
    )


def _body(symbol: str, name: str, parent_name: str, *, place: str, signer: Signer) -> Body:
    return Body(
        symbol=symbol,
        name=name,
        parent_name=parent_name,
        full_name=f"{name.capitalize()} {parent_name.title()}",
        place=place,
        signers=(signer,),
        recipients_keep=f"Lưu {name.capitalize()}",
    )


def _signer(full_name: str, title: str, authority: str) -> Signer:
    return Signer(code="ky", full_name=full_name, title=title, authority=authority, is_default=True)


def _beside(letter: Letter, day: date) -> Record:
    return {
        "so_ky_hieu": letter.reference,
        "co_quan_ban_hanh": "Ban Tổ chức Tỉnh ủy Lam Giang",
        "ngay_van_ban": f"{letter.day:%d/%m/%Y}",
        "loai": letter.type_name,
        "trich_yeu": letter.trich_yeu,
        "nguoi_ky_van_ban": letter.body.signers[0].full_name,
        "chuyen": ["Phòng Tổng hợp"],
        "han_giai_quyet": f"{day + timedelta(days=7):%d/%m/%Y}",
    }


def _copy(letter: Letter) -> _File:
    record: Record = {
        "sao_tu": letter.reference,
        "noi_nhan": [
            "Đảng ủy các cơ quan Đảng tỉnh",
            "Đảng ủy phường Bến Đá",
            "Đảng ủy xã Tân Lũng",
        ],
        # It came as an electronic file without a signature.
        "doi_chieu_boi": "Đinh Thùy Nhung",
    }
    return _File(
        kind="sao-luc", name=f"sao luc cong van {letter.ordinal}.json", content=_json(record)
    )


# --- papers of the office ------------------------------------------------------------------------


def _regulation() -> _File:
    record: Record = {
        "loai": "quy-dinh",
        "trich_yeu": "về công tác văn thư, lưu trữ trong các cơ quan tham mưu, giúp việc Tỉnh ủy",
        "can_cu": [
            "Căn cứ Quy chế làm việc của Ban Chấp hành Đảng bộ tỉnh Hà Sơn",
            "Xét đề nghị của Phòng Hành chính và ý kiến của các ban đảng Tỉnh ủy",
        ],
        "noi_dung": read(_REGULATION),
        "noi_nhan": [
            "Thường trực Tỉnh ủy (để báo cáo)",
            "Các ban đảng Tỉnh ủy, Trường Chính trị tỉnh, Báo Hà Sơn",
            "Các đảng ủy trực thuộc Tỉnh ủy",
        ],
        "nguoi_soan": "Đinh Thùy Nhung",
    }
    return _File(kind="van-ban", name="quy dinh cong tac van thu.json", content=_json(record))


def _minutes(day: date) -> _File:
    record: Record = json.loads(read(_MINUTES))
    record["ngay_hop"] = f"{day - timedelta(days=1):%d/%m/%Y}"
    return _File(kind="bien-ban", name="bien ban hop dang vien.json", content=_json(record))


def _introductions(shop: _Workshop) -> _File:
    return shop.table(
        "gioi-thieu",
        "Danh sách giới thiệu đợt cuối năm.xlsx",
        "Danh sách đảng viên giới thiệu về nơi cư trú",
        introductions(_INTRODUCTIONS, seed=_SEED),
    )


def _comment_sheets(shop: _Workshop) -> _File:
    properties = shop.kinds["phieu-nhan-xet"].schema["properties"]
    levels = {name: properties[name]["enum"] for name in (f"muc_{n}" for n in range(1, 7))}
    year = shop.day.year
    return shop.table(
        "phieu-nhan-xet",
        f"Phiếu nhận xét {year}.xlsx",
        f"Nhận xét đảng viên năm {year}",
        comment_sheets(_COMMENT_SHEETS, levels, year=year, seed=_SEED + 1),
    )
