"""An index of a few papers in a folder, and its answers as ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.clock import FixedClock
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper, Query

CLOCK = FixedClock(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))


def made(directory: Path, papers: Iterable[Paper], **options: Any) -> SearchIndex:
    """A new index of *papers*."""
    index = SearchIndex(directory / "index", CLOCK, **options)
    index.reset()
    with index.writer() as writer:
        writer.upsert_many(list(papers))
    return index


def ids(index: SearchIndex, text: str = "", **filters: Any) -> list[str]:
    """The papers found, best first."""
    return [hit.document_id for hit in index.search(Query(text=text, **filters)).hits]
