"""Xác thực bản sao: anyone drops a file or types a code and learns whether we issued that copy, and nothing of what it says."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.copies import Answer, Verdict, check_code, check_file, holders_of
from pipeline.errors.base import VanthuError
from pipeline.rights import Deed
from pipeline.standing import shown_of
from pipeline.web.access import Route, is_seen, rights_of
from pipeline.web.limiting import Limiter
from pipeline.web.office import office

_MOST_BYTES = 200_000_000
_LONGEST_CODE = 100
#: Of one address: so many questions in so many seconds.
_QUESTIONS = 20
_SECONDS = 60.0
#: In the folder for work that may be lost.
_COUNTED = "xac-thuc.dem"
_TOO_MANY = "Đã hỏi quá nhiều lần trong một phút. Hãy đợi một phút rồi hỏi lại."


def may_ask(request: HttpRequest) -> bool:
    """Whether the asker's address has not asked too often; it is counted."""
    limiter = Limiter(office().work_dir / _COUNTED, _QUESTIONS, _SECONDS)
    return limiter.may(str(request.META.get("REMOTE_ADDR", "")))


def check(request: HttpRequest) -> HttpResponse:
    """The page, open to the whole network."""
    if request.method != "POST":
        return render(request, "xac-thuc.html", {})
    if not may_ask(request):
        return render(request, "xac-thuc.html", {"told": _TOO_MANY}, status=429)
    code = request.POST.get("code", "").strip()
    try:
        answer = _answer(request, code)
    except VanthuError as error:
        return render(request, "xac-thuc.html", {"told": error.web_text, "code": code}, status=422)
    if answer is None:
        told = "Hãy gõ mã in trên bản sao, hoặc chọn tệp bản sao."
        return render(request, "xac-thuc.html", {"told": told, "code": code}, status=422)
    page = {"answer": _told(answer), "code": code}
    return render(request, "xac-thuc.html", page)


def what_is_told(request: HttpRequest, code: str) -> dict[str, object] | None:
    """Of the file that was sent, else of the code; None where there is neither. Raises CodeMistyped (R265)."""
    answer = _answer(request, code)
    return None if answer is None else _told(answer)


def _answer(request: HttpRequest, code: str) -> Answer | None:
    file = request.FILES.get("file")
    if file is not None:
        if not file.size or file.size > _MOST_BYTES:
            return None
        with tempfile.NamedTemporaryFile(dir=office().work_dir) as copy:
            for chunk in file.chunks():
                copy.write(chunk)
            copy.flush()
            return check_file(Path(copy.name), office())
    return check_code(code, office()) if code else None


def _told(answer: Answer) -> dict[str, object]:
    """What a stranger may know: the number and day that stand on his own sheet, and whether it holds."""
    copy = answer.copy
    return {
        "is_good": answer.verdict is Verdict.UNCHANGED,
        "is_known": answer.verdict is not Verdict.UNKNOWN,
        "words": answer.words,
        "shown": shown_of(copy) if copy else "",
        "day": copy.number.issued_on if copy and copy.number else None,
    }


def by_phone(request: HttpRequest) -> HttpResponse:
    """Somebody reads a code aloud at the telephone: one field, and at once yes or no, with number, day and holders."""
    if request.method != "POST":
        return render(request, "xac-thuc-dien-thoai.html", {})
    code = request.POST.get("code", "").strip()[:_LONGEST_CODE]
    page: dict[str, object] = {"code": code}
    if not may_ask(request):
        return render(request, "xac-thuc-dien-thoai.html", page | {"told": _TOO_MANY}, status=429)
    try:
        answer = check_code(code, office())
    except VanthuError as error:
        page["told"] = error.web_text
        return render(request, "xac-thuc-dien-thoai.html", page, status=422)
    page["answer"] = _told(answer)
    copy = answer.copy
    if copy is not None and is_seen(copy, rights_of(request), office()):
        page |= {"copy": copy, "held": holders_of(copy, office()), "remarks": answer.remarks}
    return render(request, "xac-thuc-dien-thoai.html", page)


ROUTES = (
    Route(address="xac-thuc/", view=check, name="check", deed=None, methods=("GET", "POST")),
    Route(
        address="xac-thuc/dien-thoai/",
        view=by_phone,
        name="check-phone",
        deed=Deed.SEE,
        methods=("GET", "POST"),
    ),
)
