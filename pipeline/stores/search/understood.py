"""What was read out of a question beside its words: to be acted on, and to be told to whoever asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


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

    def sentences(self) -> Iterator[str]:
        """What to show above the hits, in Vietnamese."""
        if self.answered_for:
            yield f"Đã tìm theo «{self.answered_for}» (chữ gõ khi tắt bộ gõ)."
        if self.is_date_filter:
            yield f"Chỉ hiện văn bản theo «{self.date_written}»; bỏ phần ngày để tìm tất cả."
        if self.is_date_dropped:
            yield f"Không có văn bản nào theo «{self.date_written}»; đã tìm không theo ngày."
