"""What can go wrong with registers and numbers."""

from __future__ import annotations

from dataclasses import replace

from pipeline.errors.base import ArchiveCorrupted, Problem, RecordRejected, TemporaryFailure


class DatabaseUnreachable(TemporaryFailure):
    """The database does not answer, or another program holds it too long."""

    code = "T310"
    clerk_template = "Sổ đăng ký đang bận hoặc chưa mở được. Tệp vẫn được giữ nguyên; chương trình sẽ tự làm lại."


class ClockBehind(TemporaryFailure):
    """The machine's clock stands before the newest deed: no number is given."""

    code = "T311"
    clerk_template = (
        "Đồng hồ của máy ({now}) chậm hơn việc đã ghi sổ gần nhất ({newest}), nên chưa cấp số. "
        "Hãy báo người quản trị chỉnh lại giờ máy."
    )


class TablesOutOfDate(TemporaryFailure):
    """The tables belong to an older release of the program: they are changed by ``vanthu upgrade`` alone."""

    code = "T312"
    clerk_template = (
        "Sổ đăng ký thuộc phiên bản cũ của chương trình. Hãy báo người quản trị dừng văn phòng rồi chạy "
        "«vanthu upgrade»."
    )


class TablesNewer(TablesOutOfDate):
    """The tables belong to a newer release: this program must not touch them."""

    clerk_template = "Sổ đăng ký thuộc phiên bản mới hơn của chương trình. Hãy báo người quản trị cài phiên bản mới."


class NetworkFileSystem(TemporaryFailure):
    """SQLite would lie on a network share, where its locks do not hold."""

    code = "T314"
    clerk_template = (
        "Sổ đăng ký đang nằm trên ổ mạng ({file_system}): {path}. Hãy báo người quản trị "
        "chuyển sổ về ổ đĩa của máy, hoặc dùng PostgreSQL."
    )


class SeriesLocked(TemporaryFailure):
    """The series waits until somebody has compared its last number with the paper book."""

    code = "T315"
    clerk_template = (
        "Dãy số «{series}» đang tạm khóa: {why} Hãy đối chiếu số cuối cùng trong sổ giấy rồi nhờ người quản trị "
        "xác nhận trên máy chủ. Tệp vẫn được giữ nguyên và sẽ được cấp số sau khi xác nhận."
    )
    terminal_hint = "Xác nhận: «vanthu number confirm»."
    retry_s = 30.0


class DraftOnItsWay(TemporaryFailure):
    """The newest draft is not archived yet: what would be numbered is not what was signed."""

    code = "T316"
    clerk_template = (
        "Bản dự thảo mới nhất của «{what}» chưa lưu xong vào kho nên chưa cấp số. "
        "Hãy đợi một lát rồi gọi lại."
    )
    retry_s = 1.0


class CounterBehind(ArchiveCorrupted):
    """An ordinal about to be given has a row already: the counter lags behind its book."""

    code = "A420"
    clerk_template = (
        "Bộ đếm của sổ «{series}» chậm hơn sổ. Chương trình ngừng cấp số; hãy báo người quản trị."
    )


class RulesBroken(ArchiveCorrupted):
    """The database's own rules refuse the rows of a drop, again and again: a fault of the program; nothing was written."""

    code = "A421"
    clerk_template = (
        "Sổ đăng ký không nhận bản ghi của tệp này vì trái quy tắc của sổ: đó là lỗi của chương trình, không phải của tệp. "
        "Sổ không đổi, tệp được giữ nguyên và sẽ thử lại, các tệp khác vẫn làm tiếp. Hãy báo người quản trị, kèm mã này."
    )


class UnknownDocument(RecordRejected):
    """No paper or entry of that name is in the registers."""

    code = "R170"
    clerk_template = "Không tìm thấy «{what}» trong sổ. Hãy kiểm tra lại số, ký hiệu hoặc mã."


class NumberTaken(RecordRejected):
    """The ordinal that the record names belongs to another paper."""

    code = "R171"
    clerk_template = (
        "Số {ordinal} của sổ «{series}» đã dùng cho văn bản khác. "
        "Hãy kiểm tra lại số đã cấp, hoặc để trống để chương trình cấp số tiếp theo."
    )


