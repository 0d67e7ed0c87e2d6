"""``schema.json`` of a kind → the whole schema with common properties, its properties, and its flaws."""

from __future__ import annotations

import copy
import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from pipeline.errors.kinds import KindNameReserved, KindSchemaInvalid, KindTitleMissing
from pipeline.kinds.common import common_properties
from pipeline.kinds.expressions import Flaw, Scope, compile_expression, function_names
from pipeline.kinds.model import RESERVED_NAMES, Property

#: Adds a flaw: error class, values of its template.
Note = Callable[..., None]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
OWN_FORMATS = ("ngay", "ngay-hoac-nam", "gio")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TYPES = frozenset(("string", "integer", "number", "boolean", "array", "object"))


def whole_schema(raw: dict[str, Any], data: dict[str, Any], note: Note) -> dict[str, Any]:
    """*raw* with lists filled in from the kind's data and the common properties added.

    Flaws go to *note*; the schema is usable where none was noted.
    """
    schema = copy.deepcopy(raw)
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, dict):
        note(KindSchemaInvalid, why="ở gốc phải có «type»: «object» và «properties»")
        return {"type": "object", "properties": {}}
    _check_references(schema, note)
    for name, item in properties.items():
        _check_property(name, item, note, scope=Scope({"du_lieu": data}))
    schema["properties"] = {**common_last(properties)}
    schema.setdefault("additionalProperties", False)
    if not _is_schema(schema):
        _tell_flaw(schema, note)
    required = schema.get("required", [])
    for name in required if isinstance(required, list) else []:
        if name not in schema["properties"]:
            hint = nearest(name, schema["properties"])
            note(KindSchemaInvalid, why=f"«required» có «{name}» nhưng không có trường ấy. {hint}")
    return schema


def _is_schema(schema: dict[str, Any]) -> bool:
    """Whether *schema* is one, told in a hundredth of the time :mod:`jsonschema` takes: each start of a command asks."""
    if not jsonschema_rs.meta.is_valid({**schema, "$schema": _DRAFT}):
        return False
    try:
        for pattern in _patterns(schema):
            re.compile(pattern)
    except re.error:
        return False
    return True


def _tell_flaw(schema: dict[str, Any], note: Note) -> None:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = " → ".join(str(step) for step in error.absolute_path)
        note(KindSchemaInvalid, why=f"{where}: {error.message}"[:300])


def _patterns(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            yield pattern
        keyed = schema.get("patternProperties")
        yield from keyed if isinstance(keyed, dict) else ()
        schema = list(schema.values())
    for inner in schema if isinstance(schema, list) else ():
        yield from _patterns(inner)


def common_last(own: dict[str, Any]) -> dict[str, Any]:
    """The kind's properties, then those of every kind that it does not define itself."""
    return own | {name: item for name, item in common_properties().items() if name not in own}


def compile_validator(schema: dict[str, Any]) -> Callable[[dict[str, Any]], Iterator[Any]]:
    """A function that yields the library's errors for a record."""
    return Draft202012Validator(schema).iter_errors


def properties_of(schema: dict[str, Any], own: Iterable[str]) -> tuple[Property, ...]:
    """The properties of a whole schema, in order."""
    own_names = frozenset(own)
    required = frozenset(schema.get("required", ()))
    return tuple(
        _property(name, item, required=name in required, own=name in own_names)
        for name, item in schema["properties"].items()
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that names the known word nearest to *word*, if any is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Có phải là «{close[0]}»?" if close else ""


def _property(name: str, item: dict[str, Any], *, required: bool, own: bool) -> Property:
    values = tuple(str(value) for value in item.get("enum", ()) if value is not None)
    entry = None
    if isinstance(item.get("items"), dict):
        entry = _property(
            name, {"title": item.get("title", name)} | item["items"], required=False, own=own
        )
    inner_required = frozenset(item.get("required", ()))
    inner = tuple(
        _property(each, sub, required=each in inner_required, own=own)
        for each, sub in item.get("properties", {}).items()
    )
    return Property(
        name=name,
        title=item.get("title", name),
        type=str(item.get("type", "string")),
        format=item.get("format", ""),
        description=item.get("description", ""),
        required=required,
        values=values,
        value_titles=tuple(item.get("x-titles", ())) or values,
        own=own,
        schema=item,
        inner=entry.inner if entry else inner,
        entry=entry,
    )


def _check_property(name: str, item: Any, note: Note, *, scope: Scope) -> None:
    if not _NAME.fullmatch(name):
        note(
            KindNameReserved,
            name=name,
            why="chỉ dùng chữ thường không dấu, số và «_», bắt đầu bằng chữ",
        )
    elif name in RESERVED_NAMES or name in function_names():
        note(KindNameReserved, name=name, why="chương trình đã dùng tên này")
    if not isinstance(item, dict):
        note(KindSchemaInvalid, why=f"trường «{name}» phải là một bảng")
        return
    if not str(item.get("title", "")).strip():
        note(KindTitleMissing, name=name)
    if item.get("type") not in _TYPES:
        note(
            KindSchemaInvalid,
            why=f"trường «{name}» cần «type» là một trong: {', '.join(sorted(_TYPES))}",
        )
    for key in ("x-enum", "x-titles"):
        if isinstance(item.get(key), str):
            _fill(name, key, item, note, scope=scope)
    if "x-titles" in item and len(item["x-titles"]) != len(item.get("enum", ())):
        note(
            KindSchemaInvalid, why=f"trường «{name}»: «x-titles» và danh sách giá trị dài khác nhau"
        )
    nested = item.get("items", {}) if item.get("type") == "array" else item
    for inner, sub in nested.get("properties", {}).items() if isinstance(nested, dict) else ():
        _check_property(inner, sub, note, scope=scope)


def _fill(name: str, key: str, item: dict[str, Any], note: Note, *, scope: Scope) -> None:
    target = "enum" if key == "x-enum" else key
    compiled = compile_expression(item.pop(key))
    values: Any = None
    if not isinstance(compiled, Flaw):
        try:
            values = compiled.run(scope)
        except Exception as error:  # noqa: BLE001 — whatever it is, the author is told and the kind stops
            compiled = Flaw(what="syntax", detail=str(error)[:120])
    if isinstance(values, list) and values and all(isinstance(value, str) for value in values):
        item[target] = values
        return
    why = compiled.detail if isinstance(compiled, Flaw) else "không cho một danh sách chữ"
    note(KindSchemaInvalid, why=f"trường «{name}», «{key}»: {why}")
    item[target] = [""]


def _check_references(schema: dict[str, Any], note: Note) -> None:
    text = json.dumps(schema)
    for keyword in ('"$ref"', '"$dynamicRef"'):
        if keyword in text:
            # A reference may lead to another file or in a circle; forms and sheets could not follow it.
            note(KindSchemaInvalid, why=f"không dùng {keyword}, hãy viết thẳng ra")
