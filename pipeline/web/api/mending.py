"""What is wrong with a request, as the libraries tell it → our own errors, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from pipeline.errors.base import VanthuError
from pipeline.errors.programs import NothingThere, RequestWrong, TokenRefused
from pipeline.web.faults import for_program, refusal

_MOST_TOLD = 10
#: Kind of fault → what is wrong with the value; the braces are its bounds.
_WORDS: Mapping[str, str] = {
    "missing": "còn thiếu",
    "extra_forbidden": "không có mục này",
    "int_parsing": "phải là số nguyên",
    "int_type": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "greater_than_equal": "phải từ {ge} trở lên",
    "less_than_equal": "không được quá {le}",
    "string_type": "phải là chữ",
    "string_too_long": "không được dài quá {max_length} ký tự",
    "string_too_short": "phải có ít nhất {min_length} ký tự",
    "string_unicode": "có ký tự không đọc được",
    "string_pattern_mismatch": "không đúng dạng (ngày thì ghi như 2026-01-09)",
    "too_long": "không được quá {max_length} mục",
    "too_short": "phải có ít nhất {min_length} mục",
    "list_type": "phải là một danh sách",
    "bool_parsing": "chỉ có thể là true hoặc false",
    "bool_type": "chỉ có thể là true hoặc false",
    "enum": "không phải là một trong các giá trị được nhận",
    "literal_error": "không phải là một trong các giá trị được nhận",
}
_OTHER = "có giá trị không dùng được"


def mend(api: NinjaAPI) -> None:
    """Have *api* answer in our words."""
    api.add_exception_handler(VanthuError, _ours)
    api.add_exception_handler(Http404, _nothing)
    api.add_exception_handler(AuthenticationError, _not_in)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(ValidationError, _wrong)
    api.add_exception_handler(SuspiciousOperation, _suspicious)
    api.add_exception_handler(MultiPartParserError, _unreadable)


def _ours(request: HttpRequest, error: Any) -> HttpResponse:
    del request
    return for_program(error)


def _nothing(request: HttpRequest, error: Any) -> HttpResponse:
    del request, error
    return for_program(NothingThere("nothing there"))


def _not_in(request: HttpRequest, error: Any) -> HttpResponse:
    del request, error
    return for_program(TokenRefused("no or wrong token"))


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    del request, error
    return refusal(400)


def _suspicious(request: HttpRequest, error: Any) -> HttpResponse:
    del request
    if isinstance(error, RequestDataTooBig):
        why = "dữ liệu gửi lên quá lớn; tệp thì gửi ở mục «file»."
        return for_program(RequestWrong("request too big", why=why), status=400)
    return refusal(400)


def _wrong(request: HttpRequest, error: Any) -> HttpResponse:
    del request
    faults: list[dict[str, Any]] = error.errors
    if all(fault["loc"][0] == "path" for fault in faults):
        return for_program(NothingThere("no such id"))
    sentences = dict.fromkeys(_sentence(fault) for fault in faults[:_MOST_TOLD])
    why = f"{'; '.join(sentences)}."
    return for_program(RequestWrong("invalid request", why=why), where=_place(faults[0]["loc"]))


def _sentence(fault: Mapping[str, Any]) -> str:
    words = _WORDS.get(fault["type"], _OTHER).format_map(fault.get("ctx") or {})
    place = _place(fault["loc"]).partition(".")[2]
    return f"«{place}» {words}" if place else f"nội dung gửi lên {words}"


def _place(path: Iterable[str | int]) -> str:
    """``body.recipients.0``: names that somebody else made up are cut short."""
    return ".".join(str(part)[:60] for part in path)
