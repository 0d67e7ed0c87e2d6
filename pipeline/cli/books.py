"""The command ``register``: books on the screen, as files, closed, or empty for a day without the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.app import App
from pipeline.books import FORMS, Choice
from pipeline.cli.common import (
    RETURNED_STATUS,
    Person,
    account_person,
    acting_person,
    agreed,
    put,
    say,
    the_office,
)
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
    yes: Annotated[
        bool, typer.Option("--yes", help="Khóa cả sổ của năm chưa hết, không hỏi lại.")
    ] = False,
    person: Person = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Tệp để ghi; khi khóa sổ: thư mục.")
    ] = None,
) -> int:
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
            return _close(choice, person, out.resolve() if out else None, office, is_sure=yes)
        if blank:
            _blank(choice, blank, out, office)
        else:
            _print(choice, form, (out, person.strip() or account_person()), office)
    return 0


def _issuer(name: str, issuer: str | None, book: str | None) -> str | None:
    """An incoming book is named by its code, where other books are named by their body."""
    if book is not None and FORMS[name].book is not Book.DEN:
        raise typer.BadParameter("chỉ dùng với sổ «den»", param_hint="--book")
    return book or issuer


def _print(choice: Choice, form: str, to: tuple[Path | None, str], office: App) -> None:
    from pipeline.book_printing import print_book, print_table
    from pipeline.closed_books import write_down

    if form == "table":
        print_table(choice, office, put)
        return
    out, person = to
    path = (out or Path(f"so-{choice.name}.{form}")).resolve()
    write_down(
        choice, path, person, office
    )  # before: a killed print must not leave a file nobody knows of
    count = print_book(choice, form, path, office)
    say(f"{count} dòng")
    put(str(path))


def _close(choice: Choice, person: str, out_dir: Path | None, office: App, *, is_sure: bool) -> int:
    from pipeline.book_printing import bound_book, close_books
    from pipeline.closed_books import issuers_to_close

    if FORMS[choice.name].book is None or choice.term or choice.symbol:
        raise typer.BadParameter(
            "khóa cả sổ của một năm: di, den, sao hoặc noi-bo", param_hint="--close"
        )
    issuers_to_close(choice, office)  # nobody is asked about what cannot be
    if not (is_sure or _is_to_be_closed(choice.year, office)):
        say("Chưa khóa sổ.")
        return RETURNED_STATUS
    for closed in close_books(choice, acting_person(person), office, out_dir):
        owner = f" {closed.issuer}" if closed.issuer else ""
        put(f"Đã khóa sổ {choice.name}{owner} năm {closed.period}: {closed.entries} dòng")
        put(str(bound_book(choice, closed, office, out_dir)))
    return 0


def _is_to_be_closed(year: int | None, office: App) -> bool:
    """Whether the year is over, or closing its book is meant all the same.

    Raises:
        YearNotOver (R233): nobody can be asked.
    """
    from pipeline.errors.registers import YearNotOver

    if year is None or year < office.clock.now().year:
        return True
    answer = agreed(f"Năm {year} chưa hết, sổ đã khóa thì không mở lại được. Khóa sổ?")
    if answer is None:
        raise YearNotOver(f"year {year} is not over", year=year)
    return answer


def _blank(choice: Choice, pages: int, out: Path | None, office: App) -> None:
    from pipeline.book_printing import print_blank

    path = (out or Path(f"so-{choice.name}-ghi-tay.pdf")).resolve()
    print_blank(choice, path, office, pages=pages)
    put(str(path))
