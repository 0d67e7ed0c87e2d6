"""Records → refused where one is too large; the neighbours of a giant go back with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.engines.tables_spec import Spec
from pipeline.errors.tables import TooLong


def check_records(items: list[dict[str, Any]], spec: Spec) -> None:
    """Refuse a record beyond the office's limit.

    Raises:
        TooLong (R166).
    """
    limit = spec.limits.max_record_bytes
    for item in items:
        # four bytes is the most a character takes: only long records are weighed exactly
        if sum(map(len, _strings(item["record"]))) * 4 > limit:
            size = len(json.dumps(item["record"], ensure_ascii=False).encode("utf-8", "replace"))
            if size > limit:
                label = item["place"]["label"] or "bản ghi"
                raise TooLong(f"record of {size} bytes", what=f"Nội dung ({label})", limit=limit)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _strings(item)
