"""Commands about papers that came: what waits for the clerk, and what she says of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipeline.app import App
from pipeline.cli.common import (
    WAITING_STATUS,
    Person,
    acting_person,
    put,
    put_json,
    say,
    the_office,
)
from pipeline.cli.vietnamese import Command, Group
from pipeline.incoming import Waiting, Word, confirm, named, waiting_papers
from pipeline.stores.registers.views import DocumentView

_FINISH_S = 60.0

Ref = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="Số đến (21), mã văn bản, bốn chữ cuối của mã (~k3f9) hoặc số, ký hiệu của nơi gửi.",
    ),
]
Reference = Annotated[
    str, typer.Option("--so-ky-hieu", help="Số, ký hiệu như in trên văn bản: 127-KH/BTCTU.")
]
Day = Annotated[str, typer.Option("--ngay", help="Ngày văn bản (dd/mm/yyyy).")]
Sender = Annotated[str, typer.Option("--co-quan", help="Cơ quan ban hành.")]
Subject = Annotated[str, typer.Option("--trich-yeu", help="Trích yếu.")]
TypeName = Annotated[str, typer.Option("--loai", help="Tên loại: Kế hoạch, Công văn …")]
Signer = Annotated[str, typer.Option("--nguoi-ky", help="Người ký văn bản.")]
Urgency = Annotated[str, typer.Option("--do-khan", help="KHẨN, THƯỢNG KHẨN hoặc HỎA TỐC.")]
Json = Annotated[bool, typer.Option("--json", help="Mỗi văn bản một dòng JSON.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Đợi đến khi xong.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    incoming = typer.Typer(
        cls=Group,
        help="Văn bản đến: những gì chờ văn thư xác nhận, và lời xác nhận.",
        no_args_is_help=True,
    )
    incoming.command("list", cls=Command)(list_waiting)
    incoming.command("confirm", cls=Command)(confirm_one)
    app.add_typer(incoming, name="incoming")


def list_waiting(ctx: typer.Context, *, json: Json = False) -> None:
    """Nêu văn bản đến chờ văn thư: đọc được gì, ở đâu, tin cậy đến đâu; có giống văn bản đã có không."""
    with the_office(ctx) as office:
        found = waiting_papers(office)
        for one in found:
            if json:
                put_json(_plain(one))
            else:
                _print(one, office)
    if not json:
        say(f"{len(found)} văn bản đến chờ văn thư xác nhận.")


def confirm_one(
    ctx: typer.Context,
    ref: Ref,
    *,
    so_ky_hieu: Reference = "",
    ngay: Day = "",
    co_quan: Sender = "",
    trich_yeu: Subject = "",
    loai: TypeName = "",
    nguoi_ky: Signer = "",
    do_khan: Urgency = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="Nhận những gì chương trình đọc được, dù nghi ngờ.")
    ] = False,
    same_as: Annotated[
        str,
        typer.Option("--same-as", help="Là cùng một văn bản với văn bản đến này.", metavar="ID"),
    ] = "",
    not_same: Annotated[
        bool, typer.Option("--not-same", help="Là văn bản khác với những văn bản trông giống nó.")
    ] = False,
    person: Person = "",
    wait: Wait = True,
    json: Json = False,
) -> int:
    """Ghi thông tin của một văn bản đến, dưới số đến của nó; tên tệp và mục lục theo sau."""
    said = {
        "number": so_ky_hieu,
        "date": ngay,
        "issuer": co_quan,
        "subject": trich_yeu,
        "type": loai,
        "signer": nguoi_ky,
        "urgency": do_khan,
    }
    if same_as and not_same:
        raise typer.BadParameter("chỉ một trong --same-as và --not-same", param_hint="--same-as")
    word = Word(
        person=acting_person(person),
        said={name: value.strip() for name, value in said.items() if value.strip()},
        accept=accept,
        same_as=same_as.strip(),
        is_another=not_same,
    )
    with the_office(ctx) as office:
        paper = confirm(ref, word, office)
        return tell_done(paper, office, wait=wait, json=json)


def tell_done(paper: DocumentView, office: App, *, wait: bool, json: bool) -> int:
    """Work until the paper is finished, then say what it is now."""
    from pipeline.process_once import finish

    is_done = wait and finish([paper.receipt_id], office, seconds=_FINISH_S)
    now = office.registers.get(paper.id) or paper
    if json:
        put_json(
            {
                "document_id": now.id,
                "reference": now.number.shown if now.number else None,
                "version": now.version,
                "facts": now.facts,
                "files": [file.name for file in now.files],
            }
        )
    else:
        put(named(now))
    return 0 if is_done or not wait else WAITING_STATUS


def _plain(one: Waiting) -> dict[str, Any]:
    paper = one.paper
    return {
        "document_id": paper.id,
        "reference": paper.number.shown if paper.number else None,
        "source": one.source,
        "received_at": paper.received_at,
        "urgency": paper.facts.urgency if paper.facts else "",
        "asks": list(one.read.asks),
        "read_by": one.read.by,
        "proposals": one.read.proposals,
        "stamp": one.read.stamp,
        "same_as": [
            {"document_id": other.id, "reference": other.number.shown if other.number else None}
            for other in one.same_as
        ],
    }


def _print(one: Waiting, office: App) -> None:
    from pipeline.inbox.arrival_reading import seen_words, title_of

    kind = office.kinds[one.paper.kind]
    urgency = f"{one.paper.facts.urgency}  " if one.paper.facts and one.paper.facts.urgency else ""
    put(
        f"{urgency}{named(one.paper)}\n    tệp: {one.source}, nhận {one.paper.received_at:%H:%M %d/%m/%Y}"
    )
    for name in one.read.asks:
        seen = one.read.proposals.get(name)
        put(f"    {title_of(name, kind)}: {seen_words(seen) if seen else 'không đọc được'}")
    for other in one.same_as:
        put(f"    giống văn bản đến {named(other)}: gọi confirm với --same-as hoặc --not-same")
