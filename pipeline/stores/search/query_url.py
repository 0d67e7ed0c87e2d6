"""A query ↔ the part of an address after the question mark. Who asks, and so his rights, stands in no address."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pipeline.stores.search.values import Query, Sort

_TEXTS = {
    "q": "text",
    "loai": "kind",
    "so": "register",
    "co-quan": "issuer",
    "nguoi-ky": "signer",
    "noi-o": "residence",
    "dan": "cites",
}
_LISTS = {"cum": "phrases", "khong": "without"}
_DAYS = {"tu": "since", "den": "until"}
_NUMBERS = {"nam": "year", "moi-trang": "limit", "tu-thu": "offset"}
_FLAGS = {"gop": "is_grouped", "dem": "with_counts"}
_SORT = "xep"
_NUMBER = re.compile(r"[0-9]{1,7}")
#: A page of an answer is no dump of the archive.
MOST_HITS = 1000
_LAST_YEAR = 9999


def to_url(query: Query) -> str:
    """``q=con+d%E1%BA%A5u&nam=2026``; only what is not as usual."""
    usual = Query()
    pairs: list[tuple[str, str]] = []
    for names in (_TEXTS, _NUMBERS):
        for name, attribute in names.items():
            value = getattr(query, attribute)
            if value != getattr(usual, attribute):
                pairs.append((name, str(value)))
    for name, attribute in _LISTS.items():
        pairs += [(name, value) for value in getattr(query, attribute)]
    for name, attribute in _DAYS.items():
        if day := getattr(query, attribute):
            pairs.append((name, day.isoformat()))
    pairs += [(name, "1") for name, attribute in _FLAGS.items() if getattr(query, attribute)]
    if query.sort is not usual.sort:
        pairs.append((_SORT, query.sort.value))
    return urlencode(pairs, encoding="utf-8", errors="surrogatepass")


def from_url(address: str) -> Query:
    """The query that :func:`to_url` wrote; what is strange in what somebody wrote by hand is left out."""
    given: dict[str, Any] = {}
    for name, value in _pairs(address.removeprefix("?")):
        if name in _TEXTS:
            given[_TEXTS[name]] = value
        elif name in _LISTS:
            given[_LISTS[name]] = (*given.get(_LISTS[name], ()), value)
        elif name in _FLAGS:
            given[_FLAGS[name]] = value == "1"
        elif name in _NUMBERS and _NUMBER.fullmatch(value):
            given[_NUMBERS[name]] = int(value)
        elif name in _DAYS or name == _SORT:
            with suppress(ValueError):
                given[_DAYS.get(name, "sort")] = (
                    Sort(value) if name == _SORT else date.fromisoformat(value)
                )
    if not 1 <= given.get("limit", 1) <= MOST_HITS:
        given["limit"] = MOST_HITS if given["limit"] else 1
    if not 1 <= given.get("year", 1) <= _LAST_YEAR:
        del given["year"]
    return Query(**given)


def _pairs(address: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(address, keep_blank_values=True, encoding="utf-8", errors="surrogatepass")
    except ValueError:
        return parse_qsl(address, keep_blank_values=True, errors="replace")
