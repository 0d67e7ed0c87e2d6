"""Commands that few people use and rarely: purge, backup, restore, upgrade, seal-office."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.app import Access, may_write, open_office
from pipeline.books import FORMS
from pipeline.cli.common import (
    DAMAGE_STATUS,
    RETURNED_STATUS,
    Person,
    Settings,
    acting_person,
    asked,
    progress,
    put,
    say,
    the_office,
)
from pipeline.cli.looking import one_paper
from pipeline.cli.vietnamese import Command
from pipeline.clock import SystemClock

if TYPE_CHECKING:
    from pipeline.backup import Backup
    from pipeline.purge import Purged
    from pipeline.restore import Restored

_ASK_TO_CREATE = "Nơi sao lưu mới, ổ mới thì thêm --create."


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (purge, backup, restore, seal_office, upgrade):
        app.command(cls=Command)(command)


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
    from pipeline.purge import finish_begun, purge_paper
    from pipeline.sealing import seal_all

    if not ref:
        with the_office(ctx, access=Access.ALONE, for_deed=True) as office:
            done = finish_begun(office)
            seal_all(office)
        if not done:
            say("Không có việc gỡ bỏ nào dở dang. Hãy ghi mã văn bản cần gỡ bỏ.")
            return RETURNED_STATUS
    else:
        reason = asked(reason, "--reason", "lý do gỡ bỏ")
        persons = acting_person(person), asked(approved_by, "--approved-by", "người duyệt")
        with the_office(ctx, access=Access.ALONE, for_deed=True) as office:
            document = one_paper(ref, office, is_for_good=True)
            if document is None:
                return RETURNED_STATUS
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
    for book in done.books:
        name = f"{FORMS[book.book].title.capitalize()} {book.issuer}".strip()
        put(f"Sổ đã khóa, năm {book.period}: {name} không còn nội dung dòng này")
        put("    Bản in đóng quyển của sổ ấy trong kho đã gỡ theo; bản trên giấy phải xử lý riêng.")
    for path in done.exports:
        put(f"Sổ đã in ra tệp có thể còn dòng này, phải xóa riêng: {path}")
    for place in done.backups:
        put(f"Bản sao lưu còn giữ nội dung, phải xóa riêng: {place}")
    if done.due_on_server:
        say(
            "Máy chủ PostgreSQL không cho tài khoản của văn phòng dọn hết: dữ liệu đã xóa có thể còn trên đĩa của "
            "máy chủ. Nhờ người quản trị máy chủ đợi mọi phiên khác kết thúc rồi chạy:"
        )
    for statement in done.due_on_server:
        put(f"  {statement};")


def backup(
    ctx: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="THƯ_MỤC", help="Thư mục sao lưu, trên ổ đĩa khác.")
    ],
    *,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Chỉ kiểm bản sao lưu đã có: đọc lại từng tệp."),
    ] = False,
    create: Annotated[
        bool,
        typer.Option(
            "--create", help="Đúng là ổ mới, nơi mới, dù chưa thấy ổ hay bản sao lưu cũ ở đó."
        ),
    ] = False,
    move: Annotated[
        bool,
        typer.Option("--move", help="Sao lưu rồi đóng văn phòng này vì chuyển sang nơi khác."),
    ] = False,
    moved_to: Annotated[str, typer.Option("--moved-to", help="Nơi mới, khi chuyển.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Lý do chuyển.")] = "",
    person: Person = "",
) -> int:
    """Sao lưu cả văn phòng trong khi vẫn làm việc; mỗi lần một thư mục mang ngày giờ, tệp cũ không chép lại."""
    from pipeline.backup import backup_office, check_backup, the_backup
    from pipeline.backup_place import check_place, shares_disk
    from pipeline.safekeeping import seal_office

    if verify:
        found = the_backup(folder)
        return _tell_faults(found, list(check_backup(found, progress("Đã kiểm"))))
    if move:
        moved_to = asked(moved_to, "--moved-to", "nơi mới của văn phòng")
        reason = asked(reason, "--reason", "lý do chuyển")
    who = acting_person(person)
    with the_office(ctx, access=Access.ALONE if move else Access.SHARED) as office:
        used = [Path(line.data["place"]) for line in office.registers.deeds("backup")]
        check_place(folder, used, may_create=create, ask_to_create=_ASK_TO_CREATE)
        made = backup_office(office.office, folder, office.clock, progress("Đã sao lưu"))
        told = {
            "place": str(made.folder),
            "head": made.head,
            "files": made.files,
            "faults": len(made.faults),
        }
        if may_write(office):
            office.registers.journal_append("backup", who, None, told)
        else:
            say(
                "Sổ đang cũ hơn nhật ký (A432): bản sao lưu vẫn được làm, nhưng không ghi vào nhật ký."
            )
        if move and not made.faults:
            seal_office(office, moved_to, who, reason)
    _tell_backup(made, is_on_same_disk=shares_disk(made.folder, office.office.root))
    if move and not made.faults:
        say(f"Văn phòng này đã đóng. Ở nơi mới chạy: vanthu restore {made.folder} THƯ-MỤC-MỚI")
    return _tell_faults(made.folder, made.faults)


def _tell_backup(made: Backup, *, is_on_same_disk: bool) -> None:
    put(str(made.folder))
    shared = made.files - made.copied
    rest = f", {shared} tệp dùng chung với bản trước" if shared else ""
    say(f"{made.files} tệp: {made.copied} tệp chép mới{rest}.")
    if is_on_same_disk:
        say(
            "Bản sao nằm cùng ổ đĩa với văn phòng: hỏng ổ là mất cả hai. Hãy sao lưu thêm ra ổ khác."
        )


def _tell_faults(folder: Path, faults: Sequence[str]) -> int:
    for fault in faults:
        put(f"A434  {fault}")
    say("Bản sao lưu tốt." if not faults else f"{folder}: {len(faults)} chỗ hỏng.")
    return DAMAGE_STATUS if faults else 0


def restore(
    folder: Annotated[
        Path, typer.Argument(metavar="BẢN_SAO_LƯU", help="Bản sao lưu, hoặc thư mục chứa các bản.")
    ],
    into: Annotated[
        Path, typer.Argument(metavar="THƯ_MỤC_MỚI", help="Thư mục trống cho văn phòng khôi phục.")
    ],
    *,
    merge: Annotated[
        bool,
        typer.Option(
            "--merge", help="Thư mục kia là văn phòng có kho mới hơn: gộp hai bên, không cấp trùng."
        ),
    ] = False,
    database_url: Annotated[
        str, typer.Option("--database-url", help="Cơ sở dữ liệu PostgreSQL trống, nếu sổ ở đó.")
    ] = "",
    person: Person = "",
) -> int:
    """Khôi phục văn phòng từ bản sao lưu; dãy số nào cũng khóa đến khi đối chiếu với sổ giấy."""
    from pipeline.restore import restore_merged, restore_office

    who, clock = acting_person(person), SystemClock()
    done = (
        restore_merged(folder, into, clock, who, progress("Đã đọc"))
        if merge
        else restore_office(
            folder, into, clock, who, database_url=database_url, progress=progress("Đã khôi phục")
        )
    )
    put(str(done.root))
    say(f"Đã khôi phục {done.files} tệp.")
    if done.why_not_found:
        say(f"{done.why_not_found} Văn bản chưa tìm được: chạy «vanthu reindex» sau khi sửa.")
    _tell_series(done)
    for line in done.merged.missing if done.merged else ():
        say(line)
    return 0


def _tell_series(done: Restored) -> None:
    """Each series in people's words, and the command that opens it again."""
    from pipeline.number_names import how_to_name, series_in_full

    if not done.series:
        return
    say(
        "Trước khi cấp số, hãy đối chiếu số cuối của từng dãy với sổ giấy, rồi chạy lệnh dưới dãy ấy "
        "(sổ giấy đã đến số khác thì ghi số ấy sau --last):"
    )
    where = shlex.quote(str(done.root))
    with open_office(done.root, SystemClock()) as office:
        for one in done.series:
            last = f"số cuối {one.last:02d}" if one.last >= one.start else "chưa có số nào"
            say(f"{series_in_full(one.key, office)}: {last}")
            say(
                f"  vanthu --office {where} number confirm {how_to_name(one.key)} "
                f'--last {one.last} --reason "đối chiếu sổ giấy"'
            )


