"""Commands about numbers: those from elsewhere, those set aside, those that nothing explains, and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipeline.app import App
from pipeline.cli.common import (
    Person,
    a_day,
    acting_person,
    asked,
    put,
    say,
    the_office,
)
from pipeline.cli.vietnamese import Command, Group, Unsaid
from pipeline.clock import today
from pipeline.number_words import series_words
from pipeline.record import EntryStatus, NumberSource
from pipeline.stores.registers.views import EntryView, Holding

_SOURCES = (NumberSource.TAY, NumberSource.DIEN_THOAI, NumberSource.HE_THONG_KHAC)
_MOST_RESERVED = 100

Named = Annotated[
    str,
    typer.Argument(
        help="Dãy số hoặc cả số: CV, CV/TU, 128-CV/VPTU, BS, ĐẾN, 15-ĐẾN/2026, PNX …",
        metavar="DÃY_SỐ",
    ),
]
Term = Annotated[str, typer.Option("--term", help="Mã nhiệm kỳ; để trống: nhiệm kỳ hiện nay.")]
Year = Annotated[
    int | None, typer.Option("--year", help="Năm của sổ đến, sổ nội bộ; để trống: năm nay.")
]
Reason = Annotated[str, typer.Option("--reason", help="Lý do, ghi vào sổ.")]
Day = Annotated[str, typer.Option("--date", help="Ngày của văn bản (dd/mm/yyyy).")]

Skipping = Annotated[
    bool, typer.Option("--nhay-so", help="Số ấy đúng, dù bỏ trống những số ở giữa.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    numbers = typer.Typer(
        cls=Group,
        help="Số cấp ở ngoài, số dành sẵn, số mật, số chờ xác nhận.",
        no_args_is_help=True,
    )
    for command in (enter, reserve, secret, confirm, gaps):
        numbers.command(cls=Command)(command)
    numbers.command("accept-clock", cls=Command)(accept_clock)
    app.add_typer(numbers, name="number")


def enter(
    ctx: typer.Context,
    series: Named,
    *,
    source: Annotated[
        str, typer.Option("--source", help="Cấp cách nào: tay, dien-thoai hoặc he-thong-khac.")
    ] = "",
    day: Day = "",
    holder: Annotated[str, typer.Option("--for", help="Cấp cho ai.")] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Cấp cho việc gì, trích yếu; ghi vào sổ.")
    ] = "",
    nhay_so: Skipping = False,
    term: Term = "",
    year: Year = None,
    person: Person = "",
) -> None:
    """Vào sổ một số đã cấp ở ngoài (bằng tay, qua điện thoại, hệ thống khác); văn bản có thể nhập sau."""
    source = asked(source, "--source", "cấp bằng cách nào (tay, dien-thoai, he-thong-khac)")
    if source not in _SOURCES:
        raise typer.BadParameter(f"chỉ có thể là: {', '.join(_SOURCES)}", param_hint="--source")
    day = asked(day, "--date", "ngày của văn bản")
    reason = asked(reason, "--reason", "cấp cho việc gì")
    holding = Holding(
        status=EntryStatus.HELD,
        source=NumberSource(source),
        issued_on=a_day(day, "--date"),
        holder=holder.strip(),
        reason=reason,
        person=acting_person(person),
    )
    with the_office(ctx, for_deed=True) as office:
        holding = replace(holding, may_pass_over=_may_pass_over(office, nhay_so=nhay_so))
        _tell("Đã vào sổ", _take(series, (term, year), holding, office))


def reserve(
    ctx: typer.Context,
    series: Named,
    *,
    holder: Annotated[str, typer.Option("--for", help="Dành cho ai.")] = "",
    reason: Reason = "",
    until: Annotated[str, typer.Option("--until", help="Dành đến hết ngày (dd/mm/yyyy).")] = "",
    count: Annotated[
        int, typer.Option("--count", help="Mấy số liền nhau.", min=1, max=_MOST_RESERVED)
    ] = 1,
    term: Term = "",
    year: Year = None,
    person: Person = "",
) -> None:
    """Dành các số tiếp theo cho một người, đến một ngày; quá hạn thì báo, không tự cấp lại."""
    holder = asked(holder, "--for", "dành cho ai")
    reason = asked(reason, "--reason", "lý do dành số")
    until = asked(until, "--until", "dành đến ngày nào")
    with the_office(ctx, for_deed=True) as office:
        last_day = a_day(until, "--until")
        if last_day is not None and last_day < today(office.clock):
            raise typer.BadParameter("ngày này đã qua", param_hint="--until")
        holding = Holding(
            status=EntryStatus.RESERVED,
            source=NumberSource.DANH_SO,
            holder=holder,
            reason=reason,
            expires_on=last_day,
            count=count,
            person=acting_person(person),
        )
        _tell("Đã dành", _take(series, (term, year), holding, office))


def secret(
    ctx: typer.Context,
    series: Named,
    *,
    day: Day = "",
    nhay_so: Skipping = False,
    term: Term = "",
    year: Year = None,
    person: Person = "",
) -> None:
    """Lấy số cho văn bản mật: chỉ số và ngày, không ghi gì khác ở bất cứ đâu."""
    holding = Holding(
        status=EntryStatus.USED,
        source=NumberSource.MAT,
        reason="",
        issued_on=a_day(day, "--date"),
        person=acting_person(person),
    )
    with the_office(ctx, for_deed=True) as office:
        holding = replace(holding, may_pass_over=_may_pass_over(office, nhay_so=nhay_so))
        _tell("Số cho văn bản mật:", _take(series, (term, year), holding, office))


def confirm(
    ctx: typer.Context,
    series: Named,
    *,
    last: Annotated[
        int | None,
        typer.Option("--last", help="Số cuối cùng trong sổ giấy, để mở khóa cả dãy.", min=0),
    ] = None,
    day: Day = "",
    reason: Reason = "",
    term: Term = "",
    year: Year = None,
    person: Person = "",
) -> None:
    """Xác nhận một số đang giữ hoặc đang dành đã dùng cho bản giấy; với --last: mở khóa một dãy số."""
    reason = asked(reason, "--reason", "căn cứ để xác nhận")
    who = acting_person(person)
    with the_office(ctx, for_deed=True) as office:
        from pipeline.number_names import Period, name_series

        named = name_series(series, Period(day=_today(office), term=term, year=year), office)
        if last is not None and named.ordinal is None:
            before = next((s.last for s in office.registers.series() if s.key == named.key), 0)
            written = (named.reference_format, named.lookup_prefix)
            done = office.registers.confirm_series(
                named.key, last, who, reason, written_as=written, start=named.start
            )
            is_empty = done.last < done.start
            put(
                f"Dãy {series_words(named.key)} đã xác nhận "
                f"{'là chưa có số nào' if is_empty else f'đến số {done.last}'}; số tiếp theo là {done.last + 1}."
            )
            before = max(before, done.start - 1)
            if last > before:
                say(f"{last - before} số «cấp trước sự cố, chờ nhập bù»: vanthu number gaps")
            return
        if named.ordinal is None and last is None:
            raise Unsaid("số cuối của dãy trong sổ giấy", param_hint="--last")
        if named.ordinal is None or last is not None:
            raise typer.BadParameter(
                "ghi cả số (128-CV/VPTU) để xác nhận một số, hoặc ghi dãy số (CV) với --last",
                param_hint="DÃY_SỐ",
            )
        entry = office.registers.confirm_number(
            named.key,
            named.ordinal,
            person=who,
            reason=reason,
            issued_on=a_day(day, "--date"),
        )
        put(f"Đã xác nhận, chỉ có bản giấy: {entry.reference or entry.lookup_code}")


def gaps(
    ctx: typer.Context,
    *,
    book: Annotated[str | None, typer.Option(help="Chỉ một sổ: di, den, sao, noi-bo.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Cơ quan, hoặc mã sổ đến.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Ký hiệu loại văn bản.")] = None,
    term: Annotated[str | None, typer.Option(help="Mã nhiệm kỳ.")] = None,
    year: Annotated[int | None, typer.Option(help="Năm.")] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv, xlsx hoặc pdf.")] = "table",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Tệp để ghi (csv, xlsx, pdf).")
    ] = None,
) -> None:
    """Báo cáo mọi số không có văn bản: giữ, dành (cho ai, đến bao giờ), mật, hủy, thiếu; ai ghi, lúc nào, vì sao."""
    from pipeline.gap_printing import print_gaps, print_gaps_table
    from pipeline.number_gaps import GapChoice
    from pipeline.record import Book

    if form not in ("table", "csv", "xlsx", "pdf"):
        raise typer.BadParameter("chỉ có thể là: table, csv, xlsx, pdf", param_hint="--format")
    book = book.lower() if book else None
    if book is not None and book not in tuple(Book):
        raise typer.BadParameter(f"chỉ có thể là: {', '.join(Book)}", param_hint="--book")
    choice = GapChoice(book=book, issuer=issuer, symbol=symbol, term=term, year=year)
    with the_office(ctx) as office:
        if form == "table":
            count = print_gaps_table(choice, office, put)
        else:
            path = (out or Path(f"so-khong-co-van-ban.{form}")).resolve()
            count = print_gaps(choice, form, path, office)
            put(str(path))
    say(f"{count} số")


def accept_clock(ctx: typer.Context, *, reason: Reason = "", person: Person = "") -> None:
    """Cấp số trở lại khi đồng hồ từng chạy sai về sau: giờ máy nay đã đúng (mã T311)."""
    reason = asked(reason, "--reason", "giờ nào sai, vì sao")
    with the_office(ctx, for_deed=True) as office:
        office.registers.accept_clock(acting_person(person), reason)
        put(f"Giờ máy được xác nhận: {office.clock.now():%H:%M %d/%m/%Y}")


def _take(
    words: str, period: tuple[str, int | None], holding: Holding, office: App
) -> list[EntryView]:
    """Take what *holding* asks for in the series that *words* name."""
    from pipeline.number_names import Period, name_series

    term, year = period
    day = holding.issued_on or _today(office)
    named = name_series(words, Period(day=day, term=term, year=year), office)
    if named.ordinal is not None and holding.status is EntryStatus.RESERVED:
        raise typer.BadParameter(
            "chỉ dành được số tiếp theo: ghi dãy số, ví dụ CV", param_hint="DÃY_SỐ"
        )
    full = replace(
        holding,
        ordinal=named.ordinal,
        start=named.start,
        reference_format=named.reference_format,
        lookup_prefix=named.lookup_prefix,
        strict_dates=office.office.thu_tu_ngay == "chan",
    )
    return office.registers.hold(named.key, full)


def _may_pass_over(office: App, *, nhay_so: bool) -> int | None:
    return None if nhay_so else office.office.limits.skipped_given_numbers


def _today(office: App) -> date:
    return today(office.clock)


def _tell(words: str, entries: list[EntryView]) -> None:
    for entry in entries:
        shown = entry.reference or entry.lookup_code
        dated = "" if entry.source == NumberSource.DANH_SO else f" ngày {entry.issued_on:%d/%m/%Y}"
        put(f"{words} {shown}{dated}")
        if entry.remark:
            say(f"Lưu ý: {entry.remark}.")
        if entry.left:
            say(f"Lưu ý: {entry.left}; xem: vanthu number gaps.")
