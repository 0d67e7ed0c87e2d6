"""Commands that only look: show, export, doctor, verify."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.app import App
from pipeline.cli.common import (
    DAMAGE_STATUS,
    RETURNED_STATUS,
    Settings,
    progress,
    put,
    put_json,
    say,
    the_office,
)
from pipeline.cli.vietnamese import Command
from pipeline.clock import OFFICE_ZONE, today
from pipeline.errors.base import VanthuError
from pipeline.journal_words import deed_in_words, person_in_words
from pipeline.number_words import series_words
from pipeline.paper_names import Meant, is_bare, meant
from pipeline.sheet_context import short_id
from pipeline.stores.registers.views import DocumentView

if TYPE_CHECKING:
    from pipeline.doctor import Check


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (show, export, doctor, verify):
        app.command(cls=Command)(command)


def show(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="SỐ", help="Số, ký hiệu, mã tra cứu hoặc mã văn bản.")
    ],
    *,
    json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")] = False,
) -> int:
    """Xem một văn bản: phiên bản, tệp, sổ, trạng thái, nhật ký; hoặc một số không có văn bản: giữ, dành, mật, hủy."""
    from pipeline.retrieve import describe, describe_number

    with the_office(ctx) as office:
        found = meant(ref, office)
        if found.count != 1:
            tell_meant(ref, found)
            return RETURNED_STATUS
        about = (
            describe(found.papers[0], office)
            if found.papers
            else describe_number(found.numbers[0], office)
        )
    if json:
        put_json(about)
    else:
        _print_about(about)
    return 0


def export(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="SỐ", help="Số, ký hiệu, mã tra cứu hoặc mã văn bản.")
    ],
    *,
    what: Annotated[
        str,
        typer.Option(
            help="signed (bản đã ký), pdf, docx, original, ocr (bản đọc bằng máy) hoặc all; "
            "không ghi: bản đã ký nếu có, không thì pdf."
        ),
    ] = "",
    out: Annotated[Path, typer.Option("-o", "--out", help="Thư mục nhận tệp.")] = Path(),
) -> int:
    """Lấy tệp của một văn bản ra khỏi kho (đã đối chiếu mã băm)."""
    from pipeline.retrieve import FIRST, WHAT, export_files, no_longer_in_force

    if what not in (FIRST, *WHAT):
        raise typer.BadParameter(f"chỉ có thể là: {', '.join(WHAT)}", param_hint="--what")
    with the_office(ctx) as office:
        document = one_paper(ref, office)
        if document is None:
            return RETURNED_STATUS
        paths = export_files(document, what, out.resolve(), office)
        warning = no_longer_in_force(document, office)
    for path in paths:
        put(str(path))
    if not paths:
        say(f"Văn bản này không có tệp loại «{what}».")
        return RETURNED_STATUS
    if warning:
        say(warning)
    return 0


def doctor(
    ctx: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")] = False,
) -> int:
    """Máy này thiếu gì và thiếu thì mất gì; văn bản nào có số đã lâu mà chưa ký."""
    from pipeline.config import load_office
    from pipeline.doctor import examine

    settings: Settings = ctx.obj
    office = None
    problem = ""
    try:
        office = load_office(settings.root)
    except VanthuError as error:
        problem = error.terminal_text
    checks = examine(office)
    if office is not None and office.registers_dir.is_dir():
        try:
            checks += _signatures(ctx)
        except VanthuError as error:
            problem = error.terminal_text
    if json:
        put_json(checks)
    else:
        for check in checks:
            put(f"{check.verdict:9}  {check.name}")
            if not check.ok:
                put(f"{'':9}  {check.cost} {check.remedy}")
        if problem:
            say(problem)
    return 0 if all(check.ok or not check.needed for check in checks) else RETURNED_STATUS


def _signatures(ctx: typer.Context) -> list[Check]:
    from pipeline.doctor import check_signatures
    from pipeline.unsigned import unsigned_papers

    with the_office(ctx) as app:
        unsigned = unsigned_papers(app.registers, app.office, today(app.clock))
        return [check_signatures(unsigned.overdue())]


def verify(
    ctx: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Mỗi phát hiện một dòng JSON.")] = False,
    shallow: Annotated[
        bool, typer.Option("--shallow", help="Không đọc lại nội dung từng tệp.")
    ] = False,
) -> int:
    """Kiểm tra kho, nhật ký, sổ và mục lục; mỗi phát hiện có tên; thoát 4 khi có hư hại."""
    from pipeline.verify import Verified, is_damage, note_verified, verify_office

    worst = 0
    with the_office(ctx) as office:
        count = damage = 0
        for finding in verify_office(office, deep=not shallow, progress=progress("Đã kiểm")):
            count += 1
            damage += is_damage(finding)
            worst = DAMAGE_STATUS if damage else 0
            if json:
                put_json(finding)
            else:
                put(f"{finding.code}  {finding.where}  {finding.text}")
        verified = Verified(
            at=office.clock.now(), is_deep=not shallow, findings=count, damage=damage
        )
        with suppress(OSError):  # a full or read-only disk is told by what was found
            note_verified(office.office, verified)
    if sys.stderr.isatty():
        say("")
    say("Không có phát hiện nào." if not count else f"{count} phát hiện.")
    return worst


def one_paper(ref: str, office: App, *, is_for_good: bool = False) -> DocumentView | None:
    """The one paper a reference means; several are listed, none is told.

    Args:
        is_for_good: What is done to it cannot be taken back: a number alone does not tell it well enough.
    """
    found = replace(meant(ref, office), numbers=())
    if found.count == 1 and not (is_for_good and is_bare(ref)):
        return found.papers[0]
    tell_meant(ref, found)
    return None


def tell_meant(ref: str, found: Meant) -> None:
    """List what *ref* may mean, each as it is asked for alone."""
    if not found.count:
        say(f"Không có văn bản nào là «{ref}». Hãy thử «vanthu search {ref}».")
        return
    if found.count == 1:
        say(f"Số «{ref}» đứng một mình chưa đủ rõ để làm việc này; hãy gọi lại với mã văn bản:")
    elif not found.papers:
        say(f"Có {found.count} số là «{ref}»; hãy gọi lại với một trong:")
    else:
        say(f"Có {found.count} văn bản là «{ref}»; hãy gọi lại với mã văn bản:")
    for document in found.papers:
        facts, number = document.facts, document.number
        told = f"{number.shown}  {number.issued_on:%d/%m/%Y}" if number else short_id(document.id)
        put(f"{document.id}  {told}  {facts.subject if facts else ''}")
    for row in found.numbers:
        put(f"{row.series}:{row.ordinal}  ({row.ordinal} của dãy {series_words(row.series)})")


def _print_about(about: dict[str, Any]) -> None:
    for title, value in about["summary"]:
        if value:
            put(f"{title + ':':22}{value}")
    for version in about["versions"]:
        put(f"Phiên bản {version['number']}: {version['reason']}")
        for file in version["files"]:
            put(f"    {file['name']}  {file['size_bytes']} byte")
    for line in about["journal"]:
        at = datetime.fromisoformat(line["at"]).astimezone(OFFICE_ZONE)
        put(f"{at:%d/%m/%Y %H:%M:%S}  {person_in_words(line['person'])}  {deed_in_words(line)}")
