"""Commands of the printer: print, printers, prints, print-done."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.app import App, may_write
from pipeline.cli.common import (
    RETURNED_STATUS,
    WAITING_STATUS,
    Person,
    acting_person,
    put,
    put_json,
    say,
    the_office,
)
from pipeline.cli.looking import one_paper
from pipeline.cli.vietnamese import Command, Unsaid
from pipeline.errors.base import VanthuError
from pipeline.errors.printing import PrintOutOfForce
from pipeline.plain import to_plain
from pipeline.stores.registers.print_views import PrintVersion

if TYPE_CHECKING:
    from pipeline.printing.giving import Order, Ordered
    from pipeline.stores.registers.print_views import PrintView

_MOST_COPIES = 500
_Refs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SỐ]…", help="Số, ký hiệu, mã tra cứu hoặc mã văn bản, theo thứ tự in."
    ),
]
_Copies = Annotated[
    int,
    typer.Option(help="Bao nhiêu bản; in trọn bộ rồi mới sang bộ sau.", min=1, max=_MOST_COPIES),
]
_Duplex = Annotated[
    bool | None,
    typer.Option("--duplex/--no-duplex", help="In hai mặt; mỗi văn bản bắt đầu ở tờ mới."),
]
_Separators = Annotated[
    bool | None,
    typer.Option("--separators/--no-separators", help="Tờ ngăn ghi tên trước mỗi văn bản."),
]
_Here = Annotated[
    bool,
    typer.Option("--here", help="Không qua máy chủ in: làm một tệp PDF để tự in (cần -o)."),
]
_Version = Annotated[
    PrintVersion | None,
    typer.Option(
        help="ban-ky: bản quét đã ký, đóng dấu; ban-dung: bản chương trình dựng; goc: tệp nhận được, để nguyên. "
        "Bỏ: bản ký khi kho đã có, không thì bản chương trình làm."
    ),
]
_AlsoWithdrawn = Annotated[
    bool,
    typer.Option("--also-withdrawn", help="In cả văn bản đã thu hồi, bị thay thế, đã hủy số."),
]
_MostSheets = Annotated[
    int, typer.Option(help="Quá số tờ này thì không in; 0: không giới hạn.", min=0)
]
_Lookup = Annotated[
    bool,
    typer.Option("--lookup", help="Bản tra cứu: mỗi trang ghi «BẢN TRA CỨU», người in và giờ."),
]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(cls=Command, name="print")(print_papers)
    app.command(cls=Command)(printers)
    app.command(cls=Command)(prints)
    app.command(cls=Command, name="print-done")(print_done)


def print_papers(
    ctx: typer.Context,
    refs: _Refs = None,
    *,
    copies: _Copies = 1,
    printer: Annotated[str, typer.Option(help="Tên máy in (xem «vanthu printers»).")] = "",
    duplex: _Duplex = None,
    separators: _Separators = None,
    here: _Here = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Tệp PDF, đi cùng --here.")
    ] = None,
    again: Annotated[
        str, typer.Option(help="In lại một lần in trước (mã ở «vanthu prints»).")
    ] = "",
    sheets: Annotated[
        str, typer.Option(help="Đi cùng --again: chỉ các tờ này, ví dụ 3,7 hoặc 3-5.")
    ] = "",
    also_withdrawn: _AlsoWithdrawn = False,
    version: _Version = None,
    lookup: _Lookup = False,
    most_sheets: _MostSheets = 0,
    person: Person = "",
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Đợi máy in in xong.")] = True,
    json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")] = False,
) -> int:
    """In một hay nhiều văn bản trong kho, thành một lần in; ghi lại ai in, lúc nào, mấy bản."""
    from pipeline.printing.giving import Order

    _check_usage(refs or [], here=here, out=out, again=again, sheets=sheets)
    changed = (duplex, separators, version)
    if again and (copies > 1 or any(one is not None for one in changed)):
        raise typer.BadParameter(
            "in lại thì số bản, hai mặt, tờ ngăn, bản nào theo lần in trước", param_hint="--again"
        )
    order = Order(
        person=acting_person(person),
        copies=copies,
        printer=printer.strip(),
        duplex=duplex,
        separators=separators,
        also_withdrawn=also_withdrawn,
        version=version,
        is_lookup=lookup,
        most_sheets=most_sheets,
        out=out.resolve() if out else None,
    )
    with the_office(ctx, for_deed=True) as office:
        _catch_up(office)
        ordered = _ordered(refs or [], (again, sheets), order, office)
        if ordered is None:
            return RETURNED_STATUS
        for line in ordered.warnings:
            say(f"CHÚ Ý: {line}")
        view = _waited(ordered.view, office) if wait else ordered.view
        return _tell(view, order, office, json=json, is_waited=wait)


def _check_usage(refs: list[str], *, here: bool, out: Path | None, again: str, sheets: str) -> None:
    if sheets and not again:
        raise Unsaid("lần in trước có các tờ ấy (mã ở «vanthu prints»)", param_hint="--again")
    if not refs and not again:
        raise Unsaid("số, ký hiệu của văn bản cần in, hoặc --again và mã lần in", param_hint="SỐ")
    if refs and again:
        raise typer.BadParameter(
            "ghi một trong hai: số văn bản, hoặc --again", param_hint="--again"
        )
    if here != (out is not None):
        both = "--here (làm tệp ở đây) và -o TỆP.pdf đi cùng nhau"
        raise Unsaid(both, param_hint="-o TỆP.pdf" if here else "--here")
    if out is not None and (out.suffix.lower() != ".pdf" or not out.resolve().parent.is_dir()):
        raise typer.BadParameter("cần một tệp .pdf trong thư mục có sẵn", param_hint="-o")


def _catch_up(office: App) -> None:
    """Printings that a crash or --no-wait left open; a printer that is away now is no reason not to print elsewhere."""
    from pipeline.printing.following import follow_all

    try:
        follow_all(office)
    except VanthuError as error:
        say(error.terminal_text)


def _ordered(refs: list[str], again: tuple[str, str], order: Order, office: App) -> Ordered | None:
    """The printing; None when a paper is not clear, or the person at the terminal will not have it."""
    papers = [one_paper(ref, office) for ref in refs]
    known = [paper for paper in papers if paper is not None]
    if len(known) < len(papers):
        return None

    def do(order: Order) -> Ordered:
        from pipeline.printing import giving
        from pipeline.printing.telling import one_print, sheets_named

        if not again[0]:
            return giving.print_papers(known, order, office)
        earlier = one_print(again[0], office)
        named = sheets_named(again[1], earlier) if again[1] else ()
        return giving.print_again(
            earlier, named or earlier.bad_sheets or earlier.only_sheets, order, office
        )

    try:
        return do(order)
    except PrintOutOfForce as error:
        if not sys.stdin.isatty():
            raise
        say(f"CHÚ Ý: {error.values['papers']}.")
        if not typer.confirm("Vẫn in?", err=True):
            return None
        return do(replace(order, also_withdrawn=True))


def _waited(view: PrintView, office: App) -> PrintView:
    from pipeline.printing.following import wait_for

    if not view.state.is_open:
        return view
    last = [""]

    def tell(line: str) -> None:
        if line != last[0]:
            last[0] = line
            say(f"Máy in {view.printer}: {line} …")

    return wait_for(view, office, tell)


def _tell(view: PrintView, order: Order, office: App, *, json: bool, is_waited: bool) -> int:
    from pipeline.printing.telling import line_of, print_plain, short_code
    from pipeline.stores.registers.print_views import PrintState

    if json:
        put_json(print_plain(view, office) | ({"file": str(order.out)} if order.out else {}))
    else:
        put(line_of(view))
    match view.state:
        case PrintState.PRINTED:
            return 0
        case PrintState.HERE:
            if not json:
                put(str(order.out))
            say(
                f"In xong, hãy báo: «vanthu print-done {short_code(view)} --all-good», "
                f"hoặc «--bad 3,7» nếu có tờ hỏng."
            )
            return 0
        case PrintState.ORDERED | PrintState.GIVEN:
            say(f"Xem lại bằng «vanthu prints {short_code(view)}»; không cần in lại.")
            return WAITING_STATUS if is_waited else 0
        case _:
            say(f"Muốn in lại: «vanthu print --again {short_code(view)}».")
            return RETURNED_STATUS


def printers(
    ctx: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")] = False,
) -> int:
    """Các máy in của máy chủ in, máy nào đang dừng, máy nào có việc chờ."""
    from pipeline.engines.printer import printers as list_printers
    from pipeline.printing.following import server_at
    from pipeline.printing.telling import in_brackets, reasons_in_words

    with the_office(ctx) as office:
        profile = office.office.printing
        server = server_at(profile.server, office)
        found = list_printers(server)
    usual = profile.printer or next((one.name for one in found if one.is_default), "")
    if json:
        put_json([{**to_plain(one), "usual": one.name == usual} for one in found])
        return 0
    for one in found:
        state = "đang dừng" if one.is_stopped else "sẵn sàng"
        state = state if one.is_accepting else f"{state}, không nhận việc in"
        notes = [f"{one.waiting} việc chờ"] if one.waiting else []
        notes += ["in hai mặt được"] if one.has_duplex else []
        notes += ["mặc định"] if one.name == usual else []
        title = " – ".join(filter(None, (one.title, one.place)))
        put(
            f"{one.name}  {title}: {state}{in_brackets(reasons_in_words(one.reasons, one.message))}"
            f"{''.join(f', {note}' for note in notes)}"
        )
    say(f"{len(found)} máy in ở {server.shown}.")
    if usual and usual not in {one.name for one in found}:
        say(f"Máy in thường dùng «{usual}» (mục [in_an]) không có ở máy chủ này.")
        return RETURNED_STATUS
    return 0


def prints(
    ctx: typer.Context,
    job: Annotated[
        str, typer.Argument(metavar="[MÃ LẦN IN]", help="Một lần in, kể cả tờ nào của văn bản nào.")
    ] = "",
    *,
    paper: Annotated[
        str, typer.Option("--paper", help="Chỉ các lần in của một văn bản (số, ký hiệu, mã).")
    ] = "",
    limit: Annotated[
        int, typer.Option(help="Nhiều nhất bao nhiêu lần in.", min=1, max=10_000)
    ] = 20,
    json: Annotated[bool, typer.Option("--json", help="Mỗi lần in một dòng JSON.")] = False,
) -> int:
    """Các lần in: ai in gì, lúc nào, mấy bản, ra sao; hỏi máy in về những lần chưa xong."""
    from pipeline.printing.telling import line_of, one_print, print_plain, sheet_lines

    with the_office(ctx) as office:
        if may_write(office):
            _catch_up(office)
        document = one_paper(paper, office) if paper else None
        if paper and document is None:
            return RETURNED_STATUS
        if job:
            views = [one_print(job, office)]
        else:
            views = office.registers.prints(limit, document.id if document else None)
        for view in views:
            if json:
                put_json(print_plain(view, office))
                continue
            put(line_of(view))
            for line in sheet_lines(view, office) if job else ():
                put(f"    {line}")
    if not job:
        say(f"{len(views)} lần in.")
    return 0


def print_done(
    ctx: typer.Context,
    job: Annotated[str, typer.Argument(metavar="MÃ LẦN IN", help="Mã ở «vanthu prints».")],
    *,
    all_good: Annotated[
        bool, typer.Option("--all-good", help="Đã in đủ, không tờ nào hỏng.")
    ] = False,
    bad: Annotated[str, typer.Option(help="Các tờ hỏng, ví dụ 3,7 hoặc 3-5.")] = "",
    none: Annotated[bool, typer.Option("--none", help="Không in tờ nào.")] = False,
    person: Person = "",
) -> int:
    """Báo kết quả một lần in: đã in đủ chưa, tờ nào hỏng."""
    from pipeline.printing.following import report_outcome
    from pipeline.printing.telling import line_of, one_print, sheets_named, short_code
    from pipeline.stores.registers.print_views import PrintState

    if all_good + bool(bad) + none > 1:
        raise typer.BadParameter("chỉ một trong ba", param_hint="--all-good, --bad, --none")
    with the_office(ctx, for_deed=True) as office:
        _catch_up(office)
        view = one_print(job, office)
        if not (all_good or bad or none):
            bad = _ask_bad(view)
        sheets = sheets_named(bad, view) if bad else ()
        state = PrintState.CANCELLED if none else PrintState.PRINTED
        view = report_outcome(view, state, sheets, acting_person(person), office)
        put(line_of(view))
    if sheets:
        say(f"In lại các tờ hỏng: «vanthu print --again {short_code(view)}».")
    return 0


def _ask_bad(view: PrintView) -> str:
    """Which sheets are spoilt, as the person at the terminal says; empty: none."""
    if not sys.stdin.isatty():
        raise Unsaid("--all-good (in đủ), --bad (các tờ hỏng) hoặc --none", param_hint="kết quả")
    if typer.confirm(f"Đã in đủ {view.sheets_to_print} tờ, không tờ nào hỏng?", err=True):
        return ""
    return str(typer.prompt("Tờ nào hỏng (ví dụ 3,7)", err=True))
