"""An office of many years: 100,000 papers of several kinds in registers, journal and index, and the last days by the real flow.

The years before are rows and index entries put in by the thousand, as the flow would have left them; their files are left
out. What was dropped last (``real``) went the whole way: these papers are opened, looked at, printed and copied.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from helpers import example
from office_kit import VAN_BAN_DEN, drop, drop_json, letter, paper_bytes, person, run, small_office
from web_kit import add_person

from bench.search_corpus import papers as corpus
from pipeline.app import App, open_office
from pipeline.clock import OFFICE_ZONE, FixedClock, SystemClock
from pipeline.config import Office
from pipeline.inbox.arrival_reading import ArrivalRead, with_arrival
from pipeline.person_names import owner_key
from pipeline.record import Book, Facts, SeriesKey, new_id
from pipeline.roles import Role
from pipeline.stores.registers.lookup_code import lookup_code, reference_key
from pipeline.stores.registers.views import SYSTEM
from pipeline.stores.search.values import Paper
from pipeline.vietnamese import fold

#: How many people of each role there are, beside the one whose account is the role's code.
STAFF = {
    Role.QUAN_TRI: 1,
    Role.VAN_THU: 8,
    Role.LANH_DAO: 6,
    Role.CHUYEN_VIEN: 25,
    Role.TRA_CUU: 10,
}
_YEARS = 4
_ROWS, _MADE = "rows.made", "office.made"
_LIST = 400
_BATCH = 2000
_INDEX_BATCH = 2000
#: Of a hundred papers: incoming ones, sheets of introduction, sheets of comments, outgoing papers, copies.
_SHARES = (
    ("van-ban-den", 36),
    ("gioi-thieu", 24),
    ("phieu-nhan-xet", 20),
    ("van-ban", 16),
    ("sao-luc", 4),
)
_UNITS = ("Phòng Tổng hợp", "Phòng Hành chính", "Phòng Tài chính đảng", "Ban Tổ chức Tỉnh ủy")
_TYPES = (("Quyết định", "QĐ"), ("Kế hoạch", "KH"), ("Báo cáo", "BC"), ("Công văn", "CV"))
_FILES = (
    ("document.json", 3699),
    ("record.json", 700),
    ("renditions/van ban.docx", 12_002),
    ("renditions/van ban.pdf", 31_004),
    ("text.txt", 1_800),
)
_ARRIVED = "da-phat-hanh"


def staff() -> Iterator[tuple[str, Role]]:
    """Account and role of everybody."""
    for role, count in STAFF.items():
        yield role.value, role
        for number in range(1, count + 1):
            yield f"{role.value}-{number}", role


def owner_of(account: str) -> str:
    return f"Người {account} ({account})"


def make(root: Path, papers: int, *, words: int = 0) -> Office:
    """The office in *root*, or what is not made of it yet.

    Args:
        words: Of each paper so many are put into the index; 0: all of its some 200.
    """
    office = small_office(root)
    if (root / _MADE).exists():
        return office
    started = time.monotonic()
    with open_office(office.root, SystemClock()) as app:
        if not (root / _ROWS).exists():
            Years(app=app, papers=papers).fill()
            for account, role in staff():
                add_person(app, account, role)
            app.registers.checkpoint()
            (root / _ROWS).touch()
        fill_index(app, papers, words)
    drop_the_last_days(office)
    done = run(office, "process", "--json", "--workers", "2")
    told = {"papers": papers, "by_flow": len(done.lines), "s": round(time.monotonic() - started)}
    (root / _MADE).write_text(json.dumps(told))
    print(json.dumps(told), flush=True)
    return office


def drop_the_last_days(office: Office) -> None:
    """What the flow itself makes: every page about one paper is asked of these."""
    for number in range(12):
        drop_json(office, f"gt-{number}.json", person(700_000 + number))
    drop_json(office, "dt.json", example("van-ban", "cong-van-mot-noi"), "van-ban")
    drop_json(office, "px.json", example("phieu-nhan-xet", "muc-1"), "phieu-nhan-xet")
    for number in range(4):
        reference = f"cv{number}"
        drop(
            office, VAN_BAN_DEN, f"{reference}.pdf", paper_bytes(office.root, "Cong van", reference)
        )
        drop_json(office, f"{reference}.json", letter(910_000 + number), VAN_BAN_DEN)
    copied = {
        "sao_tu": "910000-CV/BTCTU",
        "noi_nhan": ["Chi bộ 3"],
        "doi_chieu_boi": "Đinh Thùy Nhung",
    }
    drop_json(office, "sl.json", copied, "sao-luc")


@dataclass(slots=True, kw_only=True)
class Made:
    """One paper of the years before."""

    number: int
    kind: str
    id: str
    at: datetime
    told: dict[str, str]
    facts: Facts
    record: dict[str, Any]
    series: SeriesKey | None = None
    ordinal: int = 0
    reference: str = ""
    code: str = ""
    owner: str = ""


def made_papers(count: int, now: datetime) -> Iterator[Made]:
    """Always the same papers, in the order in which they came."""
    chance = random.Random(11)
    kinds = list(itertools.chain.from_iterable([kind] * share for kind, share in _SHARES))
    chance.shuffle(kinds)
    clock = FixedClock(now - timedelta(days=365 * _YEARS))
    step = timedelta(days=365 * _YEARS - 1) / count
    owners = [owner_of(account) for account, role in staff() if role is not Role.TRA_CUU]
    taken: dict[str, int] = {}
    for number, told in enumerate(corpus(count, [])):
        clock.moment += step
        kind = kinds[number % 100]
        made = Made(
            number=number,
            kind=kind,
            id=new_id(clock),
            at=clock.moment,
            told=told,
            facts=Facts(subject=""),
            record={},
            owner=owners[number % len(owners)],
        )
        _dress(made, is_draft=kind == "van-ban" and number % 1000 < 60)
        if made.series is not None:
            made.ordinal = taken[str(made.series)] = taken.get(str(made.series), 0) + 1
            _name(made)
        yield made


def _dress(made: Made, *, is_draft: bool) -> None:
    """Record, facts and series as its kind has them."""
    told, day = made.told, made.at.astimezone(OFFICE_ZONE).date()
    term = "2025-2030" if day.year > 2025 else "2020-2025"
    name = told["person"] or "Lò Thị Mây"
    common = {"issuer": "VPTU", "issued_on": day, "signer": "Nguyễn Hữu Thọ"}
    if made.kind == "van-ban-den":
        made.record = letter(made.number, trich_yeu=f"về {told['text'][100:190].strip().lower()}")
        asks = ("so_ky_hieu",) if made.number % 50 == 0 else ()
        made.record = with_arrival(made.record, ArrivalRead(asks=asks))
        made.series = SeriesKey(book=Book.DEN, issuer="DEN", symbol="", period=str(day.year))
        made.facts = Facts(
            subject=made.record["trich_yeu"], issuer="VPTU", type_name="Công văn", issued_on=day,
            their_reference=made.record["so_ky_hieu"], their_issuer=made.record["co_quan_ban_hanh"],
            their_date=day - timedelta(days=3), so_trang=2,
        )  # fmt: skip
    elif made.kind == "van-ban":
        type_name, symbol = _TYPES[made.number % len(_TYPES)]
        subject = f"về {told['text'][60:160].strip().lower()}"
        made.record = {"loai": "cong-van", "trich_yeu": subject, "noi_dung": told["text"][:1500]}
        made.facts = Facts(subject=subject, type_name=type_name, symbol=symbol, **common)
        if not is_draft:
            made.series = SeriesKey(book=Book.DI, issuer="VPTU", symbol=symbol, period=term)
    elif made.kind == "sao-luc":
        subject = f"Sao lục {made.number}-CV/BTCTU, Ban Tổ chức Tỉnh ủy Hà Sơn"
        made.record = {"sao_tu": f"{made.number}-CV/BTCTU", "noi_nhan": list(_UNITS[:2])}
        made.facts = Facts(
            subject=subject, type_name="Sao lục", symbol="BS", recipients=_UNITS[:2], **common
        )
        made.series = SeriesKey(book=Book.SAO, issuer="VPTU", symbol="BS", period=term)
    else:
        made.record = person(made.number, ho_ten=name)
        is_sheet = made.kind == "phieu-nhan-xet"
        title = "Phiếu nhận xét" if is_sheet else "Giấy giới thiệu"
        made.facts = Facts(
            subject=f"{title} đồng chí {name} về tổ chức đảng nơi cư trú", type_name=title,
            symbol="" if is_sheet else "GGT", person=name, residence="xã Đồng Lâm, tỉnh Hà Sơn", **common,
        )  # fmt: skip
        book = Book.NOI_BO if is_sheet else Book.DI
        made.series = SeriesKey(
            book=book, issuer="" if is_sheet else "VPTU", symbol="PNX" if is_sheet else "GGT",
            period=str(day.year) if is_sheet else term,
        )  # fmt: skip


def _name(made: Made) -> None:
    assert made.series is not None
    series, year = made.series, made.at.astimezone(OFFICE_ZONE).year
    match series.book:
        case Book.DEN:
            made.reference = f"{made.ordinal:02d}-ĐẾN/{year}"
        case Book.NOI_BO:
            made.code = lookup_code("PNX", year, made.ordinal)
        case _:
            made.reference = f"{made.ordinal:02d}-{series.symbol}/VPTU"


@dataclass(slots=True, kw_only=True)
class Years:
    """Puts the rows of the years before into the registers."""

    app: App
    papers: int
    _lines: dict[str, int] = field(default_factory=dict)

    def fill(self) -> None:
        from pipeline.stores.registers import models

        now = self.app.clock.now()
        series: dict[str, int] = {}
        lists: dict[str, Any] = {}
        for batch in _batches(made_papers(self.papers, now), _BATCH):
            rows: dict[type, list[Any]] = {}
            for made in batch:
                if made.series is not None:
                    series[str(made.series)] = made.ordinal
            self._series(series)
            for made in batch:
                for row in self._rows_of(made, lists, models):
                    rows.setdefault(type(row), []).append(row)
            with self.app.registers.db.transaction():
                for model, some in rows.items():
                    self.app.registers.db.rows(model).bulk_create(some)
        self._beside(now, models)

    def _series(self, last: dict[str, int]) -> None:
        from pipeline.stores.registers.models import Series

        known = set(self.app.registers.db.rows(Series).values_list("id", flat=True))
        for name, ordinal in last.items():
            key = SeriesKey.parse(name)
            if name in known:
                self.app.registers.db.rows(Series).filter(id=name).update(last=ordinal)
            else:
                Series(
                    id=name, book=key.book.value, issuer=key.issuer, symbol=key.symbol,
                    period=key.period, start=1, last=ordinal,
                ).save(using=self.app.registers.db.alias, force_insert=True)  # fmt: skip

    def _rows_of(self, made: Made, lists: dict[str, Any], models: Any) -> Iterator[Any]:
        from pipeline.stores.registers.wire import facts_to_json

        is_list = made.kind in {"gioi-thieu", "phieu-nhan-xet"} and made.number % 5 != 0
        receipt = lists.get(made.kind) if is_list else None
        if receipt is None or receipt["left"] == 0:
            receipt = {"id": made.id, "left": _LIST}
            if is_list:
                lists[made.kind] = receipt
            yield models.Receipt(
                id=made.id, kind=made.kind, folder=made.kind, sha512=f"{made.number:0128x}",
                source_name=f"{'danh sách' if is_list else 'tệp'} {made.number}{'.xlsx' if is_list else '.json'}",
                source_stem=f"tep {made.number}", size_bytes=9000, suffix=".json", owner=made.owner, owner_key=owner_key(made.owner),
                received_at=made.at, is_list=is_list, hold_all=False, state="answered",
                answered_at=made.at, swept_at=made.at,
            )  # fmt: skip
        receipt["left"] -= 1
        is_back = made.series is None and made.number % 7 == 0
        state = "returned" if is_back else "numbered" if made.series else "waiting"
        legal = "du-thao" if made.series is None else _ARRIVED if made.number % 200 else "thu-hoi"
        if made.series and made.series.book is Book.DI and made.number % 400 == 3:
            legal = "cho-ky"
        yield models.Document(
            id=made.id, receipt_id=receipt["id"], row_index=_LIST - receipt["left"] - 1, kind=made.kind,
            place={"index": 0, "label": ""}, record=made.record, state=state,
            legal_state=legal, ban_goc="giay", facts=facts_to_json(made.facts), archived_version=1,
            answered_version=1, indexed_version=1, term="2025-2030", layout_profile="hd05-2026",
            files=[[name, size, f"{made.number:0128x}"] for name, size in _FILES],
            their_reference_key=reference_key(made.facts.their_reference) if made.facts.their_reference else "",
            their_date=made.facts.their_date, received_at=made.at, decided_at=made.at,
            identity=f"{made.number}",
        )  # fmt: skip
        yield models.Version(document_id=made.id, number=1, reason="", person=SYSTEM, at=made.at)
        if made.series is not None:
            yield models.Entry(
                series_id=str(made.series), ordinal=made.ordinal, status="issued", document_id=made.id,
                reference=made.reference, reference_key=reference_key(made.reference) if made.reference else "",
                lookup_code=made.code or None, issued_on=made.at.astimezone(OFFICE_ZONE).date(),
                taken_at=made.at, person=SYSTEM, source="flow",
            )  # fmt: skip
        yield from self._journal_of(made, receipt["id"], models)
        if made.kind == "van-ban-den" and made.number % 5:
            to = _UNITS[made.number % len(_UNITS)]
            is_open = made.number % 40 == 1
            yield models.Routing(
                document_id=made.id, to=[to], to_key=f"| {fold(to)} |",
                due_on=made.at.date() + timedelta(days=7), person=owner_of("lanh-dao"),
                routed_at=made.at, done_at=None if is_open else made.at + timedelta(days=5),
            )  # fmt: skip
        if made.number % 10 == 0:
            yield models.PrintJob(
                id=made.id, printer="", copies=1, person=made.owner, made_at=made.at,
                state="printed", finished_at=made.at, sheets=2,
            )  # fmt: skip
            yield models.PrintedPaper(
                job_id=made.id, position=0, document_id=made.id, version=1, pages=2
            )

    def _journal_of(self, made: Made, receipt_id: str, models: Any) -> Iterator[Any]:
        deeds = [(SYSTEM, "numbered"), (SYSTEM, "archived"), (SYSTEM, "indexed")]
        if receipt_id == made.id:
            deeds.insert(0, (made.owner, "received"))
        if made.number % 4 == 0:
            deeds.append((made.owner, "file-taken"))
        if made.kind == "van-ban-den" and made.number % 5:
            deeds.append((owner_of(f"lanh-dao-{made.number % 6 + 1}"), "route-done"))
        for person_, deed in deeds:
            day = made.at.astimezone(UTC).date()
            line = self._lines[str(day)] = self._lines.get(str(day), 0) + 1
            yield models.JournalEntry(
                at=made.at, person=person_, deed=deed, document_id=made.id, receipt_id=receipt_id,
                data={"version": 1} if deed == "archived" else {}, sealed_day=day, sealed_line=line,
            )  # fmt: skip

    def _beside(self, now: datetime, models: Any) -> None:
        """Numbers without a paper, kept searches, forms begun."""
        clock = FixedClock(now - timedelta(hours=1))
        key = SeriesKey(book=Book.DI, issuer="VPTU", symbol="TB", period="2025-2030")
        self._series({str(key): 300})
        rows: list[Any] = [
            models.Entry(
                series_id=str(key), ordinal=one, status="held" if one % 2 else "void",
                reference=f"{one:02d}-TB/VPTU", reference_key=f"{one}-TB-VPTU", issued_on=now.date(),
                taken_at=now, person=owner_of("van-thu"), source="dien-thoai", reason="cấp qua điện thoại",
            )
            for one in range(1, 301)
        ]  # fmt: skip
        for account, _ in staff():
            for one in range(8):
                rows.append(
                    models.KeptSearch(
                        person=owner_of(account), name=f"tìm {one}", name_key=f"tim {one}",
                        query=f"q=nông thôn mới {one}", kept_at=now,
                    )
                )  # fmt: skip
                rows.append(
                    models.Composed(
                        id=new_id(clock), account=account, kind="van-ban", title=f"Công văn {one}",
                        typed='{"loai":["cong-van"]}', changed_at=now,
                    )
                )  # fmt: skip
        for row in rows:
            row.save(using=self.app.registers.db.alias, force_insert=True)


def fill_index(app: App, count: int, words: int) -> None:
    """The same papers as the index step would put them in."""
    known = _ids(app)
    app.search.reset()
    with app.search.writer() as writer:
        made = made_papers(count, app.clock.now())
        for batch in _batches(zip(known, made, strict=True), _INDEX_BATCH):
            writer.upsert_many([_paper(id_, one, words) for id_, one in batch])


def _ids(app: App) -> list[str]:
    """Of the papers of the years before, in their order: their digits of chance are another time's."""
    from pipeline.stores.registers.models import Document

    rows = app.registers.db.rows(Document).exclude(identity="").order_by("received_at", "id")
    return [one for one, made in rows.values_list("id", "identity") if made.isdecimal()]


def _paper(id_: str, made: Made, words: int) -> Paper:
    text = made.told["text"]
    return Paper(
        document_id=id_, kind=made.kind, register=made.series.book.value if made.series else "",
        title=made.facts.type_name, subject=made.facts.subject, reference=made.reference,
        lookup_code=made.code, their_reference=made.facts.their_reference,
        issuer=made.facts.their_issuer or "VPTU", signer=made.facts.signer, person=made.facts.person,
        residence=made.facts.residence, issued_on=made.at.date(), year=made.at.year,
        legal_state="da-phat-hanh" if made.series else "du-thao", text=" ".join(text.split()[:words]) if words else text, owner=made.owner,
    )  # fmt: skip


def _batches(items: Any, size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while piece := list(itertools.islice(rest, size)):
        yield piece
