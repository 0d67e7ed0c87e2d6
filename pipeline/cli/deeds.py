"""Commands that change something: init, void, rebuild, reindex, kinds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.common import (
    RETURNED_STATUS,
    Person,
    Settings,
    acting_person,
    asked,
    program_typed,
    progress,
    put,
    put_json,
    say,
    stop_on_signals,
    the_office,
)
from pipeline.cli.looking import one_paper, tell_meant
from pipeline.cli.vietnamese import Command, Group
from pipeline.clock import SystemClock
from pipeline.paper_names import is_bare, meant
from pipeline.record import EntryStatus


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (init, void, rebuild, reindex):
        app.command(cls=Command)(command)
    kinds = typer.Typer(cls=Group, help="Các loại văn bản.", no_args_is_help=True)
    kinds.command("list", cls=Command)(kinds_list)
    kinds.command("check", cls=Command)(kinds_check)
    kinds.command("sheet", cls=Command)(kinds_sheet)
    app.add_typer(kinds, name="kinds")


def init(
    ctx: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="THƯ_MỤC", help="Thư mục của cơ quan mới.")
    ] = None,
) -> None:
    """Lập một cơ quan mới trong thư mục: vanthu.toml và các thư mục làm việc."""
    from pipeline.new_office import make_office

    settings: Settings = ctx.obj
    root = (folder or settings.root).resolve()
    make_office(root)
    put(str(root))
    say(
        f"Hãy sửa {root}/vanthu.toml cho đúng cơ quan mình, rồi chạy: {program_typed()} --office {root} doctor"
    )


def void(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="SỐ", help="Số, ký hiệu, mã tra cứu hoặc mã văn bản.")
    ],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Lý do hủy số, ghi vào sổ.")] = "",
    person: Person = "",
) -> int:
    """Hủy số: số vẫn nằm trong sổ, kèm lý do, không cấp lại."""
    reason = asked(reason, "--reason", "lý do hủy số")
    with the_office(ctx, for_deed=True) as office:
        known = meant(ref, office)
        rows = [row for row in known.numbers if row.status is not EntryStatus.VOID]
        if known.numbers and not (rows or known.papers):
            say(f"«{ref}» đã hủy từ trước: vanthu show {ref}")
            return RETURNED_STATUS
        if len(rows) == 1 and not (known.papers or is_bare(ref)):
            [row] = rows
            office.registers.void_entry(row.series, row.ordinal, reason, acting_person(person))
            put(f"Đã hủy số {row.reference or row.lookup_code or row.ordinal}")
            return 0
        if rows:
            tell_meant(ref, replace(known, numbers=tuple(rows)))
            return RETURNED_STATUS
        document = one_paper(ref, office, is_for_good=True)
        if document is None:
            return RETURNED_STATUS
        voided = office.registers.void(document.id, reason, acting_person(person))
        put(f"Đã hủy số {voided.number.shown if voided.number else ref}")
    return 0


def rebuild(
    ctx: typer.Context,
    *,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="Giữ sổ đang có, gộp vào những gì kho và nhật ký biết thêm."),
    ] = False,
    person: Person = "",
) -> int:
    """Dựng lại sổ và mục lục từ kho và nhật ký (khi cơ sở dữ liệu hỏng, mất, hoặc cũ hơn kho)."""
    from pipeline.merge import merge_office
    from pipeline.rebuild import rebuild_office

    settings: Settings = ctx.obj
    told = (
        merge_office(settings.root, SystemClock(), acting_person(person), progress("Đã gộp"))
        if merge
        else rebuild_office(settings.root, SystemClock(), progress("Đã dựng lại"))
    )
    put(f"Đã dựng lại {told.documents} văn bản, {told.entries} số trong {told.series} dãy số.")
    for line in told.missing:
        say(line)
    return 0


def reindex(ctx: typer.Context) -> None:
    """Làm lại mục lục tìm kiếm từ kho; mục lục cũ vẫn trả lời, dừng giữa chừng thì lần sau làm tiếp."""
    from pipeline.flow import make_findable, make_index_anew

    with the_office(ctx) as office:
        should_stop = stop_on_signals()
        whole = office.registers.count_findable()
        say(f"{whole} văn bản cần đưa vào mục lục; mục lục cũ vẫn trả lời cho đến khi xong")
        show = progress(f"Đã đưa vào mục lục (trong {whole:,})")
        done = make_index_anew(office, progress=show, should_stop=should_stop)
        # What was archived meanwhile.
        make_findable(office, role_timeout_s=60.0)
    put(f"Đã đưa {done} văn bản vào mục lục")


def kinds_list(
    ctx: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Mỗi loại một dòng JSON.")] = False,
) -> None:
    """Các loại văn bản của cơ quan."""
    with the_office(ctx) as office:
        for kind in office.kinds.values():
            if json:
                put_json(
                    {
                        "name": kind.name,
                        "title": kind.title,
                        "source": kind.source,
                        "book": kind.book,
                    }
                )
            else:
                put(f"{kind.name:20}{kind.title}")
        for name, error in office.kinds.invalid.items():
            say(f"{name}: {error.terminal_text}")


def kinds_check(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="LOẠI", help="Loại cần kiểm; để trống: tất cả.")
    ] = None,
    *,
    write_expected: Annotated[
        bool,
        typer.Option("--write-expected", help="Ghi lại expected.txt của các loại nêu tên."),
    ] = False,
) -> int:
    """Kiểm các mẫu: chỗ điền không có dữ liệu, trường không được in, nhánh chưa có ví dụ, định dạng trực tiếp …"""
    from pipeline.kind_check import check_kinds
    from pipeline.kind_check import write_expected as write

    worst = 0
    with the_office(ctx) as office:
        if write_expected:
            for path in write(office, names or []):
                say(f"Đã ghi lại {path}")
        for finding in check_kinds(office, names or []):
            worst = 3
            put(finding.sentence())
    if not worst:
        say("Mọi mẫu đều tốt.")
    return worst


def kinds_sheet(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="LOẠI", help="Loại văn bản.")],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Tệp xlsx để ghi.")],
    rows: Annotated[int, typer.Option(help="Số dòng trống.", min=1, max=5000)] = 200,
) -> None:
    """Ghi một bảng Excel trống để điền cho một loại văn bản."""
    from pipeline.blank_sheet import write_blank_sheet

    with the_office(ctx) as office:
        if kind not in office.kinds:
            raise typer.BadParameter(f"chỉ có: {', '.join(office.kinds)}", param_hint="LOẠI")
        write_blank_sheet(office.kinds[kind], out.resolve(), rows, office)
    put(str(out.resolve()))
