"""What many tests need: an office, an example record, the material beside the checkout."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import OFFICE_ZONE, FixedClock
from pipeline.config import OFFICE_FILE, Office, load_office
from pipeline.kinds import shipped_templates_dir

ROOT = Path(__file__).resolve().parent.parent
#: A Monday on which all examples are in the past.
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=OFFICE_ZONE)


def make_clock(moment: datetime = MONDAY) -> FixedClock:
    return FixedClock(moment)


def office_table() -> dict[str, Any]:
    """The shipped office file as data, to be changed by a test."""
    return tomllib.loads((shipped_templates_dir() / "vanthu.toml.mau").read_text(encoding="utf-8"))


def mark_table() -> dict[str, Any]:
    """``[data.dau_den]`` of the incoming papers that we ship."""
    text = (shipped_templates_dir() / "van-ban-den" / "kind.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["data"]["dau_den"]
    return table


def make_office(tmp_path: Path, **overrides: Any) -> Office:
    """A real office in *tmp_path*; top-level keys of the file may be replaced (tables are merged)."""
    table = office_table()
    for key, value in overrides.items():
        table[key] = table[key] | value if isinstance(value, dict) and key in table else value
    (tmp_path / OFFICE_FILE).write_text(to_toml(table), encoding="utf-8")
    return load_office(tmp_path)


def to_toml(table: dict[str, Any], path: str = "") -> str:
    """*table* as TOML: values first, then tables."""
    lines, tables = [], []
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            tables.append(f"\n[{name}]\n{to_toml(value, name)}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            tables += [f"\n[[{name}]]\n{to_toml(item, name)}" for item in value]
        else:
            lines.append(f"{key} = {_scalar(value)}\n")
    return "".join(lines + tables)


def _scalar(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def example(kind: str, name: str) -> dict[str, Any]:
    """A record of a shipped kind's ``examples/``; ``sai/…`` for one that must be refused (without ``_loi``)."""
    path = shipped_templates_dir() / kind / "examples" / f"{name}.json"
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    record.pop("_loi", None)
    return record


def shared_path(*parts: str) -> Path:
    """A file or folder of the material beside the checkout; the test is skipped where it is absent."""
    path = ROOT.parent.joinpath("shared", *parts)
    if not path.exists():
        pytest.skip(f"no {path}")
    return path
