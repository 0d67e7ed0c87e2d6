"""The table of addresses as a test asks by it: every route and operation with arguments that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

API = "/api/v1"
_PART = re.compile(r"[<{](?:[a-z]+:)?([a-z_]+)[>}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way in: a page of the table of routes, or an operation of the interface for programs."""

    name: str
    address: str
    methods: tuple[str, ...]
    is_program: bool = False

    @property
    def parameters(self) -> list[str]:
        return _PART.findall(self.address)

    def filled(self, args: Mapping[str, Any]) -> str:
        """The address with *args*, which must know each of its parameters."""
        return _PART.sub(lambda part: str(args[part[1]]), self.address)


def pages() -> list[Door]:
    from pipeline.web.urls import ROUTES

    return [Door(name=one.name, address=f"/{one.address}", methods=one.methods) for one in ROUTES]


def operations() -> Iterator[Door]:
    from pipeline.web.api.table import API as INTERFACE

    for router in INTERFACE._get_bound_routers():
        for path, view in router.path_operations.items():
            for one in view.operations:
                yield Door(
                    name=f"api {one.operation_id}",
                    address=f"{API}{path}",
                    methods=tuple(one.methods),
                    is_program=True,
                )


def doors() -> list[Door]:
    return [*pages(), *operations()]
