"""What every request passes through: our errors become sentences, and no page is kept by others."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from pipeline.errors.base import VanthuError
from pipeline.web.faults import is_program, ours, refusal

#: Pages tell of papers: neither a proxy nor a shared browser keeps them.
_PRIVATE = "private, no-store"


class our_errors:  # noqa: N801 -- middleware is named in settings like a function
    """Turn what our own code raises into a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        response = self._get_response(request)
        if response.status_code == 405 and is_program(request):
            allowed = response["Allow"]
            response = refusal(405)
            response["Allow"] = allowed
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = _PRIVATE
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """A sentence for what we raised; Django's own way for the rest."""
        return ours(request, exception) if isinstance(exception, VanthuError) else None
