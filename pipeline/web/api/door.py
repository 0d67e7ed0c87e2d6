"""Who asks by which access code, and what every operation of the interface has in common."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Schema
from ninja.security import HttpBearer

from pipeline.errors.programs import DeedRefused, RequestWrong
from pipeline.rights import Deed
from pipeline.stores.registers.tokens import Tokens
from pipeline.web.access import actor_of
from pipeline.web.office import office


class Told(Schema, extra="forbid"):
    """What goes out or comes in: these fields and no others."""


#: A day as it is asked for; a number is none, which the libraries would take for seconds.
Day = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"})
]


def day_of(text: str | None, name: str) -> date | None:
    """The day. Raises RequestWrong (R351): there is no such day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        why = f"«{name}» không phải là ngày có thật, ghi như 2026-01-09."
        raise RequestWrong(f"no such day {text!r}", why=why) from error


class Fault(Told):
    """What went wrong."""

    #: As in docs/ma-loi.md.
    code: str
    message: str
    #: Which part of the request.
    where: str = ""


#: Every operation may answer so.
_FAULTS = frozenset((400, 401, 403, 404, 405, 422, 429, 500, 503))


class AccessCode(HttpBearer):
    """``Authorization: Bearer vt_…``; no session, no cookie."""

    def __init__(self, deed: Deed) -> None:
        super().__init__()
        self.deed = deed

    def authenticate(self, request: HttpRequest, token: str) -> bool:
        """Let the program in as the person whose code it is. Raises DeedRefused (R352)."""
        app = office()
        person = Tokens(app.registers.db, app.clock).bearer(token)
        if person is None:
            return False
        request.user = person
        if not actor_of(request).may(self.deed):
            raise DeedRefused(f"{person.account} may not {self.deed}")
        return True


def operation(
    name: str, deed: Deed | None, words: str, told: Any, *, status: int = 200, **more: Any
) -> dict[str, Any]:
    """What an operation says of itself to the router.

    Args:
        deed: None: whoever reaches this machine.
        told: The schema of its answer.
    """
    return {
        "operation_id": name,
        "url_name": name,
        "auth": None if deed is None else AccessCode(deed),
        "summary": words,
        "description": words,
        "response": {status: told, _FAULTS: Fault},
        **more,
    }
