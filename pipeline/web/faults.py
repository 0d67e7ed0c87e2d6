"""What went wrong → a page that says what, where and what to do; never a trace, never English."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.errors.base import VanthuError

_STATUS = {1: 500, 2: 422, 3: 503, 4: 503, 75: 503}


def say(
    request: HttpRequest, title: str, sentence: str, *, status: int, code: str = ""
) -> HttpResponse:
    """A page with one sentence."""
    page = {"title": title, "sentence": sentence, "code": code}
    return render(request, "loi.html", page, status=status)


def ours(request: HttpRequest, error: VanthuError) -> HttpResponse:
    """One of our own errors: its sentence for the clerk."""
    status = _STATUS.get(error.exit_status, 500)
    return say(request, "Chưa làm được", error.clerk_text, status=status, code=error.code)


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