def seal_office(
    ctx: typer.Context,
    *,
    moved_to: Annotated[str, typer.Option("--moved-to", help="Nơi mới của văn phòng.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Mở lại văn phòng đã đóng.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Lý do, ghi vào nhật ký.")] = "",
    person: Person = "",
) -> int:
    """Đóng văn phòng đã chuyển đi: chỉ còn xem, không nhận tệp, không cấp số."""
    from pipeline.safekeeping import reopen_office
    from pipeline.safekeeping import seal_office as seal

    reason = asked(reason, "--reason", "lý do")
    who = asked(person, "--person", "người làm việc này") if undo else acting_person(person)
    if undo:
        with the_office(ctx, access=Access.ALONE) as office:
            was = reopen_office(office, who, reason)
        say("Văn phòng đã mở lại." if was else "Văn phòng này không đóng.")
        return 0
    moved_to = asked(moved_to, "--moved-to", "nơi mới của văn phòng")
    with the_office(ctx, access=Access.ALONE) as office:
        seal(office, moved_to, who, reason)
    say(f"Văn phòng này đã đóng; nơi mới: {moved_to}.")
    return 0


def upgrade(
    ctx: typer.Context,
    *,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--backup", help="Thư mục sao lưu trước khi nâng cấp; mặc định: cạnh văn phòng."
        ),
    ] = None,
) -> int:
    """Nâng sổ lên phiên bản của chương trình: sao lưu, chuyển bảng, kiểm tra; không thành thì trả lại sổ cũ."""
    from pipeline.upgrade import upgrade_office

    settings: Settings = ctx.obj
    made = upgrade_office(settings.root, SystemClock(), folder, progress("Đã làm"))
    if made is None:
        say("Sổ đã đúng phiên bản của chương trình.")
        return 0
    say(f"Đã nâng cấp sổ. Bản sao lưu trước khi nâng cấp: {made}")
    return 0
