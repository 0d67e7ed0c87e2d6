"""What can go wrong with numbers that come from elsewhere, and with the dates of numbers."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import RecordRejected


class SeriesUnknown(RecordRejected):
    """No series is called so: neither symbol, issuer, incoming book nor term are the office's."""

    code = "R144"
    clerk_template = "Không có {what} «{name}». Đang dùng: {known}. Hãy ghi lại, ví dụ {example}."


class GivenNumberUnreadable(RecordRejected):
    """The number given already is neither an ordinal nor a whole reference."""

    code = "R145"
    clerk_template = "Không đọc được số «{given}». Hãy ghi riêng số, ví dụ 128, hoặc cả số, ký hiệu, ví dụ {example}."


class NoSuffixNumber(RecordRejected):
    """A number with a letter behind it: there is no 45a."""

    code = "R146"
    clerk_template = (
        "Không có số {given}: mỗi số chỉ cấp một lần và không kèm chữ. "
        "Hãy lấy số tiếp theo, hoặc ghi đúng số đã cấp."
    )


class GivenNumberElsewhere(RecordRejected):
    """The reference that the record names belongs to another series than the record."""

    code = "R147"
    clerk_template = (
        "Số đã cấp «{given}» không thuộc dãy số của văn bản này ({example}). "
        "Hãy sửa lại số, hoặc sửa loại văn bản, cơ quan, ngày cho khớp."
    )


class NumberOfSecret(RecordRejected):
    """The ordinal belongs to a secret paper, which is never in here."""

    code = "R148"
    clerk_template = (
        "Số {ordinal} của dãy «{series}» là của văn bản mật, không vào sổ cho văn bản khác được. "
        "Hãy kiểm tra lại số đã cấp."
    )


class NumberNeverChanges(RecordRejected):
    """A record that comes late names another number than its paper has."""

    code = "R149"
    clerk_template = (
        "Văn bản này đã có {shown}; số đã cấp không đổi. Hãy bỏ «Số đã cấp» hoặc ghi đúng số ấy."
    )


class NumberNotWaiting(RecordRejected):
    """Only a held or reserved number can be confirmed as used."""

    code = "R179"
    clerk_template = (
        "«{what}» không phải là số đang giữ hoặc đang dành. Hãy kiểm tra lại số, ký hiệu."
    )


class BackdatingUnexplained(RecordRejected):
    """A date before today, or before the series' last, without the person who decided it and the reason."""

    code = "R196"
    clerk_template = (
        "Ngày {day} là lùi ngày ({why}). Hãy ghi «Người quyết định lùi ngày» và «Lý do lùi ngày», "
        "hoặc để trống ngày để lấy hôm nay."
    )


class DateFinding(RecordRejected):
    """Something odd about a number's date: stands in the book's remarks, or sends the paper back (``thu_tu_ngay``)."""

    #: For the remarks of the book.
    remark_template: ClassVar[str] = ""

    @property
    def remark(self) -> str:
        """The finding for the book."""
        return f"{self.remark_template.format_map(self.values)} ({self.code})"


class DateRunsBack(DateFinding):
    """The date is earlier than that of the number before it."""

    code = "R197"
    remark_template = "Ngày {day} trước ngày của số {other} ({other_day})"
    clerk_template = f"{remark_template}. Hãy xem lại ngày, hoặc để trống để lấy hôm nay."


class DateInFuture(DateFinding):
    """The date is later than today."""

    code = "R198"
    remark_template = "Ngày {day} sau hôm nay ({today})"
    clerk_template = f"{remark_template}. Hãy xem lại ngày."


class DateDisagrees(DateFinding):
    """The date is later than that of the number behind it, or another than was written down with the number."""

    code = "R199"
    remark_template = "Ngày {day} không khớp ngày của số {other} ({other_day})"
    clerk_template = f"{remark_template}. Hãy xem lại ngày và số đã cấp."
