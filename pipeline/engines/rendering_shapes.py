"""What a template may name: the fields that stand behind each of its variables, as far as can be known before a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Of one value: its fields, and what each of its items is; empty where nothing is known."""

    fields: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None


UNKNOWN = Shape()


def shape_of_schema(schema: Mapping[str, Any]) -> Shape:
    """The shape of values of a JSON schema."""
    items = schema.get("items")
    return Shape(
        fields={name: shape_of_schema(one) for name, one in schema.get("properties", {}).items()},
        items=shape_of_schema(items) if isinstance(items, dict) else None,
    )


def shape_of_value(value: Any) -> Shape:
    """The shape of a value at hand; a list has all fields that one of its items has."""
    if isinstance(value, dict):
        return Shape(fields={str(key): shape_of_value(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return Shape(items=merged(shape_of_value(inner) for inner in value))
    return UNKNOWN


def merged(shapes: Iterable[Shape]) -> Shape:
    """A shape with everything that one of *shapes* has."""
    fields: dict[str, Shape] = {}
    items: Shape | None = None
    for one in shapes:
        for name, inner in one.fields.items():
            fields[name] = merged((fields[name], inner)) if name in fields else inner
        if one.items is not None:
            items = one.items if items is None else merged((items, one.items))
    return Shape(fields=fields, items=items)
