"""A paper → the papers that its text names, and the papers whose text names it; every one that may be meant, none chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.app import App
from pipeline.document_object import TEXT_FILE, document_object
from pipeline.errors.search import IndexUnusable
from pipeline.legal import WARNING
from pipeline.standing import shown_of, standing_words
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.stores.search.paper_keys import references_to_others
from pipeline.stores.search.values import EVERYTHING, Query, Rights, Sort
from pipeline.vietnamese import Reference, fold
from pipeline.visible import may_see

#: So many of those that name a paper are told; the rest is a search.
MOST_CITING = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A paper of the archive that a reference may mean, or that names one."""

    document_id: str
    reference: str
    title: str
    #: ``dd/mm/yyyy``, empty without.
    day: str
    #: What must be known of it: «bị thay thế bởi …»; empty for what stands.
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A reference in the text of a paper."""

    #: As the Party writes it.
    reference: str
    #: All papers it may mean; empty where the archive has none.
    papers: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citing:
    """The papers that name a paper in their text."""

    papers: tuple[Named, ...]
    total: int
    #: Why nothing can be said now; empty where it can.
    unknown: str = ""


def cited_by(document: DocumentView, app: App, rights: Rights = EVERYTHING) -> tuple[Cited, ...]:
    """What the text of *document* names, in order; of the archive's papers those that may be seen."""
    if document.archived_version == 0 or document.state is DocumentState.PURGED:
        return ()
    if TEXT_FILE not in {file.name for file in document.files}:
        return ()
    text = app.objects.read(
        document_object(document.id), TEXT_FILE, version=document.archived_version
    ).decode(errors="replace")
    own = (
        document.number.reference if document.number else "",
        document.facts.their_reference if document.facts else "",
    )
    return tuple(
        Cited(
            reference=_written(one),
            papers=tuple(
                _named(paper, app)
                for paper in papers_meant_by(one, app, document)
                if may_see(paper, rights)
            ),
        )
        for one in references_to_others(text, own)
    )


def papers_meant_by(
    reference: Reference, app: App, but: DocumentView | None = None
) -> list[DocumentView]:
    """The papers of the archive that *reference* may mean: of every body and every term."""
    found = {paper.id: paper for paper in _candidates(reference, app)}
    if but is not None:
        found.pop(but.id, None)
    return [paper for paper in found.values() if paper.state is not DocumentState.PURGED]


def _candidates(reference: Reference, app: App) -> Iterator[DocumentView]:
    if reference.is_whole:
        yield from app.registers.find(str(reference))
        return
    # Only number and type were written: the index knows numbers by their parts.
    try:
        results = app.search.search(Query(text=f"{reference}", limit=MOST_CITING))
    except IndexUnusable:
        return
    ids = [hit.document_id for hit in results.hits if hit.is_named]
    yield from (paper for paper in app.registers.get_many(ids) if _is_of_type(paper, reference))


def _is_of_type(paper: DocumentView, reference: Reference) -> bool:
    """QĐ is Quyết định and Quy định: the word that was written decides."""
    name = fold(paper.facts.type_name) if paper.facts else ""
    return not reference.type_word or not name or name == reference.type_word


def citing(document: DocumentView, app: App, rights: Rights = EVERYTHING) -> Citing:
    """The papers whose text names *document*, newest first."""
    wanted = {
        document.number.reference if document.number else "",
        document.facts.their_reference if document.facts else "",
    } - {""}
    found: dict[str, Named] = {}
    total = 0
    for written in sorted(wanted):
        query = Query(cites=written, sort=Sort.NEWEST, limit=MOST_CITING, rights=rights)
        try:
            results = app.search.search(query)
        except IndexUnusable as error:
            return Citing(papers=(), total=0, unknown=error.clerk_text)
        ids = [hit.document_id for hit in results.hits if hit.document_id != document.id]
        total += results.total - (len(results.hits) - len(ids))
        found |= {str(one.id): _named(one, app) for one in app.registers.get_many(ids)}
    return Citing(papers=tuple(found.values()), total=max(total, len(found)))


def citation_rows(cited: Sequence[Cited], citing_it: Citing) -> Iterator[tuple[str, str]]:
    """What a person is shown of both, a line for each paper."""
    for one in cited:
        if not one.papers:
            yield "Dẫn", f"{one.reference} (không có trong kho)"
        elif len(one.papers) > 1:
            yield "Dẫn", f"{one.reference}: có {len(one.papers)} văn bản mang số này"
        for paper in one.papers:
            yield "Dẫn", _in_words(paper)
    for paper in citing_it.papers:
        yield "Được dẫn tại", _in_words(paper)
    if citing_it.total > len(citing_it.papers):
        yield "Được dẫn tại", f"… và {citing_it.total - len(citing_it.papers)} văn bản khác"
    if citing_it.unknown:
        yield "Được dẫn tại", citing_it.unknown


def _in_words(paper: Named) -> str:
    parts = [paper.reference, paper.day, paper.title, paper.standing.upper()]
    return f"{', '.join(part for part in parts if part)} (mã {paper.document_id})"


def _named(paper: DocumentView, app: App) -> Named:
    is_warned = paper.legal_state in WARNING
    number = paper.number
    day = (paper.facts.their_date if paper.facts else None) or (
        number.issued_on if number else None
    )
    return Named(
        document_id=paper.id,
        reference=shown_of(paper),
        title=(paper.facts.subject or paper.facts.type_name) if paper.facts else "",
        day=day.strftime("%d/%m/%Y") if day else "",
        standing=standing_words(paper, app.registers) if is_warned else "",
    )


def _written(reference: Reference) -> str:
    """«Quy định 213», where only that was written."""
    if reference.is_whole or not reference.type_word:
        return str(reference)
    bare = replace(reference, symbol="", type_word="")
    return f"{_TYPE_NAMES.get(reference.type_word, reference.symbol)} {bare}"


_TYPE_NAMES = {
    "quyet dinh": "Quyết định",
    "quy dinh": "Quy định",
}
