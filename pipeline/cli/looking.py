"""Commands that only look: search, show, export, register, doctor, verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.app import App
from pipeline.cli.common import (
    DAMAGE_STATUS,
    RETURNED_STATUS,
    Settings,
    day_of,
    progress,
    put,
    put_json,
    say,
    the_office,
)
from pipeline.errors.base import VanthuError
from pipeline.stores.registers.views import DocumentView


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (search, show, export, doctor, verify):
        app.command()(command)
    app.command("register")(print_register)


def search(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(help="Từ cần tìm, có dấu hay không dấu; số, ký hiệu; họ tên.")
    ],
    *,
    kind: Annotated[str, typer.Option(help="Chỉ một loại văn bản.")] = "",
    issuer: Annotated[str, typer.Option(help="Chỉ một cơ quan ban hành.")] = "",
    year: Annotated[int | None, typer.Option(help="Chỉ một năm.")] = None,
    since: Annotated[str, typer.Option("--from", help="Từ ngày (dd/mm/yyyy).")] = "",
    until: Annotated[str, typer.Option("--to", help="Đến ngày (dd/mm/yyyy).")] = "",
    limit: Annotated[int, typer.Option(help="Nhiều nhất bao nhiêu kết quả.", min=1, max=1000)] = 20,
    json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")] = False,
) -> None:
    """Tìm trong kho."""
    from pipeline.legal import DRAFT_WORDS
    from pipeline.retrieve import Query, drafts_among, find_papers

    query = Query(
        text=" ".join(words),
        kind=kind,
        issuer=issuer,
        year=year,
        since=day_of(since, "--from"),
        until=day_of(until, "--to"),
        limit=limit,
    )
    with the_office(ctx) as office:
        results = find_papers(query, office)
        drafts = drafts_among(results, office)
    if json:
        put_json(
            {
                "total": results.total,
                "took_ms": round(results.took_ms, 2),
                "suggestion": results.suggestion,
                "hits": [
                    {
                        "document_id": hit.document_id,
                        "reference": hit.reference,
                        "kind": hit.kind,
                        "title": hit.title,
                        "date": hit.date,
                        "snippet": hit.snippet,
                        "score": round(hit.score, 4),
                        "draft": hit.document_id in drafts,
                    }
                    for hit in results.hits
                ],
            }
        )
        return
    for hit in results.hits:
        day = hit.date.strftime("%d/%m/%Y") if hit.date else ""
        name = hit.reference or (DRAFT_WORDS if hit.document_id in drafts else "—")
        put(f"{name}  {day}  {hit.title}\n    {hit.plain_snippet}\n    mã: {hit.document_id}")
    more = "" if results.total_is_exact else "hơn "
    say(f"{more}{results.total} văn bản, {results.took_ms:.0f} ms")


def show(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="Số, ký hiệu, mã tra cứu hoặc mã văn bản.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")] = False,
) -> int:
    """Xem một văn bản: phiên bản, tệp, sổ, trạng thái, nhật ký."""
    from pipeline.retrieve import describe

    with the_office(ctx) as office:
        document = one_paper(ref, office)
        if document is None:
            return RETURNED_STATUS
        about = describe(document, office)
    if json:
        put_json(about)
    else:
        _print_about(about)
    return 0


def export(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(help="Số, ký hiệu, mã tra cứu hoặc mã văn bản.")],
    *,
    what: Annotated[str, typer.Option(help="pdf, docx, original hoặc all.")] = "pdf",
    out: Annotated[Path, typer.Option("-o", "--out", help="Thư mục nhận tệp.")] = Path(),
) -> int:
    """Lấy tệp của một văn bản ra khỏi kho (đã đối chiếu mã băm)."""
    from pipeline.retrieve import WHAT, export_files

    if what not in WHAT:
        raise typer.BadParameter(f"chỉ có thể là: {', '.join(WHAT)}", param_hint="--what")
    with the_office(ctx) as office:
        document = one_paper(ref, office)
        if document is None:
            return RETURNED_STATUS
        paths = export_files(document, what, out.resolve(), office)
    for path in paths:
        put(str(path))
    if not paths:
        say(f"Văn bản này không có tệp loại «{what}».")
        return RETURNED_STATUS
    return 0


def print_register(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="di, den, sao hoặc noi-bo.")],
    *,
    year: Annotated[int | None, typer.Option(help="Năm của sổ.")] = None,
    term: Annotated[str | None, typer.Option(help="Mã nhiệm kỳ, ví dụ 2025-2030.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Ký hiệu cơ quan ban hành.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Ký hiệu loại văn bản.")] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv, xlsx hoặc pdf.")] = "table",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Tệp để ghi (csv, xlsx, pdf).")
    ] = None,
) -> None:
    """In sổ đăng ký với các cột của mẫu sổ giấy."""
    from pipeline.book_printing import FORMS, Choice, print_book, print_table

    if name not in FORMS:
        raise typer.BadParameter(f"chỉ có thể là: {', '.join(FORMS)}", param_hint="NAME")
    if form not in ("table", "csv", "xlsx", "pdf"):
        raise typer.BadParameter("chỉ có thể là: table, csv, xlsx, pdf", param_hint="--format")
    choice = Choice(name=name, year=year, term=term, issuer=issuer, symbol=symbol)
    with the_office(ctx) as office:
        if form == "table":
            print_table(choice, office, put)
            return
        path = (out or Path(f"so-{name}.{form}")).resolve()
        count = print_book(choice, form, path, office)
    say(f"{count} dòng")
    put(str(path))


def doctor(
    ctx: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")] = False,
) -> int:
    """Máy này thiếu gì và thiếu thì mất gì."""
    from pipeline.config import load_office
    from pipeline.doctor import examine

    settings: Settings = ctx.obj
    office = None
    problem = ""
    try:
        office = load_office(settings.root)
    except VanthuError as error:
        problem = error.clerk_text
    checks = examine(office)
    if json:
        put_json(checks)
    else:
        for check in checks:
            put(f"{'được ' if check.ok else 'THIẾU'}  {check.name}")
            if not check.ok:
                put(f"       {check.cost} {check.remedy}")
        if problem:
            say(problem)
    return 0 if all(check.ok or not check.needed for check in checks) else RETURNED_STATUS


def verify(
    ctx: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Mỗi phát hiện một dòng JSON.")] = False,
    shallow: Annotated[
        bool, typer.Option("--shallow", help="Không đọc lại nội dung từng tệp.")
    ] = False,
) -> int:
    """Kiểm tra kho, nhật ký, sổ và mục lục; mỗi phát hiện có tên; thoát 4 khi có hư hại."""
    from pipeline.verify import is_damage, verify_office

    worst = 0
    with the_office(ctx) as office:
        count = 0
        for finding in verify_office(office, deep=not shallow, progress=progress("Đã kiểm")):
            count += 1
            worst = DAMAGE_STATUS if is_damage(finding) else worst
            if json:
                put_json(finding)
            else:
                put(f"{finding.code}  {finding.where}  {finding.text}")
    if sys.stderr.isatty():
        say("")
    say("Không có phát hiện nào." if not count else f"{count} phát hiện.")
    return worst


def one_paper(ref: str, office: App) -> DocumentView | None:
    """The one paper a reference means; several are listed, none is told."""
    from pipeline.issuing import drafts_like

    found = office.registers.find(ref) or drafts_like(ref, office)
    if len(found) == 1:
        return found[0]
    if not found:
        say(f"Không có văn bản nào là «{ref}». Hãy thử «vanthu search {ref}».")
        return None
    say(f"Có {len(found)} văn bản là «{ref}»; hãy gọi lại với mã văn bản:")
    for document in found:
        facts = document.facts
        day = document.number.issued_on.strftime("%d/%m/%Y") if document.number else ""
        put(f"{document.id}  {day}  {facts.subject if facts else ''}")
    return None


def _print_about(about: dict[str, Any]) -> None:
    for title, value in about["summary"]:
        if value:
            put(f"{title + ':':22}{value}")
    for version in about["versions"]:
        put(f"Phiên bản {version['number']}: {version['reason']}")
        for file in version["files"]:
            put(f"    {file['name']}  {file['size_bytes']} byte")
    for line in about["journal"]:
        put(f"{line['at']}  {line['person']}  {line['deed']}")
