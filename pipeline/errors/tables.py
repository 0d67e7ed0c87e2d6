"""R150–R169: what can be wrong in a dropped table or record file, in the clerk's words."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import RecordRejected


class TableRejected(RecordRejected):
    """Base of this family.

    ``is_whole`` says whether the file is all there: a file cut off may only be growing still.
    """

    is_whole: ClassVar[bool] = True


class TableBroken(TableRejected):
    """The workbook cannot be opened although it looks like one."""

    code = "R150"
    clerk_template = "Không mở được bảng này, tệp có thể hỏng. Hãy mở bằng Excel, lưu lại (Save As, .xlsx) rồi thả lại."


class TableCutOff(TableBroken):
    """A zip without its end."""

    code = "R150"
    is_whole = False


class WrongContent(TableRejected):
    """The ending says one thing, the bytes another."""

    code = "R151"
    clerk_template = (
        "Tệp có đuôi «{suffix}» nhưng bên trong là {found}. "
        "Hãy mở bằng Excel, chọn Save As với kiểu Excel Workbook (.xlsx) rồi thả lại."
    )


class TableTooLarge(TableRejected):
    """Unpacked it would be beyond the limits."""

    code = "R152"
    clerk_template = (
        "Bảng quá lớn khi mở ra: {what} (mức cho phép {limit}). "
        "Hãy chép các dòng cần dùng sang bảng mới, chia làm nhiều tệp nếu cần, rồi thả lại."
    )


class TooManyRows(TableRejected):
    """More records than the office takes in one file."""

    code = "R153"
    clerk_template = "Tệp có hơn {limit} dòng, quá mức cho một lần thả. Hãy chia danh sách thành nhiều tệp rồi thả lại."


class HeadingsNotFound(TableRejected):
    """No row looks like headings of this kind."""

    code = "R154"
    clerk_template = (
        "Không tìm thấy hàng tiêu đề của «{kind_title}» trong bảng. Cần ít nhất {needed} cột trong số: {titles}. "
        "Hãy đặt tên cột như vậy ở một hàng phía trên dữ liệu rồi thả lại."
    )


class NoRecords(TableRejected):
    """Nothing to do in it."""

    code = "R155"
    clerk_template = (
        "Tệp không có bản ghi nào. Hãy điền ít nhất một dòng dưới hàng tiêu đề rồi thả lại."
    )


class TextBroken(TableRejected):
    """JSON or YAML that does not parse."""

    code = "R156"
    clerk_template = "Tệp viết sai quy cách {language} ở dòng {line}, ký tự thứ {column}: {why}. Hãy sửa chỗ đó rồi thả lại."


class TextCutOff(TextBroken):
    """The text ends in the middle."""

    code = "R156"
    clerk_template = (
        "Tệp {language} bị đứt ở cuối (dòng {line}): {why}. Hãy lưu lại tệp cho đủ rồi thả lại."
    )
    is_whole = False


class KeyTwice(TableRejected):
    """One name, two values."""

    code = "R157"
    clerk_template = (
        "Mục «{key}» có mặt hai lần (lần hai ở dòng {line}). Hãy bỏ bớt một lần rồi thả lại."
    )


class NotANumber(TableRejected):
    """NaN, Infinity, or a number too big to be one."""

    code = "R158"
    clerk_template = (
        "Giá trị «{value}» ở dòng {line} không phải là một số dùng được. Hãy ghi lại rồi thả lại."
    )


class TooDeep(TableRejected):
    """Brackets in brackets in brackets."""

    code = "R159"
    clerk_template = "Nội dung lồng vào nhau quá {limit} tầng (dòng {line}). Hãy viết lại đơn giản hơn rồi thả lại."


class AliasRefused(TableRejected):
    """YAML anchors, aliases and tags: a way to make a small file huge, never needed here."""

    code = "R160"
    clerk_template = (
        "Dòng {line} dùng ký hiệu đặc biệt của YAML («{mark}») mà chương trình không nhận. "
        "Hãy ghi thẳng giá trị vào chỗ đó (đặt trong dấu ngoặc kép nếu cần) rồi thả lại."
    )


class NotARecord(TableRejected):
    """A list or word where a record should be."""

    code = "R161"
    clerk_template = (
        "{place} không phải là một bản ghi gồm các mục «tên: giá trị». "
        "Hãy sửa lại theo mẫu ở tệp ĐỌC TÔI rồi thả lại."
    )


class CellError(TableRejected):
    """A cell that shows an error or has no value yet."""

    code = "R162"
    clerk_template = "Ô {cell} {what}. Hãy gõ thẳng giá trị vào ô rồi thả lại."


class DateLooksSwapped(TableRejected):
    """Month and day seem to have changed places."""

    code = "R163"
    clerk_template = (
        "Ô {cell}: ngày và tháng có thể đã bị đảo. Có phải là ngày {likely}? "
        "Hãy định dạng cột là Văn bản (Text), ghi lại theo ngày/tháng/năm rồi thả lại."
    )


class ZerosLost(TableRejected):
    """A number that should begin with zeros."""

    code = "R164"
    clerk_template = (
        "Ô {cell} là số, có thể đã mất số 0 ở đầu (cột này thường có {digits} chữ số). "
        "Hãy định dạng ô là Văn bản (Text), gõ lại đủ chữ số rồi thả lại."
    )


class LineCodeWrong(TableRejected):
    """A code in «Mã dòng» that cannot be ours, or is there twice."""

    code = "R165"
    clerk_template = (
        "Mã dòng ở ô {cell} {what}. Nếu đây là dòng mới, hãy xóa trắng ô mã này; "
        "nếu là dòng cũ, hãy chép lại mã từ tệp đã trả, rồi thả lại."
    )


class TooLong(TableRejected):
    """More text than one field or record may hold."""

    code = "R166"
    clerk_template = "{what} dài quá {limit} ký tự. Hãy rút ngắn hoặc chuyển phần dài sang tài liệu kèm theo rồi thả lại."


class EncodingUnknown(TableRejected):
    """Bytes that are no text we know."""

    code = "R167"
    clerk_template = (
        "Không đọc được chữ trong tệp (dòng {line}): tệp không ở dạng Unicode. "
        "Hãy lưu lại với bảng mã UTF-8 rồi thả lại."
    )


class PasswordProtected(TableRejected):
    """The workbook is encrypted."""

    code = "R168"
    clerk_template = "Tệp có đặt mật khẩu nên không mở được. Hãy bỏ mật khẩu (File › Info › Protect Workbook) rồi thả lại."


class ColumnsDisagree(TableRejected):
    """Two columns of one property hold different values in a row."""

    code = "R169"
    clerk_template = (
        "Hai cột cùng nghĩa «{title}» có giá trị khác nhau («{first}» và «{second}»). "
        "Hãy để lại một giá trị đúng rồi thả lại."
    )
