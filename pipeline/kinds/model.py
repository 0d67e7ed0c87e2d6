"""A kind of document, ready to run: its schema, expressions and rules over a record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pipeline.errors.kinds import KindBroken, KindExpressionFailed
from pipeline.kinds.expressions import Expression, ExpressionFailed, Scope
from pipeline.record import Book, Facts, Record
from pipeline.vietnamese import fold, safe_file_name

#: ``signed``: papers made elsewhere in this house that come back signed; no kind of templates.
Source = Literal["record", "paper", "copy", "signed"]
CapSo = Literal["khi-den", "truoc-khi-ky", "sau-khi-ky"]

#: What expressions know besides the record: default body, today, words of the dropped file's name.
CONTEXT_NAMES = ("van_phong", "hom_nay", "ten_tep")
#: Names given by the program to expressions or templates: no property may take them.
RESERVED_NAMES = (
    *CONTEXT_NAMES,
    "du_lieu",
    "mat",
    "vb",
    "ban_ghi",
    "so_thu_tu",
    "so_4",
    "so_ky_hieu_cap",
    "ma_tra_cuu",
)
#: What the pattern of a file name knows besides.
FILE_NAME_NAMES = ("so_thu_tu", "so_4", "so_ky_hieu_cap", "ma_tra_cuu")
#: What a file name says in the place of a number that is not there yet.
NO_NUMBER_YET = "chua-so"

_IDENTITY_LIMIT = 200
_DAYS = frozenset(("issued_on", "their_date"))
_COUNTS = frozenset(("so_to", "so_trang", "so_ban"))
_LISTS = frozenset(("recipients", "circulation"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One field of the schema, as forms, sheets and messages speak of it."""

    name: str
    title: str
    #: ``string``, ``integer``, ``number``, ``boolean``, ``array``, ``object``.
    type: str
    format: str = ""
    description: str = ""
    required: bool = False
    #: Allowed values as kept, and as shown in a list to choose from.
    values: tuple[str, ...] = ()
    value_titles: tuple[str, ...] = ()
    #: Whether it is the kind's own (and not one every kind has).
    own: bool = True
    schema: dict[str, Any] = field(repr=False, default_factory=dict)
    #: Fields of the items of a list of tables, or of a table.
    inner: tuple[Property, ...] = ()
    #: What each item of a list is.
    entry: Property | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What JSON Schema cannot say."""

    id: str
    when: Expression
    #: Vietnamese: what is wrong and what to do.
    message: str
    fields: tuple[str, ...]
    #: It asks for its fields to be filled: the clerk is shown the empty ones.
    wants_filled: bool = False
    #: Whose choices are told with the message.
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSpec:
    """How the kind is numbered."""

    #: False: an entry in the internal book and a lookup code, never called số.
    has_number: bool
    #: CEL; the symbol of the series. None without a number.
    symbol: Expression | None = None
    #: Head of the lookup code, ``PNX``.
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One folder of templates, checked and compiled."""

    name: str
    title: str
    source: Source
    book: Book
    cap_so: CapSo
    number: NumberSpec
    outputs: tuple[str, ...]
    retention: str
    directory: Path
    shared_dir: Path
    #: sha256 over the folder and the shared folder, examples left out.
    digest: str
    #: With common properties and lists filled in.
    schema: dict[str, Any] = field(repr=False)
    properties: tuple[Property, ...] = field(repr=False)
    #: Property → headings it may stand under in other people's lists.
    headings: dict[str, tuple[str, ...]] = field(repr=False)
    #: Order of the columns of our own blank sheet.
    sheet: tuple[str, ...]
    rules: tuple[Rule, ...] = field(repr=False)
    #: The table ``[data]`` of kind.toml.
    data: dict[str, Any] = field(repr=False)
    #: A record of ``examples/`` for the sample row; empty where there is none.
    example_row: Record = field(repr=False)
    #: Endings of the files that are papers of this kind, ``.pdf``; empty where its source is no paper.
    papers: tuple[str, ...] = ()
    #: Property → what of a finished paper's own text fills it where the record does not.
    read: Mapping[str, str] = field(repr=False, default_factory=dict)
    #: Properties that a finished paper needs: told by its record, or read from it for certain.
    needed: tuple[str, ...] = ()
    #: Validates a normalised record; yields the library's errors.
    validate: Callable[[Record], Iterator[Any]] = field(repr=False, compare=False)
    fact_expressions: dict[str, Expression] = field(repr=False)
    identity_expression: Expression = field(repr=False)
    file_name_expression: Expression = field(repr=False)
    #: CEL; which face of the template is used. None where there is one face.
    face_expression: Expression | None = field(repr=False, default=None)

    @property
    def is_incoming(self) -> bool:
        """Its papers were made and signed by others: they are stamped ĐẾN."""
        return self.source == "paper" and self.book is Book.DEN

    @property
    def is_finished(self) -> bool:
        """Its papers come finished and are issued by this office: they get a number of ours."""
        return self.source == "paper" and self.book is not Book.DEN

    @property
    def drawn(self) -> tuple[str, ...]:
        """What is drawn for a paper that was not made here, beside its outputs."""
        if self.source == "copy":
            return ("block", "head", "corner")
        return ("mark",) if self.is_incoming else ()

    def property_named(self, name: str) -> Property | None:
        """The property of that name."""
        return next((item for item in self.properties if item.name == name), None)

    def property_read_from(self, what: str) -> str:
        """The property that this part of a finished paper's text fills; empty where none is."""
        return next((name for name, part in self.read.items() if part == what), "")

    @property
    def signs_by_record(self) -> bool:
        """Whether who signs stands in the record (minutes: the chair), and not in the office's list."""
        return bool(self.data.get("ky_theo_ban_ghi"))

    @property
    def may_wait_for_signature(self) -> bool:
        """Whether it can be printed without its number: made here from a record or finished by colleagues, and called
        by a number.
        """
        return self.number.has_number and (self.source == "record" or self.is_finished)

    def sheet_spec(self) -> dict[str, Any]:
        """What the operations on tables must know of the kind, as JSON.

        Columns of our own blank sheet first, in their order; then what is known in other people's lists.
        """
        on_sheet = [item for name in self.sheet if (item := self.property_named(name)) is not None]
        others = [item for item in self.properties if item.name not in self.sheet]
        return {
            "kind": self.name,
            "kind_title": self.title,
            "properties": [_column(item, self) | {"common": False} for item in on_sheet]
            + [_column(item, self) | {"common": True} for item in others],
            "schema": self.schema,
        }

    def complete(self, record: Record) -> Record:
        """*record* with every property of the schema defined, absent ones None, inside lists too."""
        return {item.name: _completed(record.get(item.name), item) for item in self.properties}

    def scope(self, record: Record, context: Mapping[str, Any], *expressions: Expression) -> Scope:
        """*record* as those expressions see it: what they do not read is not handed over."""
        names = frozenset().union(*(expression.variables for expression in expressions))
        wants_face = "mat" in names and self.face_expression is not None
        if self.face_expression is not None and wants_face:
            names |= self.face_expression.variables
        given = {"du_lieu": self.data, "ten_tep": "", **context}
        values = {name: given[name] for name in names if name in given}
        values |= {
            item.name: _completed(record.get(item.name), item)
            for item in self.properties
            if item.name in names
        }
        scope = Scope(values)
        if self.face_expression is not None and wants_face:
            scope.add("mat", self._run("mau", self.face_expression, scope))
        return scope

    def face(self, record: Record, context: Mapping[str, Any]) -> str:
        """Which face of the template the record takes; empty where the kind has one."""
        if self.face_expression is None:
            return ""
        scope = self.scope(record, context, self.face_expression)
        return str(self._run("mau", self.face_expression, scope) or "")

    def facts(self, record: Record, context: Mapping[str, Any]) -> Facts:
        """What the registers shall know of the paper. Raises KindExpressionFailed (K201)."""
        scope = self.scope(record, context, *self.fact_expressions.values())
        values = {
            name: _fact(name, self._run(f"facts.{name}", expression, scope))
            for name, expression in self.fact_expressions.items()
        }
        values["retention"] = values.get("retention") or self.retention
        return Facts(**values)

    def identity(self, record: Record, context: Mapping[str, Any]) -> str:
        """What makes two records the same deed, folded; empty where the kind cannot tell."""
        scope = self.scope(record, context, self.identity_expression)
        value = self._run("identity", self.identity_expression, scope)
        parts = value if isinstance(value, list) else [value]
        joined = "|".join(fold(str(part)) if part is not None else "" for part in parts)
        if not joined.strip("|"):
            return ""
        if len(joined) <= _IDENTITY_LIMIT:
            return joined
        return f"sha256:{hashlib.sha256(joined.encode()).hexdigest()}"

    def symbol(self, record: Record, context: Mapping[str, Any]) -> str:
        """The symbol of the series, ``GGT``; empty without one."""
        if self.number.symbol is None:
            return ""
        scope = self.scope(record, context, self.number.symbol)
        return str(self._run("danh_so.ky_hieu", self.number.symbol, scope) or "")

    def broken_rules(
        self, record: Record, context: Mapping[str, Any], rules: Sequence[Rule] | None = None
    ) -> list[Rule]:
        """Those of *rules* (all, when not named) that do not hold; what they read must be good or absent."""
        asked = self.rules if rules is None else rules
        scope = self.scope(record, context, *(rule.when for rule in asked))
        return [
            rule for rule in asked if self._run(f"rule {rule.id}", rule.when, scope) is not True
        ]

    def result_name(
        self,
        record: Record,
        context: Mapping[str, Any],
        *,
        ordinal: int | None,
        reference: str = "",
        lookup_code: str = "",
    ) -> str:
        """The stem of the result's file name, safe on Windows; without an ordinal it says so."""
        scope = self.scope(record, context, self.file_name_expression)
        values: tuple[int | str, ...] = (0, NO_NUMBER_YET, NO_NUMBER_YET, NO_NUMBER_YET)
        if ordinal is not None:
            values = (ordinal, f"{ordinal:04d}", reference, lookup_code)
        given = zip(FILE_NAME_NAMES, values, strict=True)
        for name, value in given:
            scope.add(name, value)
        return safe_file_name(str(self._run("file_name", self.file_name_expression, scope)), 100)

    def _run(self, place: str, expression: Expression, scope: Scope) -> Any:
        try:
            return expression.run(scope)
        except ExpressionFailed as error:
            raise KindExpressionFailed(
                f"expression failed kind={self.name} place={place!r} error={str(error)!r}",
                kind=self.title,
                place=f"«{place}»",
                why=str(error)[:200],
            ) from error


