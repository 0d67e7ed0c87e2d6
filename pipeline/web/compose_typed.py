"""What a form says → what is kept of it → the record that is checked and sent; and a record → a form to go on with.

``Typed`` is what stands in the fields, as it stands there: text, a list of rows, a table of fields. It may be wrong
or half done; only the record that is made of it is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.kinds.model import Property
from pipeline.record import Record
from pipeline.vietnamese import parse_date

Typed = dict[str, Any]
#: Names of properties and numbers of rows, from the outside in.
Path = tuple[str | int, ...]

#: Before the names of the form's fields.
_HEAD = "f"
_YES, _NO = "co", "khong"
_DAYS = frozenset(("ngay", "ngay-hoac-nam"))
#: No list of any kind has more rows, and no schema of ours is deeper.
_MOST_ROWS = 2000
_MOST_STEPS = 8
_LINES = re.compile(r"\s*[\n;]\s*")


def field_name(path: Path) -> str:
    """``f.kinh_gui.0``: the name of the field at *path* of a form."""
    return ".".join((_HEAD, *map(str, path)))


def path_of(name: str) -> Path:
    """The way back; empty for what is no field's name."""
    head, *steps = name.split(".")
    if head != _HEAD or len(steps) > _MOST_STEPS:
        return ()
    return tuple(int(step) if _is_index(step) else step for step in steps)


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdecimal() and len(step) < 5


def posted(fields: Mapping[str, str], properties: Iterable[Property]) -> Typed:
    """What a browser sent, as far as these properties know it."""
    tree: dict[str | int, Any] = {}
    for name, value in fields.items():
        if steps := path_of(name):
            _plant(tree, steps, value)
    return {item.name: _as_typed(tree.get(item.name), item) for item in properties}


def _plant(tree: dict[str | int, Any], steps: Path, value: str) -> None:
    *way, last = steps
    for step in way:
        inside = tree.setdefault(step, {})
        if not isinstance(inside, dict):
            return
        tree = inside
    tree.setdefault(last, value)


def _as_typed(node: Any, item: Property) -> Any:
    if item.type == "array" and item.entry is not None:
        rows = node if isinstance(node, dict) else {}
        numbers = sorted(number for number in rows if isinstance(number, int))[:_MOST_ROWS]
        return [_as_typed(rows[number], item.entry) for number in numbers]
    if item.type == "object":
        inside = node if isinstance(node, dict) else {}
        return {one.name: _as_typed(inside.get(one.name), one) for one in item.inner}
    return node.replace("\r\n", "\n") if isinstance(node, str) else ""


def blank(item: Property) -> Any:
    """Nothing typed yet."""
    return _as_typed(None, item)


def with_row(typed: Typed, path: Path, properties: Iterable[Property]) -> Typed:
    """*typed* with one more empty row in the list at *path*."""

    def add(rows: list[Any], _at: int, item: Property) -> None:
        if item.entry is not None and len(rows) < _MOST_ROWS:
            rows.append(blank(item.entry))

    return _changed(typed, (*path, 0), properties, add)


def without_row(typed: Typed, path: Path, properties: Iterable[Property]) -> Typed:
    """*typed* without the row at *path*."""

    def take(rows: list[Any], at: int, _item: Property) -> None:
        del rows[at : at + 1]

    return _changed(typed, path, properties, take)


def _changed(
    typed: Typed,
    path: Path,
    properties: Iterable[Property],
    change: Callable[[list[Any], int, Property], None],
) -> Typed:
    """*typed* with the list changed in which *path* is a row; as it is where there is no such list."""
    if not path:
        return typed
    way, last = path[:-1], path[-1]
    reached, node = reach(typed, way)
    item = _item_at(tuple(properties), way)
    if reached == way and item is not None and isinstance(node, list) and isinstance(last, int):
        change(node, last, item)
    return typed


def _item_at(properties: tuple[Property, ...], path: Path) -> Property | None:
    item: Property | None = None
    for step in path:
        known = item.inner if item else properties
        if not isinstance(step, int):
            item = next((one for one in known if one.name == step), None)
        elif item is not None:
            item = item.entry
        if item is None:
            return None
    return item


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The record that a form makes, and where in the form each place of it stands."""

    record: Record
    #: Place in the record → place in the form: empty rows are left out of the record.
    places: Mapping[Path, Path] = field(repr=False)

    def in_form(self, path: Path) -> Path:
        """Where in the form it stands what stands in the record at *path*."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return (*self.places[path[:length]], *path[length:])
        return path


def record_of(typed: Typed, properties: Iterable[Property]) -> Made:
    """The record as a dropped file would have it; what is empty is left out."""
    places: dict[Path, Path] = {}
    record = {}
    for item in properties:
        value = _value(typed.get(item.name), item, ((item.name,), (item.name,)), places)
        if value is not None:
            record[item.name] = value
    return Made(record=record, places=places)


def _value(typed: Any, item: Property, at: tuple[Path, Path], places: dict[Path, Path]) -> Any:
    """The value, or None; notes where each row went."""
    there, here = at
    if isinstance(typed, list):
        rows: list[Any] = []
        for number, one in enumerate(typed):
            place = (*there, len(rows)), (*here, number)
            value = _value(one, item.entry or item, place, places)
            if value is not None:
                places[place[0]] = place[1]
                rows.append(value)
        return rows or None
    if isinstance(typed, dict):
        found = {}
        for one in item.inner:
            value = _value(
                typed.get(one.name), one, ((*there, one.name), (*here, one.name)), places
            )
            if value is not None:
                found[one.name] = value
        return found or None
    return _leaf(typed, item) if isinstance(typed, str) and typed.strip() else None


def _leaf(text: str, item: Property) -> Any:
    if item.type == "boolean" and text in {_YES, _NO}:
        return text == _YES
    if item.format in _DAYS and (day := parse_date(text)) is not None:
        return day.isoformat()
    return text.strip()


def typed_of(record: Mapping[str, Any], properties: Iterable[Property]) -> Typed:
    """A form filled in from a record."""
    return {item.name: _shown(record.get(item.name), item) for item in properties}


def _shown(value: Any, item: Property) -> Any:
    if item.type == "array" and item.entry is not None:
        # A cell of a sheet holds a whole list as one text.
        rows = _LINES.split(value.strip()) if isinstance(value, str) else value
        return [_shown(one, item.entry) for one in rows] if isinstance(rows, list) else []
    if item.type == "object":
        inside = value if isinstance(value, dict) else {}
        if isinstance(value, str) and item.inner:
            inside = {item.inner[0].name: value}
        return {one.name: _shown(inside.get(one.name), one) for one in item.inner}
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES if value else _NO
    text = str(value)
    day = parse_date(text) if item.format in _DAYS else None
    return f"{day:%d/%m/%Y}" if day is not None else text


def reach(typed: Any, path: Path) -> tuple[Path, Any]:
    """As much of *path* as the form has a field for, and what is typed there."""
    for length, step in enumerate(path):
        is_row = isinstance(typed, list) and isinstance(step, int) and step < len(typed)
        if not is_row and not (isinstance(typed, dict) and step in typed):
            return path[:length], typed
        typed = typed[step]
    return path, typed


def is_blank(typed: Any) -> bool:
    """Whether nothing at all is typed."""
    if isinstance(typed, dict):
        return all(map(is_blank, typed.values()))
    if isinstance(typed, list):
        return all(map(is_blank, typed))
    return not str(typed or "").strip()
