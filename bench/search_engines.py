"""Ours, tantivy and SQLite FTS5 behind one face: fill with papers, ask for twenty with highlights."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Protocol

from pipeline.clock import SystemClock
from pipeline.search_eval import batches
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper, Query

TANTIVY_VERSION = "0.27.0"
_WORD = re.compile(r"[^\W_]+")
_MOST = 20


class Engine(Protocol):
    """What is compared."""

    def fill(self, papers: Iterable[Paper]) -> None: ...

    def ask(self, text: str) -> list[str]:
        """Ids of the first twenty; the highlights are made and thrown away."""


class Ours:
    def __init__(self, folder: Path) -> None:
        self._index = SearchIndex(folder / "index", SystemClock())

    def fill(self, papers: Iterable[Paper]) -> None:
        self._index.reset()
        with self._index.writer() as writer:
            for batch in batches(papers):
                writer.upsert_many(batch)
            while writer.compact():
                pass

    def ask(self, text: str) -> list[str]:
        results = self._index.search(Query(text=text, limit=_MOST, with_counts=True))
        return [hit.document_id for hit in results.hits if hit.snippet is not None]


class Tantivy:
    """Words lower-cased, marks folded, OR of all words over title and text: what it is good at out of the box."""

    def __init__(self, folder: Path) -> None:
        try:
            import tantivy
        except ImportError as error:
            message = f"tantivy is not installed; for this comparison: pip install tantivy=={TANTIVY_VERSION}"
            raise SystemExit(message) from error
        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("title", "text"):
            builder.add_text_field(name, stored=True, tokenizer_name="folded")
        self._schema = builder.build()
        (folder / "tantivy").mkdir(exist_ok=True)
        self._index = tantivy.Index(self._schema, path=str(folder / "tantivy"))
        analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.ascii_fold())
            .build()
        )
        self._index.register_tokenizer("folded", analyzer)

    def fill(self, papers: Iterable[Paper]) -> None:
        writer = self._index.writer(heap_size=256 << 20, num_threads=1)
        for paper in papers:
            writer.add_document(
                self._tantivy.Document(id=paper.document_id, title=_head(paper), text=paper.text)
            )
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def ask(self, text: str) -> list[str]:
        words = " ".join(_WORD.findall(text.lower()))
        if not words:
            return []
        searcher = self._index.searcher()
        query = self._index.parse_query(words, ["title", "text"])
        found = searcher.search(query, _MOST).hits
        cut = self._tantivy.SnippetGenerator.create(searcher, query, self._schema, "text")
        ids = []
        for _, address in found:
            paper = searcher.doc(address)
            cut.snippet_from_doc(paper).to_html()
            ids.append(paper["id"][0])
        return ids


class Fts5:
    """OR of the words, marks folded, ranked by bm25."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "fts5.sqlite3")
        self._db.execute(
            "create virtual table if not exists papers using fts5(id unindexed, title, text, tokenize='unicode61 remove_diacritics 2')"
        )

    def fill(self, papers: Iterable[Paper]) -> None:
        with self._db:
            self._db.executemany(
                "insert into papers values (?, ?, ?)",
                ((paper.document_id, _head(paper), paper.text) for paper in papers),
            )

    def ask(self, text: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(text.lower()))
        if not words:
            return []
        rows = self._db.execute(
            "select id, snippet(papers, 2, '<b>', '</b>', '…', 36) from papers where papers match ? "
            f"order by rank limit {_MOST}",
            (words,),
        )
        return [row[0] for row in rows]


def _head(paper: Paper) -> str:
    return " . ".join(filter(None, (paper.reference, paper.title, paper.person)))


def paper_of(line: dict[str, str]) -> Paper:
    """A line of the corpus as our value."""
    issued_on = line.get("issued_on")
    return Paper(
        document_id=line["id"],
        title=line["title"],
        text=line["text"],
        reference=line.get("reference", ""),
        person=line.get("person", ""),
        kind="phieu" if line.get("person") else "van-ban",
        issued_on=date.fromisoformat(issued_on) if issued_on else None,
    )


ENGINES: dict[str, type[Ours | Tantivy | Fts5]] = {
    "ours": Ours,
    "tantivy": Tantivy,
    "fts5": Fts5,
}
