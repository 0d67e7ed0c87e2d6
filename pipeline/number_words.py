"""What a number is, in the words of the books: plain, given elsewhere, kept, set aside, secret, void."""

from __future__ import annotations

from pipeline.record import Book, EntryStatus, NumberSource, SeriesKey
from pipeline.stores.registers.views import EntryView

_ELSEWHERE = {
    NumberSource.DIEN_THOAI: "Số cấp qua điện thoại",
    NumberSource.HE_THONG_KHAC: "Số cấp ở hệ thống khác",
}
_STATES = {
    EntryStatus.HELD: "Giữ số",
    EntryStatus.RESERVED: "Dành số",
    EntryStatus.USED: "Chỉ có bản giấy",
    EntryStatus.VOID: "Hủy số",
}
WORDS_OF_SECRECY = "Văn bản mật"


def series_words(key: SeriesKey) -> str:
    """A series as people speak of it: ``CV/VPTU 2025-2030``, ``ĐẾN DON-THU 2026``, ``PNX 2026``."""
    match key.book:
        case Book.DEN:
            return f"ĐẾN {key.issuer} {key.period}"
        case Book.NOI_BO:
            return f"{key.symbol} {key.period}"
        case _:
            return f"{key.symbol}/{key.issuer} {key.period}"


def is_secret(entry: EntryView) -> bool:
    """Whether the number is a secret paper's."""
    return entry.source == NumberSource.MAT


def has_date_of_paper(entry: EntryView) -> bool:
    """Whether the row's date is a paper's, not only the day on which it was set aside or passed over."""
    is_undated = entry.source in {NumberSource.DANH_SO, NumberSource.BO_QUA}
    return not is_undated or entry.status in {EntryStatus.ISSUED, EntryStatus.USED}


def state_words(entry: EntryView) -> str:
    """What became of the number; empty for a plain one."""
    if entry.status is EntryStatus.VOID:
        return _STATES[entry.status]
    if is_secret(entry):
        return WORDS_OF_SECRECY
    given = _ELSEWHERE.get(NumberSource(entry.source), "")
    if entry.status in {EntryStatus.ISSUED, EntryStatus.HELD}:
        return given or _STATES.get(entry.status, "")
    return _STATES[entry.status]


def number_phrase(entry: EntryView) -> str:
    """The same with for whom, until when, and why, for the book's remarks."""
    words = state_words(entry)
    if entry.status is EntryStatus.ISSUED or is_secret(entry):
        return words
    if entry.status is not EntryStatus.VOID:
        words += f" cho {entry.holder}" if entry.holder else ""
        is_open = entry.status is EntryStatus.RESERVED and entry.expires_on is not None
        words += f" đến {entry.expires_on:%d/%m/%Y}" if is_open else ""
    return f"{words}: {entry.reason}" if entry.reason else words
