"""Commands that ask the archive: search, and searches that are kept under a name."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

# Typer carries click inside and does not hand this class out; the version is pinned.
from typer._click.exceptions import NoSuchOption

from pipeline.app import App
from pipeline.cli.common import a_day, account_person, put, put_json, say, the_office
from pipeline.cli.vietnamese import Command, Group
from pipeline.clock import OFFICE_ZONE
from pipeline.legal import DRAFT_WORDS
from pipeline.query_words import in_words, total_words, with_dots
from pipeline.stores.search.query_text import book_named, read_query
from pipeline.stores.search.query_url import MOST_HITS, to_url
from pipeline.stores.search.understood import OTHERS_HEADING
from pipeline.stores.search.values import Counts, Hit, Query, Results, Sort

_STEPS = (100, 200, 500, MOST_HITS)
_COUNTED_SHOWN = 12
_EVERYTHING = "mọi văn bản, mới nhất trước"

_Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CHỮ",
        help='Từ cần tìm, có dấu hay không dấu; số, ký hiệu; họ tên. «"nơi cư trú"»: đúng cụm ấy; «-dự thảo»: không có; '
        "loại: sổ: cơ quan: người ký: nơi ở: năm: từ: đến: dẫn: xếp: để lọc. Không ghi gì: mới nhất.",
    ),
]
_Kind = Annotated[str, typer.Option(help="Chỉ một loại văn bản: tên thư mục hoặc tên loại.")]
_Register = Annotated[str, typer.Option(help="Chỉ một sổ: di, den, sao, noi-bo.")]
_Issuer = Annotated[str, typer.Option(help="Chỉ một cơ quan ban hành.")]
_Signer = Annotated[str, typer.Option(help="Người ký: họ tên hoặc một phần.")]
_Residence = Annotated[str, typer.Option(help="Nơi ở: thôn, xã … hoặc một phần.")]
_Year = Annotated[int | None, typer.Option(help="Chỉ một năm.", min=1, max=9999)]
_Since = Annotated[str, typer.Option("--from", help="Từ ngày (dd/mm/yyyy).")]
_Until = Annotated[str, typer.Option("--to", help="Đến ngày (dd/mm/yyyy).")]
_Phrase = Annotated[
    list[str] | None, typer.Option("--phrase", help="Phải có đúng cụm này; ghi được nhiều lần.")
]
_Not = Annotated[
    list[str] | None, typer.Option("--not", help="Không có cụm này; ghi được nhiều lần.")
]
_Cites = Annotated[str, typer.Option(help="Chỉ văn bản dẫn số, ký hiệu này (213-QĐ/TW).")]
_Sort = Annotated[
    Sort, typer.Option(help="Xếp: lien-quan (khớp nhất), moi-nhat, so (theo năm và số).")
]
_Limit = Annotated[int, typer.Option(help="Nhiều nhất bao nhiêu kết quả.", min=1, max=MOST_HITS)]
_CountsToo = Annotated[bool, typer.Option("--counts", help="Đếm theo loại, năm, cơ quan ban hành.")]
_All = Annotated[
    bool, typer.Option("--all", help="Hiện từng văn bản, không gộp những phiếu tương tự.")
]
_Complete = Annotated[
    bool, typer.Option("--complete", help="Không tìm; gợi ý cách gõ tiếp những chữ này.")
]
_Json = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")]
_Owner = Annotated[
    str, typer.Option("--person", help="Tìm kiếm của ai; để trống: tài khoản đang dùng máy.")
]
_Everybody = Annotated[
    bool,
    typer.Option("--all", help="Của mọi người, mỗi dòng ghi rõ của ai (tên dùng cho --person)."),
]
_Name = Annotated[str, typer.Argument(metavar="TÊN", help="Tên của tìm kiếm.")]
#: A word after ``-`` is one that must not be there, not an option.
_DASHES = {"ignore_unknown_options": True}


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(cls=Command, context_settings=_DASHES)(search)
    searches = typer.Typer(
        cls=Group, help="Những tìm kiếm đã lưu của mỗi người.", no_args_is_help=True
    )
    searches.command("save", cls=Command, context_settings=_DASHES)(save)
    searches.command("list", cls=Command)(list_saved)
    searches.command("run", cls=Command)(run_saved)
    searches.command("remove", cls=Command)(remove)
    app.add_typer(searches, name="searches")


def search(
    ctx: typer.Context,
    words: _Words = None,
    *,
    kind: _Kind = "",
    register: _Register = "",
    issuer: _Issuer = "",
    signer: _Signer = "",
    residence: _Residence = "",
    year: _Year = None,
    since: _Since = "",
    until: _Until = "",
    phrase: _Phrase = None,
    without: _Not = None,
    cites: _Cites = "",
    sort: _Sort = Sort.RELEVANCE,
    limit: _Limit = 20,
    counts: _CountsToo = False,
    every: _All = False,
    complete: _Complete = False,
    json: _Json = False,
) -> None:
    """Tìm trong kho."""
    if complete:
        _complete(ctx, _typed(words or []), as_json=json)
        return
    base = Query(
        phrases=tuple(phrase or ()),
        without=tuple(without or ()),
        kind=kind,
        register=_book(register),
        issuer=issuer,
        signer=signer,
        residence=residence,
        year=year,
        since=a_day(since, "--from"),
        until=a_day(until, "--to"),
        cites=_reference(cites),
        sort=sort,
        limit=limit,
        is_grouped=not every,
        with_counts=counts or json,
    )
    query = read_query(_typed(words or []), base)
    with the_office(ctx) as office:
        _answer(query, office, counts=counts, json=json)


def save(ctx: typer.Context, name: _Name, words: _Words = None, *, person: _Owner = "") -> None:
    """Lưu một tìm kiếm dưới một tên; tên đã có thì thay tìm kiếm cũ."""
    from pipeline.saved_searches import keep

    query = read_query(_typed(words or []), Query(is_grouped=True))
    with the_office(ctx, for_deed=True) as office:
        saved = keep(name, query, person.strip() or account_person(), office)
    say(f"Đã lưu «{saved.name}»: {_asked(saved.query)}")


def list_saved(
    ctx: typer.Context, *, person: _Owner = "", every: _Everybody = False, json: _Json = False
) -> None:
    """Những tìm kiếm đã lưu."""
    from pipeline.saved_searches import kept_of, kept_of_everybody

    if every and person.strip():
        raise typer.BadParameter("chỉ ghi một trong hai: --person hoặc --all", param_hint="--all")
    with the_office(ctx) as office:
        if every:
            kept = kept_of_everybody(office)
        else:
            kept = kept_of(person.strip() or account_person(), office)
    for one in kept:
        owner = {"person": one.person} if every else {}
        if json:
            put_json({**owner, "name": one.name, "query": one.address, "saved_at": one.saved_at})
        else:
            day = one.saved_at.astimezone(OFFICE_ZONE)
            whose = f"{one.person}: " if every else ""
            put(f"{whose}{one.name}  ({_asked(one.query)}; lưu ngày {day:%d/%m/%Y})")
    if not kept and not json:
        say("Chưa lưu tìm kiếm nào.")


def run_saved(
    ctx: typer.Context,
    name: _Name,
    *,
    person: _Owner = "",
    limit: _Limit = 20,
    counts: _CountsToo = False,
    every: _All = False,
    json: _Json = False,
) -> None:
    """Tìm lại theo một tìm kiếm đã lưu."""
    from pipeline.saved_searches import find_kept

    with the_office(ctx) as office:
        kept = find_kept(name, person.strip() or account_person(), office)
        query = replace(kept.query, limit=limit, is_grouped=not every, with_counts=counts or json)
        _answer(query, office, counts=counts, json=json)


def remove(ctx: typer.Context, name: _Name, *, person: _Owner = "") -> None:
    """Bỏ một tìm kiếm đã lưu."""
    from pipeline.saved_searches import forget

    with the_office(ctx, for_deed=True) as office:
        gone = forget(name, person.strip() or account_person(), office)
    say(f"Đã bỏ «{gone.name}».")


def _complete(ctx: typer.Context, text: str, *, as_json: bool) -> None:
    from pipeline.retrieve import complete_words

    with the_office(ctx) as office:
        completions = complete_words(text, office)
    if as_json:
        put_json(completions)
        return
    for completion in completions:
        put(completion)


# --- what was typed ---


def _typed(words: list[str]) -> str:
    mistyped = next((word for word in words if word.startswith("--") and word != "--"), None)
    if mistyped is not None:
        raise NoSuchOption(mistyped.partition("=")[0])
    return " ".join(words)


def _book(text: str) -> str:
    if not text.strip():
        return ""
    book = book_named(text)
    if book is None:
        raise typer.BadParameter("chỉ có thể là: di, den, sao, noi-bo", param_hint="--register")
    return book


def _reference(text: str) -> str:
    from pipeline.stores.search.filters import reference_meant

    if text.strip() and reference_meant(text) is None:
        raise typer.BadParameter(
            "cần số, ký hiệu như 213-QĐ/TW hoặc «Quy định 213»", param_hint="--cites"
        )
    return text.strip()


# --- what is answered ---


def _answer(query: Query, office: App, *, counts: bool, json: bool) -> None:
    from pipeline.hits_told import about_in_words, days_in_words
    from pipeline.retrieve import drafts_among, find_with_papers

    results, papers = find_with_papers(query, office)
    drafts = drafts_among(results, papers)
    if json:
        put_json(_plain(query, results, drafts))
        return
    _tell_understood(query, results)
    for hit in results.hits:
        paper = papers.get(hit.document_id)
        about = about_in_words(hit, paper)
        _print_hit(hit, days_in_words(hit, paper), about, is_draft=hit.document_id in drafts)
    if counts:
        _print_counts(results.counts, is_exact=results.total_is_exact)
    if understood := in_words(query):
        say(f"Hiểu là: {_asked(query) if query.text else understood}")
    if results.suggestion and not results.understood.answered_for:
        say(f"Ý bạn là: {results.suggestion}?")
    say(f"{_how_many(results, query.limit)}, {results.took_ms:.0f} ms")


def _tell_understood(query: Query, results: Results) -> None:
    if not (query.text or in_words(query)):
        say(f"Không ghi gì để tìm: {_EVERYTHING}. Ghi họ tên, số, ký hiệu hay vài chữ để tìm.")
    for sentence in results.understood.sentences():
        say(sentence)
    if absent := results.understood.absent:
        if absent.citing:
            say(f"Xem các văn bản ấy: gõ «dẫn: {absent.written}».")
        if results.hits:
            say(f"{OTHERS_HEADING}:")


def _asked(query: Query) -> str:
    parts = (f"chữ «{query.text}»" if query.text else "", in_words(query))
    return "; ".join(part for part in parts if part) or _EVERYTHING


def _plain(query: Query, results: Results, drafts: frozenset[str]) -> dict[str, Any]:
    return {
        "total": results.total,
        "total_is_exact": results.total_is_exact,
        "took_ms": round(results.took_ms, 2),
        "suggestion": results.suggestion,
        "understood": results.understood,
        "query": to_url(query),
        "asked": _asked(query),
        "counts": results.counts,
        "hits": [_hit_plain(hit, is_draft=hit.document_id in drafts) for hit in results.hits],
    }


def _hit_plain(hit: Hit, *, is_draft: bool) -> dict[str, Any]:
    return {
        "document_id": hit.document_id,
        "reference": hit.reference,
        "kind": hit.kind,
        "title": hit.title,
        "title_html": hit.title_html,
        "date": hit.date,
        "snippet": hit.snippet,
        "score": round(hit.score, 4),
        "is_named": hit.is_named,
        "is_doubtful": hit.is_doubtful,
        "legal_state": hit.legal_state,
        "standing": hit.standing,
        "remarks": hit.remarks,
        "later": hit.later,
        "copies": hit.copies,
        "similar": hit.similar,
        "similar_ids": hit.similar_ids,
        "draft": is_draft,
    }


def _print_hit(hit: Hit, day: str, about: str, *, is_draft: bool) -> None:
    flag = f"  ⚠ {hit.standing.upper()}" if hit.standing else ""
    doubt = "  ⚠ bản đọc bằng máy không tin cậy" if hit.is_doubtful else ""
    name = hit.reference or (DRAFT_WORDS if is_draft else "—")
    put(f"{name}  {day}  {hit.title}{flag}{doubt}")
    for line in filter(None, (about, hit.plain_snippet)):
        put(f"    {line}")
    said = [remark for remark in hit.remarks if remark != hit.standing]
    if said:
        put(f"    {'; '.join(said)}")
    similar = f"; và {with_dots(hit.similar)} phiếu tương tự (--all để xem)" if hit.similar else ""
    put(f"    mã: {hit.document_id}{similar}")


def _print_counts(counts: Counts, *, is_exact: bool) -> None:
    for title, values in (
        ("Theo loại", counts.kinds),
        ("Theo năm", counts.years),
        ("Theo cơ quan", counts.issuers),
    ):
        shown = [f"{one.shown} {with_dots(one.count)}" for one in values[:_COUNTED_SHOWN]]
        shown += ["…"] if len(values) > _COUNTED_SHOWN else []
        if shown:
            put(f"{title}{'' if is_exact else ' (ít nhất)'}: {' · '.join(shown)}")


def _how_many(results: Results, limit: int) -> str:
    """How many were found, and how to see those that are not shown."""
    shown = len(results.hits)
    hidden = sum(hit.similar for hit in results.hits)
    count = total_words(results)
    if results.total <= shown + hidden:
        grouped = f", gộp thành {shown} dòng" if hidden else ""
        return f"{count} văn bản{grouped}"
    if limit >= MOST_HITS:
        return f"hiện {shown} trong {count} văn bản; hãy thêm chữ hoặc --kind, --year để thu hẹp"
    wider = next((step for step in _STEPS if step > limit and step >= results.total), MOST_HITS)
    return f"hiện {shown} trong {count} văn bản; xem thêm: --limit {wider}"
