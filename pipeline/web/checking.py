"""Xác thực bản sao: anyone drops a file or types a code and learns whether we issued that copy, and nothing of what it says."""

from __future__ import annotations

import tempfile
import time
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.copies import VERDICT_WORDS, Answer, Verdict, check_code, check_file
from pipeline.errors.base import VanthuError
from pipeline.standing import shown_of
from pipeline.web.access import Route
from pipeline.web.office import office

_MOST_BYTES = 200_000_000
#: Of one address: so many questions in so many seconds.
_QUESTIONS = 20
_SECONDS = 60.0
_REMEMBERED = 10_000


class Limiter:
    """Counts the questions of each address in this process."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._asked: OrderedDict[str, list[float]] = OrderedDict()
        self._turn = Lock()

    def may(self, address: str) -> bool:
        """Whether one more is allowed now; it is counted when it is."""
        now = time.monotonic()
        with self._turn:
            times = [one for one in self._asked.pop(address, []) if now - one < self._seconds]
            is_allowed = len(times) < self._most
            self._asked[address] = [*times, now] if is_allowed else times
            while len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)
        return is_allowed


_LIMITER = Limiter(_QUESTIONS, _SECONDS)


def check(request: HttpRequest) -> HttpResponse:
    """The page, open to the whole network."""
    if request.method != "POST":
        return render(request, "xac-thuc.html", {})
    if not may_ask(request):
        told = "Đã hỏi quá nhiều lần trong một phút. Hãy đợi một phút rồi hỏi lại."
        return render(request, "xac-thuc.html", {"told": told}, status=429)
    code = request.POST.get("code", "").strip()
    try:
        answer = _answer(request, code)
    except VanthuError as error:
        return render(
            request, "xac-thuc.html", {"told": error.clerk_text, "code": code}, status=422
        )
    if answer is None:
        told = "Hãy gõ mã in trên bản sao, hoặc chọn tệp bản sao."
        return render(request, "xac-thuc.html", {"told": told, "code": code}, status=422)
    page = {"answer": _told(answer), "code": code}
    return render(request, "xac-thuc.html", page)


def may_ask(request: HttpRequest) -> bool:
    """Whether the asker's address has not asked too often; it is counted."""
    return _LIMITER.may(str(request.META.get("REMOTE_ADDR", "")))


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
        "words": VERDICT_WORDS[answer.verdict],
        "shown": shown_of(copy) if copy else "",
        "day": copy.number.issued_on if copy and copy.number else None,
    }


ROUTES = (Route(address="xac-thuc/", view=check, name="check", deed=None, methods=("GET", "POST")),)
