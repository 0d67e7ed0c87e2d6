"""The families of errors: whose turn it is after each, and its words for clerk and developer.

The class decides what happens next; nobody reads message text to find out. The clerk's sentence and
the code live on the class, beside each other, so that they are changed together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

#: Of a log record: its words for whoever sits at the screen.
ON_SCREEN = "on_screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a dropped file, in the clerk's words."""

    code: str
    #: Where it is, as she sees it: ``dòng 12, cột «Ngày sinh»``, ``trang 1``; empty for the whole file.
    where: str
    #: What is wrong and what to do: one or two whole Vietnamese sentences.
    text: str
    #: The value as it was read, shortened; empty where there is none.
    was_read: str = ""
    #: Path of property names and indexes inside the record; empty for the whole record.
    path: tuple[str | int, ...] = ()

    def sentence(self) -> str:
        """The problem on one line, place first, code last."""
        return f"{self.words()} ({self.code})"

    def words(self) -> str:
        """The same without its code: for a message that has one."""
        place = f"{self.where[:1].upper()}{self.where[1:]}: " if self.where else ""
        read = f" (đọc được: «{self.was_read}»)" if self.was_read else ""
        return f"{place}{self.text}{read}"


class VanthuError(Exception):
    """Base of all our errors.

    Args:
        detail: English, lower case, for the log; ids as ``key=value``.
        values: Fill the placeholders of :attr:`clerk_template`.
    """

    code: ClassVar[str] = "X000"
    exit_status: ClassVar[int] = 1
    #: What is wrong → where → what to do; in Vietnamese, without blame.
    clerk_template: ClassVar[str] = "Có việc không như mong đợi. Hãy báo người quản trị."
    #: The same on a page of the web, where that names words of a command: what to click instead.
    web_template: ClassVar[str] = ""
    #: By which option or command that is done, said at a terminal alone: a page and a note in a folder have neither.
    terminal_hint: ClassVar[str] = ""

    def __init__(self, detail: str, **values: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.values = values

    @property
    def clerk_text(self) -> str:
        """The sentence for the clerk, with the code to say over the telephone."""
        return f"{self.clerk_template.format_map(self.values)} ({self.code})"

    @property
    def web_text(self) -> str:
        """The sentence on a page of the web."""
        template = self.web_template or self.clerk_template
        return f"{template.format_map(self.values)} ({self.code})"

    @property
    def terminal_text(self) -> str:
        """The same for whoever sits at a terminal: with the option or the command that does it."""
        words = (self.clerk_template.format_map(self.values), self.hint, f"({self.code})")
        return " ".join(filter(None, words))

    @property
    def hint(self) -> str:
        """What :attr:`terminal_text` says beside the sentence; empty where that says all."""
        return self.terminal_hint.format_map(self.values)

    def problem(self, where: str = "", was_read: str = "") -> Problem:
        """The same as a :class:`Problem`, to be told together with others."""
        text = self.clerk_template.format_map(self.values)
        return Problem(code=self.code, where=where, text=text, was_read=was_read)

    def __str__(self) -> str:
        return f"{self.code} {self.detail}"


def shown_as(words: str) -> dict[str, str]:
    """For a log line's ``extra``: what the operator sees of it at the screen, in Vietnamese."""
    return {ON_SCREEN: words}


def on_screen(error: Exception, file: str = "") -> dict[str, str]:
    """For a log line's ``extra``: what the operator sees of it at the screen, in Vietnamese, the file first.

    *file* is the name of one that is known to bear no mark of secrecy; empty where that is not known.
    """
    words = error.terminal_text if isinstance(error, VanthuError) else VanthuError.clerk_template
    return {ON_SCREEN: f"«{file}»: {words}" if file else words}


class RecordRejected(VanthuError):
    """R1xx: the clerk's turn. The file goes back to her with the reason; the neighbours go on."""

    exit_status = 2


class KindInvalid(VanthuError):
    """K2xx: the turn of whoever wrote the template or the office file. That kind stops, others run."""

    exit_status = 3


class TemporaryFailure(VanthuError):
    """T3xx: nobody's turn yet. Tried again with back-off; after five tries the operator is told."""

    exit_status = 75
    #: Seconds until the next try, where waiting longer each time makes no sense; 0 backs off.
    retry_s: ClassVar[float] = 0.0


class ArchiveCorrupted(VanthuError):
    """A4xx: the operator's turn. All writing stops."""

    exit_status = 4