class Kinds(Mapping[str, Kind]):
    """The kinds that run, and why the others do not."""

    def __init__(self, kinds: Mapping[str, Kind], invalid: Mapping[str, KindBroken]) -> None:
        self._kinds = dict(kinds)
        self.invalid = dict(invalid)

    def __getitem__(self, name: str) -> Kind:
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


def _column(item: Property, kind: Kind) -> dict[str, Any]:
    title = item.title
    if not item.own and fold(title) in {
        fold(word) for words in kind.headings.values() for word in words
    }:
        # «Ngày ban hành» in a list of incoming papers is the day of the paper, not ours.
        title = f"{title} ({item.name})"
    return {
        "name": item.name,
        "title": title,
        "type": item.type,
        "format": item.format,
        "enum_titles": dict(zip(item.values, item.value_titles, strict=True)),
        "required": item.required,
        "synonyms": list(kind.headings.get(item.name, ())),
        "example": kind.example_row.get(item.name),
    }


def _completed(value: Any, item: Property) -> Any:
    if not item.inner:
        return value
    if isinstance(value, list):
        return [_completed(entry, item) for entry in value]
    if isinstance(value, dict):
        return {inner.name: _completed(value.get(inner.name), inner) for inner in item.inner}
    return value


def _fact(name: str, value: Any) -> Any:
    if name in _DAYS:
        return date.fromisoformat(value) if isinstance(value, str) and value else None
    if name in _COUNTS:
        return value if isinstance(value, int) else None
    if name in _LISTS:
        return tuple(str(part) for part in value) if isinstance(value, list) else ()
    return "" if value is None else str(value)
