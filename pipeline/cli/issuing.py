"""Commands for papers that are signed before they are numbered: issue, preview."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Annotated

import typer

from pipeline.app import App
from pipeline.cli.common import (
    RETURNED_STATUS,
    WAITING_STATUS,
    Person,
    a_day,
    acting_person,
    put,
    put_json,
    say,
    the_office,
)
from pipeline.cli.vietnamese import Command, Unsaid
from pipeline.stores.registers.views import DocumentView

_FINISH_S = 60.0


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(cls=Command)(issue)
    app.command(cls=Command)(preview)


def issue(
    ctx: typer.Context,
    refs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]…",
            help="Mã văn bản, bốn chữ cuối của mã (~k3f9 trong tên tệp) hoặc lời trong trích yếu; "
            "để trống: nêu các dự thảo đang chờ.",
        ),
    ] = None,
    *,
    date: Annotated[
        str, typer.Option("--date", help="Ngày văn bản (dd/mm/yyyy); mặc định: hôm nay.")
    ] = "",
    signer: Annotated[
        str, typer.Option("--signer", help="Mã người đã ký, khi khác với người ghi trong dự thảo.")
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Lý do, khi ngày lùi về trước số đã cấp.")
    ] = "",
    person: Person = "",
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Đợi đến khi có bản chính thức.")
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="Mỗi văn bản một dòng JSON.")] = False,
) -> int:
    """Cấp số và ngày cho dự thảo đã ký, theo thứ tự nêu tên, và làm bản chính thức. Hoặc tất cả, hoặc không."""
    from pipeline.issuing import Issue, issue_papers
    from pipeline.process_once import finish

    day = a_day(date, "--date")
    with the_office(ctx) as office:
        if not refs:
            _list_drafts(office, json=json)
            return 0
        asked = Issue(person=acting_person(person), day=day, signer=signer, reason=reason)
        issued = issue_papers(refs, asked, office)
        if not json:
            for paper in issued:
                put(_line(paper))
        receipts = {paper.receipt_id for paper in issued}
        is_done = wait and finish(receipts, office, seconds=_FINISH_S)
        for paper in issued:
            _tell_files(paper, office, is_done=is_done, json=json)
    return 0 if is_done or not wait else WAITING_STATUS


def preview(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Bản ghi (json, yaml) hoặc bảng tính; không bị đụng tới.")
    ],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Tệp pdf hoặc docx để ghi.")],
    kind: Annotated[str, typer.Option(help="Loại văn bản; mặc định: tên thư mục chứa tệp.")] = "",
    row: Annotated[int | None, typer.Option(help="Dòng nào của bảng tính.", min=1)] = None,
) -> int:
    """Xem trước một văn bản, có chữ DỰ THẢO ở lề; không cấp số, không lưu gì."""
    from pipeline.preview import FORMS, make_preview

    if out.suffix.lower().lstrip(".") not in FORMS:
        raise typer.BadParameter("tệp phải có đuôi pdf hoặc docx", param_hint="-o")
    if not file.is_file():
        raise typer.BadParameter(f"không có tệp «{file}»", param_hint="FILE")
    with the_office(ctx) as office:
        name = kind or next((p.name for p in file.resolve().parents if p.name in office.kinds), "")
        if not name:
            known = ", ".join(office.kinds)
            raise Unsaid(
                f"loại văn bản, vì tệp không nằm trong thư mục của loại nào ({known})",
                param_hint="--kind",
            )
        if name not in office.kinds:
            raise typer.BadParameter(f"chỉ có: {', '.join(office.kinds)}", param_hint="--kind")
        made = make_preview(file.resolve(), office.kinds[name], out.resolve(), office, row=row)
    for problem in made.problems:
        say(problem.sentence())
    if made.problems:
        return RETURNED_STATUS
    if made.already is not None:
        shown = made.already.number.shown if made.already.number else made.already.id
        say(f"Văn bản này đã có: {shown}. Thả vào sẽ không cấp thêm.")
    put(str(out.resolve()))
    return 0


def _list_drafts(office: App, *, json: bool) -> None:
    from pipeline.sheet_context import short_id

    incoming = {kind.name for kind in office.kinds.values() if kind.is_incoming}
    drafts = [one for one in office.registers.waiting() if one.kind not in incoming]
    for paper in drafts:
        facts = paper.facts
        subject, type_name = (facts.subject, facts.type_name) if facts else ("", "")
        if json:
            put_json({"document_id": paper.id, "kind": paper.kind, "subject": subject})
        else:
            put(
                f"{short_id(paper.id)}  nhận {paper.received_at:%d/%m/%Y}  {type_name}: {subject}\n    mã: {paper.id}"
            )
    say(f"{len(drafts)} dự thảo chờ ký, chưa có số.")


def _line(paper: DocumentView) -> str:
    number = paper.number
    assert number is not None
    subject = paper.facts.subject if paper.facts else ""
    return f"{number.shown}  {number.issued_on:%d/%m/%Y}  {subject}"


def _tell_files(paper: DocumentView, office: App, *, is_done: bool, json: bool) -> None:
    from pipeline.steps.answer import result_folder

    receipt = office.registers.receipt(paper.receipt_id)
    assert receipt is not None
    assert paper.number is not None
    folder = result_folder(receipt, office.office)
    files = _files_of(paper, receipt.answer_files, office) if is_done else []
    if json:
        put_json(
            {
                "document_id": paper.id,
                "reference": paper.number.reference,
                "date": paper.number.issued_on,
                "folder": str(folder),
                "files": files,
            }
        )
    elif is_done:
        for name in files:
            put(f"    {office.office.inbox_dir / name}")
    else:
        say(f"{paper.number.shown}: bản chính thức sẽ nằm ở {folder}")


def _files_of(paper: DocumentView, answered: tuple[str, ...], office: App) -> list[str]:
    now = office.registers.get(paper.id)
    stems = {PurePath(file.name).stem for file in now.files} if now else set()
    return [name for name in answered if Path(name).stem in stems]
