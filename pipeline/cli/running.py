"""Commands that make the office run: run, watch, work, keep, process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from pipeline.app import Access, App, open_office, refuse_if_behind
from pipeline.cli.common import (
    RETURNED_STATUS,
    WAITING_STATUS,
    Settings,
    office_time,
    program_typed,
    progress,
    put,
    put_json,
    say,
    stop_on_signals,
    the_office,
)
from pipeline.cli.users import path_of_link
from pipeline.cli.vietnamese import Command
from pipeline.clock import SystemClock
from pipeline.config import Office, load_office
from pipeline.config_model import WebProfile
from pipeline.directory import refuse_if_unready
from pipeline.office_processes import running_whole
from pipeline.process_once import Outcome, process_inbox, usable_cores
from pipeline.stores.registers.people import People
from pipeline.supervisor import Child
from pipeline.supervisor import run as supervise
from pipeline.web_address import Address
from pipeline.worker import tell_nobody

_Host = Annotated[
    str, typer.Option("--host", help="Địa chỉ phục vụ trang web; để trống: theo [web] dia_chi.")
]
_Port = Annotated[
    int | None, typer.Option("--port", help="Cổng; để trống: theo [web] cong.", min=1, max=65535)
]
_Tell = Annotated[
    bool, typer.Option("--tell", help="Nói ra màn hình, mỗi tệp thả vào một dòng, khi làm xong.")
]
_ENDINGS = {
    "indexed": "xong",
    "duplicate": "đã có",
    "returned": "cần sửa",
    "parted": "tập quét đã tách",
    "waiting": "còn chờ",
}


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (run, watch, work, read, keep, web, process):
        app.command(cls=Command)(command)


def run(
    ctx: typer.Context,
    *,
    sample: Annotated[
        bool, typer.Option("--sample", help="Thả một ngày làm việc mẫu vào thư mục nhận tệp.")
    ] = False,
    workers: Annotated[int, typer.Option(help="Số tiến trình xử lý; 0: theo số nhân của máy.")] = 0,
    host: _Host = "",
    port: _Port = None,
) -> int:
    """Chạy cả văn phòng: theo dõi thư mục, xử lý, giữ mục lục, trang web; dừng bằng Ctrl+C."""
    settings: Settings = ctx.obj
    office = load_office(settings.root)
    address = _address(office.web, host, port)
    with running_whole(office, address.shown) as elsewhere:
        if elsewhere:
            _say_running_already(office, elsewhere, sample=sample)
            return 0
        _make_ready(settings, address, sample=sample)
        return supervise(_children(settings, workers or usable_cores(), address))


def _say_running_already(office: Office, address: str, *, sample: bool) -> None:
    """Somebody started it before: where to look, and how to start it anew."""
    say("Văn phòng này đang chạy rồi, ở một cửa sổ hoặc dịch vụ khác; không chạy thêm lần nữa.")
    _say_where(office.inbox_dir, address)
    if sample:
        say("Ngày làm việc mẫu:  không thả lại khi văn phòng đang chạy")
    say("Chạy lại từ đầu:    bấm Ctrl+C ở cửa sổ đang chạy, rồi gõ lại lệnh này")


def _say_where(inbox: Path, address: str) -> None:
    say(f"Thả tệp vào:        {inbox}/<loại văn bản>/")
    say(f"Kết quả hiện ở:     {inbox}/<loại văn bản>/_ket_qua/")
    say(f"Tệp cần sửa ở:      {inbox}/<loại văn bản>/_tra_lai/")
    say(f"Trang web:          {address}/")


def _make_ready(settings: Settings, address: Address, *, sample: bool) -> None:
    """See that the office can run, and tell whoever sits there what is where."""
    with open_office(settings.root, SystemClock()) as office:
        refuse_if_unready(office.office)
        refuse_if_behind(office)
        is_half_removed = bool(office.registers.unfinished_purges())
    if is_half_removed:
        _finish_removals(settings)
    with open_office(settings.root, SystemClock()) as office:
        inbox = office.office.inbox_dir
        if sample:
            _drop_sample(office)
        entry = _first_link(office, address)
    say(f"Văn phòng đang chạy ở {settings.root}")
    _say_where(inbox, address.shown)
    if entry:
        say(f"Lần đầu vào trang web, người quản trị đặt mật khẩu ở (dùng một lần): {entry}")
    say(f"Tìm trong kho:      {program_typed()} search <từ cần tìm>   (gõ ở một cửa sổ khác)")
    say("Dừng:               bấm Ctrl+C ở cửa sổ này; việc đang dở được làm tiếp khi chạy lại")


def _finish_removals(settings: Settings) -> None:
    """What was being removed when the machine went down is gone before anybody works again."""
    from pipeline.purge import finish_begun

    with open_office(settings.root, SystemClock(), access=Access.ALONE) as office:
        finish_begun(office)
    say("Đã làm nốt việc gỡ bỏ nội dung bị ngắt giữa chừng.")


def watch(ctx: typer.Context, *, tell: _Tell = False) -> None:
    """Theo dõi thư mục nhận tệp (một phần của «run»)."""
    from pipeline.watch import watch as watch_inbox

    with the_office(ctx) as office:
        watch_inbox(office, stop_on_signals(), _teller(tell=tell))


def work(
    ctx: typer.Context,
    *,
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="Thoát khi không còn việc.")
    ] = False,
    tell: _Tell = False,
) -> None:
    """Xử lý những gì đã nhận (một phần của «run»)."""
    from pipeline.worker import work as work_on
    from pipeline.worker import work_until_idle

    with the_office(ctx) as office:
        if until_idle:
            work_until_idle(office, stop_on_signals())
        else:
            work_on(office, stop_on_signals(), _teller(tell=tell))


def _teller(*, tell: bool) -> Callable[[str], None]:
    return (lambda line: say(f"{office_time()}  {line}")) if tell else tell_nobody


def read(ctx: typer.Context) -> None:
    """Đọc bằng máy các trang quét chưa có chữ (một phần của «run»)."""
    from pipeline.reader import read as read_on

    with the_office(ctx) as office:
        read_on(office, stop_on_signals())


def keep(ctx: typer.Context) -> None:
    """Giữ mục lục, nhật ký, bộ nhớ tạm (một phần của «run»)."""
    from pipeline.keeper import keep as keep_up

    with the_office(ctx) as office:
        keep_up(office, stop_on_signals())


def web(ctx: typer.Context, *, host: _Host = "", port: _Port = None) -> None:
    """Phục vụ trang web (một phần của «run»)."""
    from pipeline.web.serving import serve

    settings: Settings = ctx.obj
    office = load_office(settings.root)
    refuse_if_unready(office)
    serve(settings.root, _address(office.web, host, port), office.web)


def _address(profile: WebProfile, host: str, port: int | None) -> Address:
    return Address(host=host or profile.host, port=profile.port if port is None else port)


def _first_link(office: App, address: Address) -> str:
    """Where the first manager sets a password; empty when people are there already."""
    people = People(office.registers.db, office.clock)
    account, token = people.first_manager()
    return f"{address.shown}{path_of_link(account, token)}" if token else ""


def process(
    ctx: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Mỗi văn bản một dòng JSON.")] = False,
    workers: Annotated[
        int, typer.Option(help="Số tiến trình xử lý khi có nhiều việc; 0: theo số nhân của máy.")
    ] = 0,
    read: Annotated[
        bool,
        typer.Option(
            "--read/--no-read", help="Đọc bằng máy các trang quét chưa có chữ trước khi thoát."
        ),
    ] = True,
) -> int:
    """Nhận và làm xong mọi thứ trong thư mục nhận tệp rồi thoát."""
    counts = dict.fromkeys(_ENDINGS, 0)
    with the_office(ctx) as office:
        for outcome in process_inbox(office, workers=workers or usable_cores()):
            counts[outcome.status] += 1
            if json:
                put_json(outcome)
            else:
                put(_line(outcome))
            _progress(counts, json=json)
        if read:
            _read_all(office)
    if sys.stderr.isatty():
        say("")
    if not json:
        say(", ".join(f"{count} {_ENDINGS[status]}" for status, count in counts.items()))
    if counts["waiting"]:
        return WAITING_STATUS
    return RETURNED_STATUS if counts["returned"] else 0


def _read_all(office: App) -> None:
    """What the flow took in without words; all papers are told of by now."""
    from pipeline.keeper import keep_once
    from pipeline.reader import read_until_idle

    if not office.registers.counts()["readings_due"]:
        return
    say("Đang đọc bằng máy các trang quét chưa có chữ …")
    done = read_until_idle(office, stop_on_signals(), progress("Đã đọc"))
    keep_once(office)
    say(f"Đã đọc bằng máy {done} văn bản.")


def _line(outcome: Outcome) -> str:
    place = f" (dòng {outcome.record})" if outcome.record else ""
    return f"{outcome.source}{place}: {outcome.message}"


def _progress(counts: dict[str, int], *, json: bool) -> None:
    if json and sys.stderr.isatty():
        total = sum(counts.values())
        sys.stderr.write(f"\rĐã xong {total} văn bản, {counts['returned']} cần sửa")


def _drop_sample(office: App) -> None:
    from pipeline.sample_day.day import drop

    with office.new_cell() as cell:
        for path in drop(office.office, office.kinds, cell, office.clock):
            say(f"Đã thả mẫu: {path.relative_to(office.office.root)}")


def _children(settings: Settings, workers: int, address: Address) -> list[Child]:
    base = (sys.executable, "-m", "pipeline.cli", "--office", os.fspath(settings.root))
    # For people before a window; the system's log keeps no names of papers for a year.
    tell = () if "JOURNAL_STREAM" in os.environ else ("--tell",)
    children = [Child(name="watch", argv=(*base, "watch", *tell))]
    children += [
        Child(name=f"work-{number}", argv=(*base, "work", *tell))
        for number in range(1, workers + 1)
    ]
    children.append(Child(name="read", argv=(*base, "read")))
    children.append(Child(name="keep", argv=(*base, "keep")))
    where = ("--host", address.host, "--port", str(address.port))
    children.append(Child(name="web", argv=(*base, "web", *where)))
    return children
