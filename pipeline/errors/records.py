"""R100–R119: what can be wrong in a record, in the schema's titles."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected


class RecordNotObject(RecordRejected):
    """A list, a word or nothing where a record should be."""

    code = "R100"
    clerk_template = (
        "Chỗ này phải là một bản ghi gồm các mục có tên. Hãy xem lại tệp mẫu của loại văn bản này."
    )


class FieldMissing(RecordRejected):
    """A required property is absent or empty."""

    code = "R102"
    clerk_template = "Còn thiếu «{title}». Hãy điền vào."


class FieldUnknown(RecordRejected):
    """A property no schema knows."""

    code = "R103"
    clerk_template = "Không có mục nào tên «{name}». {nearest}"


class WrongShape(RecordRejected):
    """A number where words should be, words where a list should be …"""

    code = "R104"
    clerk_template = "«{title}» cần là {expected}. Hãy sửa lại."


class DateUnreadable(RecordRejected):
    """Not a day, or a day that does not exist."""

    code = "R105"
    clerk_template = "«{title}» không phải là một ngày có thật. Hãy ghi theo ngày/tháng/năm{also}, ví dụ {example}."


class NotInList(RecordRejected):
    """Outside the list of allowed values."""

    code = "R106"
    clerk_template = "«{title}» chỉ nhận một trong: {allowed}. Hãy chọn một giá trị trong đó."


class TextTooLong(RecordRejected):
    """More characters than the paper has room for."""

    code = "R107"
    clerk_template = "«{title}» dài {length} ký tự, nhiều nhất được {limit}. Hãy viết gọn lại."


class TextTooShort(RecordRejected):
    """Fewer characters than can be right."""

    code = "R108"
    clerk_template = "«{title}» quá ngắn, ít nhất {limit} ký tự. Hãy ghi đầy đủ."


class NumberOutOfRange(RecordRejected):
    """Too small or too large."""

    code = "R109"
    clerk_template = "«{title}» phải {bound} {limit}. Hãy xem lại con số."


class PatternBroken(RecordRejected):
    """Not written as the schema asks."""

    code = "R110"
    clerk_template = "«{title}» chưa viết đúng cách. {description}"


class YesNoUnreadable(RecordRejected):
    """Neither yes nor no."""

    code = "R111"
    clerk_template = (
        "«{title}» chỉ nhận có hoặc không. Hãy ghi «có», «x» hoặc «không», hoặc để trống."
    )


class HourUnreadable(RecordRejected):
    """Not an hour of the day."""

    code = "R112"
    clerk_template = "«{title}» không phải là một giờ trong ngày. Hãy ghi như 14 giờ 30 hoặc 14:30."


class CountOfItems(RecordRejected):
    """Too few or too many entries in a list."""

    code = "R113"
    clerk_template = "«{title}» có {count} dòng, {bound} {limit}. Hãy bớt hoặc thêm dòng."


class RuleBroken(RecordRejected):
    """A rule of the kind; the sentence is the kind's."""

    code = "R114"
    clerk_template = "{message}"


class NotANumber(RecordRejected):
    """NaN, infinity, or more digits than a number of this kind can have."""

    code = "R115"
    clerk_template = "«{title}» không phải là một con số dùng được. Hãy ghi lại bằng chữ số."


class SchemaBroken(RecordRejected):
    """Any other keyword of JSON Schema."""

    code = "R116"
    clerk_template = "«{title}» chưa hợp lệ theo mẫu ({keyword}). {description}"


class SecretRecord(RecordRejected):
    """The record itself says that the paper is secret."""

    code = "R117"
    clerk_template = "Bản ghi có «Độ mật». Máy này không nhận văn bản mật. Hãy xử lý theo đường văn bản mật của cơ quan."
