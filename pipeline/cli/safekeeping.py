"""Commands that few people use and rarely: purge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.app import Access
from pipeline.cli.common import (
    RETURNED_STATUS,
    Person,
    acting_person,
    asked,
    put,
    say,
    the_office,
)
from pipeline.cli.looking import one_paper

if TYPE_CHECKING:
    from pipeline.purge import Purged


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (purge,):
        app.command()(command)


def purge(
    ctx: typer.Context,
    ref: Annotated[
        str,
        typer.Argument(
            help="Mã văn bản, số, ký hiệu hoặc mã tra cứu; để trống: làm nốt việc gỡ bỏ bị ngắt."
        ),
    ] = "",
    *,
    reason: Annotated[
        str, typer.Option("--reason", help="Lý do, ghi vào sổ; không nhắc lại nội dung.")
    ] = "",
    approved_by: Annotated[
        str, typer.Option("--approved-by", help="Người duyệt, khác người gỡ.")
    ] = "",
    person: Person = "",
) -> int:
    """Gỡ bỏ nội dung một văn bản khỏi mọi nơi trong máy; số và dòng trong sổ vẫn còn, kèm lý do."""
    from pipeline.keeper import seal_all
    from pipeline.purge import finish_begun, purge_paper

    if not ref:
        with the_office(ctx, access=Access.ALONE) as office:
            done = finish_begun(office)
            seal_all(office)
        if not done:
            say("Không có việc gỡ bỏ nào dở dang. Hãy ghi mã văn bản cần gỡ bỏ.")
            return RETURNED_STATUS
    else:
        reason = asked(reason, "--reason", "lý do gỡ bỏ")
        approved_by = asked(approved_by, "--approved-by", "người duyệt")
        with the_office(ctx, access=Access.ALONE) as office:
            document = one_paper(ref, office)
            if document is None:
                return RETURNED_STATUS
            persons = acting_person(person), approved_by
            done = purge_paper(office, document, persons, reason)
            seal_all(office)
    for one in done:
        _tell_purged(one)
    return 0


def _tell_purged(done: Purged) -> None:
    for paper in done.papers:
        put(f"Đã gỡ bỏ nội dung: {paper.number.shown if paper.number else paper.id}")
    for name in done.lists:
        put(f"Đã gỡ bỏ danh sách gốc: {name}")
    for name in done.files:
        put(f"Đã xóa tệp trong thư mục nhận: {name}")
    for place in done.backups:
        put(f"Bản sao lưu còn giữ nội dung, phải xóa riêng: {place}")
    if done.is_server:
        say(
            "Sổ ở PostgreSQL: hãy chạy VACUUM FULL trên máy chủ cơ sở dữ liệu để dữ liệu đã xóa không còn trên đĩa."
        )