class NumberOutOfReach(RecordRejected):
    """The ordinal that the record names is far ahead of its book, or before its start."""

    code = "R172"
    clerk_template = (
        "Số {ordinal} nằm ngoài tầm của sổ «{series}»: sổ bắt đầu từ số {start}, số gần nhất là {last}, một lần không đi trước quá "
        "{reach} số. Chưa ghi gì. Thường là gõ nhầm hoặc đọc nhầm: hãy xem lại số trên văn bản; nếu sổ giấy đã đi xa đến "
        "đó thật thì báo người quản trị."
    )


_YES_IN_RECORD = (
    "Xác nhận: ghi «có» vào mục «Bỏ trống số ở giữa» (nhay_so) của bản ghi rồi thả lại."
)


class NumbersPassedOver(RecordRejected):
    """The ordinal lies ahead of the last one of its book, and nobody said that those between stay empty."""

    code = "R363"
    clerk_template = (
        "{standing}, số {ordinal} sẽ bỏ trống {skipped}{count}. Chưa ghi gì: hãy xem lại số trên văn bản. Nếu gõ nhầm hoặc đọc nhầm, "
        "hãy ghi số đúng; nếu đúng là số {ordinal} thì xác nhận bỏ trống, các số ấy để dành cho văn bản vào sổ sau."
    )
    terminal_hint = "Xác nhận bỏ trống: thêm --nhay-so."
    web_template = (
        "{standing}, số {ordinal} sẽ bỏ trống {skipped}{count}. Chưa ghi gì: hãy xem lại số trong dấu. Nếu gõ nhầm hoặc đọc nhầm, hãy ghi "
        "số đúng; nếu đúng thì đánh dấu vào ô dưới số ấy rồi xác nhận lại."
    )

    def problem(self, where: str = "", was_read: str = "") -> Problem:
        """Of a record: with the column that says yes."""
        told = super().problem(where, was_read)
        return replace(told, text=f"{told.text} {_YES_IN_RECORD}")


class NothingToVoid(RecordRejected):
    """The paper has no number, or its number is void already."""

    code = "R173"
    clerk_template = "«{what}» không có số còn hiệu lực để hủy. Hãy kiểm tra lại số, ký hiệu."


class NotWaiting(RecordRejected):
    """The paper does not wait for a number."""

    code = "R174"
    clerk_template = "«{what}» không chờ cấp số: {why}. Hãy xem lại văn bản."
    terminal_hint = "Xem: «vanthu show {what}»; văn bản đến chờ xác nhận: «vanthu incoming list»."
    web_template = "«{what}» không chờ cấp số: {why}. Hãy tải lại trang để xem văn bản."


class StateNotAllowed(RecordRejected):
    """The table of states knows no such change."""

    code = "R176"
    clerk_template = (
        "«{what}» đang ở trạng thái «{now}», không chuyển thành «{then}» được. "
        "Có thể chuyển thành: {allowed}."
    )


class BookClosed(RecordRejected):
    """A number is dated in a year whose book is closed."""

    code = "R200"
    clerk_template = (
        "Sổ «{book}» năm {year} đã khóa, không vào thêm số đề ngày {day}. "
        "Hãy ghi ngày của năm nay, hoặc hỏi người giữ sổ."
    )


class BookClosedAlready(RecordRejected):
    """The book of that year was closed before."""

    code = "R201"
    clerk_template = (
        "Sổ «{book}» năm {period} đã khóa từ trước; sổ chỉ khóa một lần. "
        "Sửa sau khi khóa được ghi ở cột Ghi chú khi in lại."
    )


class YearNotOver(RecordRejected):
    """A book is to be closed before its year is over, and nobody said that this is meant."""

    code = "R233"
    clerk_template = (
        "Năm {year} chưa hết nên chưa khóa sổ. Sổ đã khóa thì không mở lại được; số cấp sau đó vẫn vào sổ, cột "
        "Ghi chú nói là vào sau khi khóa. Đúng là muốn khóa ngay thì hãy xác nhận khóa."
    )
    terminal_hint = "Xác nhận: ghi thêm --yes."


class BookEmpty(RecordRejected):
    """There is nothing in the book that is to be closed."""

    code = "R202"
    clerk_template = (
        "Sổ năm {year} chưa có dòng nào, không có gì để khóa. Hãy xem lại năm và tên sổ."
    )


class DocumentInUse(RecordRejected):
    """A dropped line names a paper that is not one given back to its clerk."""

    code = "R175"
    clerk_template = "Dòng có mã «{what}» đã được nhận rồi. Hãy dùng dòng mới cho văn bản mới."
