"""The command ``register``: books on the screen, as files, closed, or empty for a day without the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.app import App
from pipeline.books import FORMS, Choice
from pipeline.cli.common import Person, acting_person, put, say, the_office
from pipeline.cli.vietnamese import Command
from pipeline.record import Book

_FORMATS = ("table", "csv", "xlsx", "pdf")


def register(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("register", cls=Command)(print_register)


def print_register(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="SỔ", help="di, den, sao, noi-bo hoặc huy-giu-so.")
    ],
    *,
    year: Annotated[int | None, typer.Option(help="Năm của sổ.")] = None,
    term: Annotated[str | None, typer.Option(help="Mã nhiệm kỳ, ví dụ 2025-2030.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Ký hiệu cơ quan ban hành.")] = None,
    book: Annotated[str | None, typer.Option(help="Mã sổ văn bản đến, ví dụ DEN.")] = None,
    symbol: Annotated[str | None, typer.Option(help="Ký hiệu loại văn bản.")] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv, xlsx hoặc pdf.")] = "table",
    close: Annotated[
        int | None,
        typer.Option("--close", help="Khóa sổ của năm này: in, cất vào kho, từ đó chỉ ghi chú."),
    ] = None,
    blank: Annotated[
        int, typer.Option("--blank", help="In tờ trống để ghi tay: số trang.", min=0, max=200)
    ] = 0,
    person: Person = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Tệp để ghi; khi khóa sổ: thư mục.")
    ] = None,
) -> None:
    """In sổ đăng ký với các cột của mẫu sổ giấy; khóa sổ; in tờ ghi tay."""
    if name not in FORMS:
        raise typer.BadParameter(f"chỉ có thể là: {', '.join(FORMS)}", param_hint="SỔ")
    if form not in _FORMATS:
        raise typer.BadParameter(f"chỉ có thể là: {', '.join(_FORMATS)}", param_hint="--format")
    choice = Choice(
        name=name, year=close or year, term=term, issuer=_issuer(name, issuer, book), symbol=symbol
    )
    with the_office(ctx, for_deed=close is not None) as office:
        if close is not None:
            _close(choice, acting_person(person), out, office)
        elif blank:
            _blank(choice, blank, out, office)
        else:
            _print(choice, form, out, office)


def _issuer(name: str, issuer: str | None, book: str | None) -> str | None:
    """An incoming book is named by its code, where other books are named by their body."""
    if book is not None and FORMS[name].book is not Book.DEN:
        raise typer.BadParameter("chỉ dùng với sổ «den»", param_hint="--book")
    return book or issuer


def _print(choice: Choice, form: str, out: Path | None, office: App) -> None:
    from pipeline.book_printing import print_book, print_table

    if form == "table":
        print_table(choice, office, put)
        return
    path = (out or Path(f"so-{choice.name}.{form}")).resolve()
    count = print_book(choice, form, path, office)
    say(f"{count} dòng")
    put(str(path))


def _close(choice: Choice, person: str, out: Path | None, office: App) -> None:
    from pipeline.book_printing import close_books

    if FORMS[choice.name].book is None or choice.term or choice.symbol:
        raise typer.BadParameter(
            "khóa cả sổ của một năm: di, den, sao hoặc noi-bo", param_hint="--close"
        )
    if choice.year is not None and choice.year >= office.clock.now().year:
        say(
            f"Năm {choice.year} chưa hết: số cấp sau giờ này vẫn vào sổ, cột Ghi chú nói rõ là vào sau khi khóa."
        )
    for closed in close_books(choice, person, office, out.resolve() if out else None):
        owner = f" {closed.issuer}" if closed.issuer else ""
        put(f"Đã khóa sổ {choice.name}{owner} năm {closed.period}: {closed.entries} dòng")


def _blank(choice: Choice, pages: int, out: Path | None, office: App) -> None:
    from pipeline.book_printing import print_blank

    path = (out or Path(f"so-{choice.name}-ghi-tay.pdf")).resolve()
    print_blank(choice, path, office, pages=pages)
    put(str(path))
