"""Chữ gõ dở: what stands in a form is kept while one types, shown again when one comes back, and gone once it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from pipeline.errors.base import VanthuError
from pipeline.stores.registers.half_typed import HalfTypedForms, Whose
from pipeline.web.access import account_of
from pipeline.web.office import office

#: Of one form: more is no form that people filled in.
_MOST_LETTERS = 100_000
_NOT_TYPED = frozenset(("csrfmiddlewaretoken", "viec"))
_TOO_LONG = "Chữ trong trang này nhiều quá, chưa giữ được trên máy chủ. Hãy gửi trước khi đóng."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was typed earlier."""

    typed: QueryDict
    at: datetime


def keep_typed(request: HttpRequest, form: str, subject: str, *, page_at: str) -> HttpResponse:
    """Keep what is typed and say so in a few words; with «bo» forget it and go to the page of the form."""
    if request.POST.get("bo"):
        forget(request, form, subject)
        return redirect(page_at)
    fields = {
        name: [*map(str, values)] for name, values in request.POST.lists() if name not in _NOT_TYPED
    }
    page: dict[str, object] = {}
    if sum(len(one) for values in fields.values() for one in values) > _MOST_LETTERS:
        page["told"] = _TOO_LONG
    else:
        try:
            page["at"] = _forms().keep(_whose(request, form, subject), fields)
        except VanthuError as error:
            page["told"] = error.web_text
    return render(request, "da-giu.html", page)


def kept(request: HttpRequest, form: str, subject: str) -> Kept | None:
    """What this person typed and did not send."""
    found = _forms().get(_whose(request, form, subject))
    if found is None:
        return None
    typed = QueryDict(mutable=True)
    for name, values in found.fields.items():
        typed.setlist(name, values)
    return Kept(typed=typed, at=found.at)


def forget(request: HttpRequest, form: str, subject: str) -> None:
    """It was sent."""
    _forms().forget(_whose(request, form, subject))


def _whose(request: HttpRequest, form: str, subject: str) -> Whose:
    return Whose(account=account_of(request), form=form, subject=subject)


def _forms() -> HalfTypedForms:
    app = office()
    return HalfTypedForms(app.registers.db, app.clock)
