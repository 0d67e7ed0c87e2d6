"""Commands about papers that came: what waits for the clerk, and what she says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.app import App
from pipeline.cli.common import (
    WAITING_STATUS,
    Person,
    acting_person,
    asked,
    put,
    put_json,
    say,
    the_office,
)
from pipeline.cli.vietnamese import Command, Group
from pipeline.incoming import (
    Waiting,
    Word,
    confirm,
    count_waiting,
    find_incoming,
    named,
    still_asked,
    waiting_papers,
)
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
Reason = Annotated[str, typer.Option("--reason", help="Lý do, ghi vào sổ và in trên phiếu.")]
Sheet = Annotated[
    Path | None,
    typer.Option(
        "-o", "--out", help="Tệp pdf của phiếu; mặc định: trong thư mục kết quả của văn bản ấy."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Mỗi văn bản một dòng JSON.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Đợi đến khi xong.")]


def register_group(app: typer.Typer) -> typer.Typer:
    """Add these commands to the program as a group; the group."""
    incoming = typer.Typer(
        cls=Group,
        help="Văn bản đến: những gì chờ văn thư xác nhận, và lời xác nhận.",
        no_args_is_help=True,
    )
    incoming.command("list", cls=Command)(list_waiting)
    incoming.command("confirm", cls=Command)(confirm_one)
    incoming.command("register", cls=Command)(enter_row)
    incoming.command("slip", cls=Command)(slip)
    incoming.command("stamp", cls=Command)(stamp_alone)
    incoming.command("return", cls=Command)(give_back)
    incoming.command("recall", cls=Command)(recall)
    app.add_typer(incoming, name="incoming")
    return incoming


def list_waiting(
    ctx: typer.Context,
    *,
    limit: Annotated[int, typer.Option("--limit", help="Mỗi trang mấy văn bản.", min=1)] = 50,
    page: Annotated[int, typer.Option("--page", help="Trang thứ mấy, từ 1.", min=1)] = 1,
    json: Json = False,
) -> None:
    """Nêu văn bản đến chờ văn thư, khẩn trước, rồi đến trước: đọc được gì, ở đâu; có giống văn bản đã có không."""
    first = (page - 1) * limit
    with the_office(ctx) as office:
        found, count = waiting_papers(office, offset=first, limit=limit), count_waiting(office)
        for one in found:
            if json:
                put_json(_plain(one))
            else:
                _print(one, office)
    if not json:
        say(f"{count} văn bản đến chờ văn thư xác nhận.")
        if found and len(found) < count:
            more = f"; xem tiếp: --page {page + 1}" if first + len(found) < count else ""
            say(f"Đang hiện từ {first + 1} đến {first + len(found)}{more}.")


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
    so_den: Annotated[
        int | None, typer.Option("--so-den", help="Số trong dấu ĐẾN đóng tay trên văn bản.", min=1)
    ] = None,
    nhay_so: Annotated[
        bool, typer.Option("--nhay-so", help="Số ấy đúng, dù bỏ trống những số ở giữa.")
    ] = False,
    person: Person = "",
    wait: Wait = True,
    json: Json = False,
) -> int:
    """Ghi thông tin của một văn bản đến, dưới số đến của nó; tên tệp và mục lục theo sau."""
    said = _said(
        so_ky_hieu, ngay, co_quan, trich_yeu, loai=loai, nguoi_ky=nguoi_ky, do_khan=do_khan
    )
    if same_as and not_same:
        raise typer.BadParameter("chỉ một trong --same-as và --not-same", param_hint="--same-as")
    if same_as and (said or accept or so_den is not None or nhay_so):
        why = "văn bản gộp vào văn bản đã có thì mang số và thông tin của văn bản ấy: không ghi thêm gì ngoài --same-as"
        raise typer.BadParameter(why, param_hint="--same-as")
    word = Word(
        person=acting_person(person),
        said=said,
        accept=accept,
        same_as=same_as.strip(),
        is_another=not_same,
        ordinal=so_den,
        may_skip=nhay_so,
    )
    with the_office(ctx) as office:
        paper = confirm(ref, word, office)
        return tell_done(paper, office, wait=wait, json=json)


def enter_row(
    ctx: typer.Context,
    *,
    so_ky_hieu: Reference = "",
    ngay: Day = "",
    co_quan: Sender = "",
    trich_yeu: Subject = "",
    loai: TypeName = "",
    nguoi_ky: Signer = "",
    do_khan: Urgency = "",
    book: Annotated[str, typer.Option("--book", help="Mã sổ đến; mặc định: sổ thường dùng.")] = "",
    sealed: Annotated[
        str,
        typer.Option("--sealed", help="Bì không bóc, gửi đích danh ai: «đồng chí Bí thư Tỉnh ủy»."),
    ] = "",
    not_same: Annotated[
        bool, typer.Option("--not-same", help="Không phải văn bản đến đã có mà trông giống nó.")
    ] = False,
    person: Person = "",
    wait: Wait = True,
    json: Json = False,
) -> int:
    """Vào sổ đến từ thông tin, chưa có tệp: lấy số đến tiếp theo; bản quét đến sau tự tìm về dòng này."""
    from pipeline.incoming_rows import Entry, enter

    said = _said(
        so_ky_hieu, ngay, co_quan, trich_yeu, loai=loai, nguoi_ky=nguoi_ky, do_khan=do_khan
    )
    entry = Entry(
        said=said,
        person=acting_person(person),
        book=book.strip(),
        sealed=sealed.strip(),
        is_another=not_same,
    )
    with the_office(ctx) as office:
        receipt_id = enter(entry, office)
        if not wait:
            say("Đã nhận, số đến được cấp khi chương trình làm tới.")
            return 0
        from pipeline.process_once import finish

        finish([receipt_id], office, seconds=_FINISH_S)
        (paper,) = office.registers.documents_of(receipt_id)
        return tell_done(paper, office, wait=True, json=json)


def slip(
    ctx: typer.Context,
    ref: Ref,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Tệp pdf để ghi.")],
) -> None:
    """In tờ phiếu có mã đặt trước văn bản khi quét: bản quét tự tìm về dòng của nó trong sổ."""
    from pipeline.incoming_rows import draw_slip

    with the_office(ctx) as office:
        draw_slip(find_incoming(ref, office), out.resolve(), office)
    put(str(out.resolve()))


def stamp_alone(
    ctx: typer.Context,
    ref: Ref,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Tệp pdf để ghi.")],
    left: Annotated[float, typer.Option("--left", help="Cách mép trái mấy mm.", min=0)] = 30.0,
    top: Annotated[float, typer.Option("--top", help="Cách mép trên mấy mm.", min=0)] = 60.0,
) -> None:
    """Làm một trang A4 trắng chỉ có dấu ĐẾN, để in thẳng lên tờ giấy của văn bản."""
    from pipeline.incoming_rows import draw_stamp

    with the_office(ctx) as office:
        draw_stamp(find_incoming(ref, office), out.resolve(), (left, top), office)
    put(str(out.resolve()))


def give_back(
    ctx: typer.Context, ref: Ref, *, reason: Reason = "", out: Sheet = None, person: Person = ""
) -> None:
    """Trả văn bản đến lại nơi gửi: số đến giữ nguyên kèm lý do; làm phiếu trả lại."""
    _send_back(ctx, ref, (reason, person, out), is_recalled=False)


def recall(
    ctx: typer.Context, ref: Ref, *, reason: Reason = "", out: Sheet = None, person: Person = ""
) -> None:
    """Nơi gửi thu hồi văn bản: số đến giữ nguyên kèm lý do; làm phiếu gửi trả."""
    _send_back(ctx, ref, (reason, person, out), is_recalled=True)


def _send_back(
    ctx: typer.Context, ref: str, said: tuple[str, str, Path | None], *, is_recalled: bool
) -> None:
    from pipeline.incoming_back import SendingBack, place_of_sheet, send_back

    reason, person, out = said
    why = SendingBack(
        reason=asked(reason, "--reason", "lý do trả lại"),
        person=acting_person(person),
        is_recalled=is_recalled,
    )
    with the_office(ctx) as office:
        before = find_incoming(ref, office)
        path = out or place_of_sheet(before, office, is_recalled=is_recalled)
        path = path.resolve()
        paper = send_back(ref, why, path, office)
    if before.legal_state is paper.legal_state:
        say(
            "Văn bản đã gửi trả từ trước: phiếu in lại theo lý do đã ghi lúc ấy, lý do mới không ghi."
        )
    put(named(paper))
    say("Phiếu để in và gửi kèm văn bản nằm ở:")
    put(str(path))


def _said(so_ky_hieu: str, ngay: str, co_quan: str, trich_yeu: str, **more: str) -> dict[str, str]:
    """What was typed, by what ``[read]`` of the kind calls it."""
    said = {
        "number": so_ky_hieu,
        "date": ngay,
        "issuer": co_quan,
        "subject": trich_yeu,
        "type": more["loai"],
        "signer": more["nguoi_ky"],
        "urgency": more["do_khan"],
    }
    return {name: value.strip() for name, value in said.items() if value.strip()}


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
        asks, needed = still_asked(now, office)
        if asks:
            must = f" Sổ phải có {needed}: hãy ghi." if needed else ""
            say(f"Còn chờ xác nhận: {asks}.{must} Mục khác văn bản không có thì thêm --accept.")
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
    if one.read.asks_number and one.read.stamp:
        put(
            f"    đã có dấu ĐẾN đóng tay, số {one.read.stamp['number'] or 'không đọc được'}: gọi confirm với --so-den"
        )
    for other in one.same_as:
        put(f"    giống văn bản đến {named(other)}: gọi confirm với --same-as hoặc --not-same")
