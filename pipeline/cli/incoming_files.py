"""Commands about the files of papers that came: scanned again, put in order, a stack parted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.common import Person, acting_person, put, the_office
from pipeline.cli.incoming import Json, Ref, Wait, register_group, tell_done
from pipeline.cli.vietnamese import Command
from pipeline.incoming import find_incoming


def register(app: typer.Typer) -> None:
    """Add all commands of incoming papers to the program."""
    incoming = register_group(app)
    for name, command in (("rescan", rescan), ("split", split), ("separator", separator)):
        incoming.command(name, cls=Command)(command)


def rescan(
    ctx: typer.Context,
    ref: Ref,
    files: Annotated[
        list[Path], typer.Argument(metavar="TỆP…", help="Bản quét; nhiều tệp thì ghép theo thứ tự.")
    ],
    *,
    pages: Annotated[
        str, typer.Option("--pages", help="Thứ tự trang của cả bản: 2,1,3; để trống: như đã quét.")
    ] = "",
    person: Person = "",
    wait: Wait = True,
    json: Json = False,
) -> int:
    """Quét lại, ghép, xếp lại trang một văn bản đến: phiên bản mới, số đến giữ nguyên."""
    from pipeline.incoming_files import scan_again
    from pipeline.process_once import finish

    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"không có tệp «{file}»", param_hint="TỆP")
    order = _order(pages)
    with the_office(ctx) as office:
        paper = find_incoming(ref, office)
        paths = [file.resolve() for file in files]
        receipt_id = scan_again(paper.id, paths, order, acting_person(person), office)
        if wait:
            finish([receipt_id], office, seconds=60.0)
        return tell_done(paper, office, wait=wait, json=json)


def split(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Bản quét cả tập, có tờ ngăn cách.")],
    *,
    to: Annotated[
        Path | None, typer.Option("--to", help="Thư mục nhận; mặc định: thư mục văn bản đến.")
    ] = None,
) -> None:
    """Tách bản quét cả tập thành từng văn bản, theo tờ ngăn cách và tờ phiếu có mã."""
    from pipeline.incoming_files import part_stack

    if not file.is_file():
        raise typer.BadParameter(f"không có tệp «{file}»", param_hint="TỆP")
    with the_office(ctx) as office:
        kind = next(one.name for one in office.kinds.values() if one.is_incoming)
        folder = to or office.office.inbox_dir / kind
        for path in part_stack(file.resolve(), folder.resolve(), office):
            put(str(path))


def separator(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Tệp pdf để ghi.")],
) -> None:
    """In tờ ngăn cách đặt giữa hai văn bản khi quét cả tập."""
    from pipeline.incoming_files import draw_separator

    with the_office(ctx) as office:
        draw_separator(out.resolve(), office)
    put(str(out.resolve()))


def _order(pages: str) -> list[int]:
    parts = [part.strip() for part in pages.split(",") if part.strip()]
    if not all(part.isdigit() and int(part) > 0 for part in parts):
        raise typer.BadParameter("cần các số trang, ví dụ 2,1,3", param_hint="--pages")
    return [int(part) for part in parts]
