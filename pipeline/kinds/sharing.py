"""What several kinds have in common stands once in ``_shared`` and is taken over by those that name it.

``kind.toml`` names a table with ``chung = "ban_sao.toml"``, ``schema.json`` a schema with ``"x-chung": "ban_sao.json"``.
What the kind says itself goes before; tables are joined key by key.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path, PurePath
from typing import Any

#: The key by which each of the two files names the shared one.
IN_MANIFEST = "chung"
IN_SCHEMA = "x-chung"


class SharedMissing(ValueError):
    """The file named is none of ``_shared``, or cannot be read; the text is Vietnamese."""


def whole_table(own: dict[str, Any], shared_dir: Path) -> dict[str, Any]:
    """The table of a ``kind.toml`` with the shared one beneath it. Raises SharedMissing."""
    return _joined(own, IN_MANIFEST, shared_dir)


def whole_raw_schema(own: dict[str, Any], shared_dir: Path) -> dict[str, Any]:
    """A ``schema.json`` with the shared one beneath it: the shared fields come first. Raises SharedMissing."""
    return _joined(own, IN_SCHEMA, shared_dir)


def _joined(own: dict[str, Any], key: str, shared_dir: Path) -> dict[str, Any]:
    if key not in own:
        return own
    rest = {name: value for name, value in own.items() if name != key}
    return _over(_read(own[key], shared_dir), rest)


def _read(name: object, shared_dir: Path) -> dict[str, Any]:
    if not isinstance(name, str) or PurePath(name).name != name:
        raise SharedMissing(f"«{name}» không phải tên một tệp của _shared")
    try:
        text = (shared_dir / name).read_text(encoding="utf-8-sig")
        value = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    except (OSError, ValueError) as error:
        raise SharedMissing(f"không đọc được _shared/{name}: {error}") from error
    if not isinstance(value, dict):
        raise SharedMissing(f"ở gốc của _shared/{name} phải là một bảng")
    return value


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    joined = dict(below)
    for name, value in above.items():
        known = joined.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            joined[name] = _over(known, value)
        else:
            joined[name] = value
    return joined
