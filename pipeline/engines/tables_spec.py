"""The JSON arguments that describe a kind's table → typed values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.vietnamese import canonical, fold

_DECORATION = re.compile(r"\([^)]*\)|[*:.,;?\"“”«»_–-]")
_SPACES = re.compile(r"\s+")
DATE_FORMATS = frozenset(("ngay", "ngay-hoac-nam"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One field of a kind as a column of a table."""

    name: str
    title: str
    type: str = "string"
    format: str = ""
    #: Code → title as clerks read it.
    enum_titles: dict[str, str] = field(default_factory=dict)
    is_required: bool = False
    synonyms: tuple[str, ...] = ()
    example: Any = None
    #: Known when read in other people's lists, but not put on the blank sheet.
    is_common: bool = False

    #: Text without a list of titles: cells are taken as they are.
    is_plain: bool = True

    @property
    def is_date(self) -> bool:
        """Whether its values are days."""
        return self.format in DATE_FORMATS


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one table may hold."""

    max_rows: int = 20_000
    max_record_bytes: int = 1 << 20
    max_cell_chars: int = 20_000
    max_file_bytes: int = 200 << 20
    #: All parts of a workbook unpacked.
    max_unpacked_bytes: int = 400 << 20
    #: Rows × columns of one sheet.
    max_cells: int = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A kind, as far as tables need to know it."""

    kind: str
    kind_title: str
    properties: tuple[Property, ...]
    limits: Limits
    #: The whole JSON Schema where it was given: types inside lists and objects of YAML.
    schema: dict[str, Any]

    def property(self, name: str) -> Property | None:
        """The property of that name."""
        return next((item for item in self.properties if item.name == name), None)

    def on_sheet(self) -> tuple[Property, ...]:
        """The columns of the blank workbook, in order."""
        return tuple(item for item in self.properties if not item.is_common)


def spec_from(args: dict[str, Any]) -> Spec:
    """The spec in the arguments of an operation: spread among them, or under ``kind``."""
    source = args["kind"] if isinstance(args.get("kind"), dict) else args
    limits = args.get("limits") or source.get("limits") or {}
    known = {name: limits[name] for name in Limits.__slots__ if limits.get(name) is not None}
    return Spec(
        kind=str(source.get("kind", "")),
        kind_title=str(source.get("kind_title", "")),
        properties=tuple(_property(item) for item in source["properties"]),
        limits=Limits(**known),
        schema=source.get("schema") or {},
    )


def _property(item: dict[str, Any]) -> Property:
    kinds = item.get("type") or "string"
    if isinstance(kinds, list):
        kinds = next((kind for kind in kinds if kind != "null"), "string")
    return Property(
        name=item["name"],
        title=item.get("title") or item["name"],
        type=kinds,
        format=item.get("format") or "",
        enum_titles=dict(item.get("enum_titles") or {}),
        is_required=bool(item.get("required")),
        synonyms=tuple(item.get("synonyms") or ()),
        example=item.get("example"),
        is_common=bool(item.get("common")),
        is_plain=kinds == "string" and not item.get("enum_titles"),
    )


def heading_keys(text: str) -> Iterator[str]:
    """The forms under which a heading is looked up, the most exact first."""
    exact = _SPACES.sub(" ", canonical(text)).strip(" *:.")
    bare = _SPACES.sub(" ", _DECORATION.sub(" ", exact)).strip()
    for key in (exact, bare, fold(exact), fold(bare)):
        if key:
            yield key


class HeadingBook:
    """Which property a heading means."""

    def __init__(self, spec: Spec) -> None:
        self._by_key: dict[str, Property] = {}
        # titles before names before synonyms, exact before folded: the first to claim a key keeps it
        for names in (_titles, _synonyms):
            for item in spec.properties:
                for name in names(item):
                    for key in heading_keys(name):
                        self._by_key.setdefault(key, item)

    def find(self, heading: str) -> Property | None:
        """The property, None where nobody knows the heading."""
        return next(
            (self._by_key[key] for key in heading_keys(heading) if key in self._by_key), None
        )


def _titles(item: Property) -> tuple[str, ...]:
    return (item.title, item.name.replace("_", " "), item.name)


def _synonyms(item: Property) -> tuple[str, ...]:
    return item.synonyms
