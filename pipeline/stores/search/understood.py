"""What was read out of a question beside its words: to be acted on, and to be told to whoever asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

#: What stands above the hits where what alone was asked for is none of them.
OTHERS_HEADING = "Văn bản khác, gần giống"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """What alone was asked for and no paper is."""

    #: As people write it: ``213-QĐ/TW``, ``số đến 6``, ``Nguyễn Văn An``.
    written: str
    #: A number with its symbol, which papers may cite; or somebody's name.
    is_reference: bool = False
    is_name: bool = False
    #: How many papers name it in their text.
    citing: int = 0
    #: Nothing is hidden from whoever asked.
    is_of_all: bool = True

    def sentence(self) -> str:
        """What to say of it."""
        where = "trong kho" if self.is_of_all else "trong số văn bản được xem"
        if self.is_name:
            said = f"Không có văn bản nào {where} có «{self.written}»"
        else:
            said = f"{self.written} không có {where}"
        said = said[:1].upper() + said[1:]
        if self.citing:
            said += f"; {self.citing} văn bản dẫn đến văn bản này"
        return f"{said}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """How a question was taken."""

    #: Numbers of papers, as they are printed: ``213-QĐ/TW``.
    references: tuple[str, ...] = ()
    #: The days asked for, and how that was written.
    since: date | None = None
    until: date | None = None
    date_written: str = ""
    #: Only papers of these days (or about that year) are shown.
    is_date_filter: bool = False
    #: There is nothing of these days for the words: they were asked without.
    is_date_dropped: bool = False
    #: What was answered in place of raw keystrokes; empty when what was typed was answered.
    answered_for: str = ""
    #: The one paper or person asked for, where no paper is that or holds it.
    absent: Absent | None = None

    def sentences(self) -> Iterator[str]:
        """What to show above the hits, in Vietnamese."""
        if self.absent:
            yield self.absent.sentence()
        if self.answered_for:
            yield f"Đã tìm theo «{self.answered_for}» (chữ gõ khi tắt bộ gõ)."
        if self.is_date_filter:
            yield f"Chỉ hiện văn bản theo «{self.date_written}»; bỏ phần ngày để tìm tất cả."
        if self.is_date_dropped:
            yield f"Không có văn bản nào theo «{self.date_written}»; đã tìm không theo ngày."
