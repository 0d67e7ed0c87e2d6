"""What went wrong → a page, or the JSON of a program, that says what, where and what to do; never a trace, never English."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from pipeline.errors.base import VanthuError
from pipeline.errors.programs import (
    DeedRefused,
    NothingThere,
    RequestWrong,
    TokenRefused,
    TooManyQuestions,
)

_STATUS = {1: 500, 2: 422, 3: 503, 4: 503, 75: 503}
#: Of those whose family says too little to a program.
_STATUS_OF: dict[type[VanthuError], int] = {
    TokenRefused: 401,
    DeedRefused: 403,
    NothingThere: 404,
    TooManyQuestions: 429,
}
#: What Django itself refuses, as a program is told.
_REFUSALS: dict[int, VanthuError] = {
    400: RequestWrong("bad request", why="địa chỉ hoặc dữ liệu gửi lên không đọc được."),
    403: DeedRefused("forbidden"),
    404: NothingThere("no such address"),
    405: RequestWrong("method not allowed", why="địa chỉ này không nhận cách gọi ấy."),
}
_PROGRAMS = "/api/"


def is_program(request: HttpRequest) -> bool:
    """Whether a program asks, which reads no pages."""
    return request.path_info.startswith(_PROGRAMS)


def for_program(error: VanthuError, *, status: int = 0, where: str = "") -> JsonResponse:
    """``{code, message, where}``; *where* only where there is a place."""
    told = {"code": error.code, "message": error.problem().text}
    response = JsonResponse(
        told | ({"where": where} if where else {}), status=status or status_of(error)
    )
    if response.status_code == _STATUS_OF[TokenRefused]:
        response["WWW-Authenticate"] = "Bearer"
    return response


def status_of(error: VanthuError) -> int:
    """Of HTTP."""
    return _STATUS_OF.get(type(error)) or _STATUS.get(error.exit_status, 500)


def refusal(status: int) -> JsonResponse:
    """What Django refused, for a program."""
    return for_program(_REFUSALS.get(status, _REFUSALS[400]), status=status)


def say(
    request: HttpRequest, title: str, sentence: str, *, status: int, code: str = ""
) -> HttpResponse:
    """A page with one sentence."""
    if is_program(request):
        if status in _REFUSALS:
            return refusal(status)
        told = {"code": code or VanthuError.code, "message": sentence}
        return JsonResponse(told, status=status)
    page = {"title": title, "sentence": sentence, "code": code}
    return render(request, "loi.html", page, status=status)


def ours(request: HttpRequest, error: VanthuError) -> HttpResponse:
    """One of our own errors: its sentence for the clerk."""
    if is_program(request):
        return for_program(error)
    return say(request, "Chưa làm được", error.web_text, status=status_of(error), code=error.code)


def forbidden(request: HttpRequest) -> HttpResponse:
    """The role does not allow it."""
    return say(
        request,
        "Không có quyền",
        "Vai trò của bạn không được làm việc này. Nếu cần, hãy nhờ văn thư hoặc người quản trị.",
        status=403,
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our page, or from one that was open too long."""
    del reason
    return say(
        request,
        "Trang đã cũ",
        "Trang này mở đã lâu hoặc trình duyệt không gửi cookie. Hãy quay lại, tải lại trang rồi gửi lần nữa; chữ đã nhập vẫn còn.",
        status=403,
    )


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400"""
    del exception
    return say(
        request, "Yêu cầu không đúng", "Địa chỉ hoặc dữ liệu gửi lên không đúng.", status=400
    )


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404"""
    del exception
    return say(
        request,
        "Không có trang này",
        "Không có gì ở địa chỉ này, hoặc bạn không được xem. Hãy tìm ở ô Tra cứu.",
        status=404,
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500"""
    return say(
        request,
        "Có lỗi trong chương trình",
        "Chương trình gặp lỗi; chưa có gì bị mất. Hãy thử lại, nếu vẫn lỗi thì báo người quản trị giờ phút này.",
        status=500,
    )
