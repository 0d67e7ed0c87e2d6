"""Properties of a kind against its templates and examples: shown at all, and every level of a list seen once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.errors.findings import Finding
from pipeline.errors.kind_check import FieldNotShown, LevelNotVisited
from pipeline.kind_check.telling import told
from pipeline.kinds.expressions import Expression
from pipeline.kinds.model import Kind, Property
from pipeline.record import Record

#: Read by the program itself, in the step that chooses the incoming book.
_READ_BY_PROGRAM = frozenset(("so_van_ban_den",))
_WORD = re.compile(r"[a-z][a-z0-9_]*")


def not_shown(kind: Kind, used: frozenset[str]) -> Iterator[Finding]:
    """The kind's own properties that neither a template nor an expression names; *used* are the templates' names."""
    read = used | _read_by_expressions(kind) | _READ_BY_PROGRAM
    for item in _with_inner(item for item in kind.properties if item.own):
        name = item.name.rpartition(".")[2]
        if name not in read:
            where = f"{kind.name}/schema.json"
            yield told(FieldNotShown, where, name=item.name, title=item.title)


def levels_not_visited(
    kind: Kind, printed: frozenset[str], records: list[Record]
) -> Iterator[Finding]:
    """Values of lists that come to stand on the paper, and that no example has.

    A list that templates only ask about is not meant here: its branches are told one by one.
    """
    for item in kind.properties:
        if not item.own or item.name not in printed:
            continue
        seen = set(_values(item.name, records))
        for value, title in zip(item.values, item.value_titles, strict=True):
            if value not in seen:
                where = f"{kind.name}/examples"
                values = {"level": title, "name": item.name, "title": item.title}
                yield told(LevelNotVisited, where, **values)


def _values(name: str, records: list[Record]) -> Iterator[str]:
    for record in records:
        value: Any = record.get(name)
        yield from map(str, value if isinstance(value, list) else [value])


def _read_by_expressions(kind: Kind) -> frozenset[str]:
    expressions: list[Expression] = [
        *kind.fact_expressions.values(),
        kind.identity_expression,
        kind.file_name_expression,
        *(rule.when for rule in kind.rules),
    ]
    expressions += [one for one in (kind.number.symbol, kind.face_expression) if one is not None]
    # fields inside lists are no variables of their own: any word of the source counts
    return frozenset(word for one in expressions for word in _WORD.findall(one.source))


def _with_inner(items: Iterable[Property]) -> Iterator[Property]:
    for item in items:
        yield item
        yield from _with_inner(item.inner)
