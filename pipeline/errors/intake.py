"""R180–R199, R355, R376, T360–T369: what can go wrong at the door."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected, TemporaryFailure


class NoSuchFolder(RecordRejected):
    """A file lies where no kind lives."""

    code = "R180"
    clerk_template = (
        "Tệp «{file}» nằm ở «{folder}», nơi không có loại văn bản nào. "
        "Hãy thả lại vào một trong các thư mục: {folders}."
    )


class UnknownFormat(RecordRejected):
    """The ending is none we read for this kind."""

    code = "R181"
    clerk_template = (
        "Thư mục «{folder}» không nhận tệp loại «{suffix}». Thư mục này nhận: {accepted}. "
        "Hãy chuyển tệp sang một trong các loại đó rồi thả lại."
    )


class FileTooLarge(RecordRejected):
    """Over the office's limit of size."""

    code = "R182"
    clerk_template = (
        "Tệp «{file}» nặng {size_mb} MB, quá mức {limit_mb} MB của cơ quan. "
        "Hãy chia nhỏ tệp hoặc quét lại ở 200–300 dpi rồi thả lại."
    )


class FileEmpty(RecordRejected):
    """Nothing in the file."""

    code = "R183"
    clerk_template = "Tệp «{file}» rỗng, không có gì bên trong. Hãy lưu lại tệp rồi thả lại."


class SecrecyMark(RecordRejected):
    """A mark of secrecy: the file is left where it lies."""

    code = "R184"
    clerk_template = (
        "Trong thư mục «{folder}» có tệp mang dấu chỉ độ mật. Máy này không nhận văn bản mật; tệp vẫn nằm ở đó, trên máy chủ, "
        "chương trình chưa chép thêm, chưa ghi lại ở đâu. Hãy lấy tệp ra, chuyển sang máy dành riêng cho văn bản mật; gửi từ trang web thì nhờ "
        "văn thư lấy ra khỏi thư mục chung. Nếu văn bản đã được giải mật, đặt bên cạnh một bản ghi cùng tên có giai_mat_so và giai_mat_ngay."
    )


class SecrecyDoubtful(RecordRejected):
    """Something looks like a mark of secrecy: the file is left where it lies until the clerk says."""

    code = "R195"
    clerk_template = (
        "Trong thư mục «{folder}» có tệp mà đầu trang có chữ giống dấu chỉ độ mật, chương trình không chắc. "
        "Tệp vẫn nằm ở đó, chương trình chưa chép thêm, chưa ghi lại ở đâu. Nếu đúng là văn bản mật, hãy chuyển sang máy dành riêng. "
        "Nếu không phải, văn thư bấm «Đã xem, không mật» ở trang Đang xử lý, hoặc đặt bên cạnh một tệp thông tin cùng tên "
        "(json) có ghi mục do_mat là «không»."
    )
    web_template = (
        "Đầu trang có chữ giống dấu chỉ độ mật, chương trình không chắc. Tệp vẫn nằm ở thư mục chung, chương trình chưa chép thêm, chưa ghi lại ở đâu. Hãy tự mở xem "
        "trang đầu trong thư mục chung. Nếu là văn bản mật, hãy chuyển sang máy dành riêng. Nếu không phải, người có tài khoản văn thư bấm «Đã xem, không mật»."
    )


class SecrecyUnlooked(RecordRejected):
    """There was no time to see whether it bears a mark of secrecy: the file is left where it lies until the clerk says."""

    code = "R355"
    clerk_template = (
        "Trong thư mục «{folder}» có tệp chưa xem xong dấu đóng và hình ở đầu trang để tìm dấu chỉ độ mật, vì máy quá bận "
        "hoặc bản quét quá nặng. Tệp vẫn nằm ở đó, chương trình chưa chép thêm, chưa ghi lại ở đâu. Hãy tự mở xem trang đầu. Nếu là văn bản mật, hãy "
        "chuyển sang máy dành riêng. Nếu không phải, văn thư bấm «Đã xem, không mật» ở trang Đang xử lý, hoặc đặt bên cạnh một "
        "tệp thông tin cùng tên (json) có ghi mục do_mat là «không». Chưa ai nói gì thì chương trình tự xem lại vài lần trong hai giờ."
    )
    web_template = (
        "Chưa xem xong dấu đóng và hình ở đầu trang để tìm dấu chỉ độ mật, vì máy quá bận hoặc bản quét quá nặng. Tệp vẫn nằm ở "
        "thư mục chung, chương trình chưa chép thêm, chưa ghi lại ở đâu. Hãy tự mở xem trang đầu trong thư mục chung. Nếu là văn bản mật, hãy chuyển sang máy dành "
        "riêng. Nếu không phải, người có tài khoản văn thư bấm «Đã xem, không mật». Chưa ai nói gì thì chương trình tự xem lại vài lần trong hai giờ."
    )


class NothingWaitsThere(RecordRejected):
    """«Not secret» said of a file that does not wait for it: taken in, taken out, or another one by now."""

    code = "R376"
    clerk_template = (
        "Không có tệp nào như vậy đang chờ lời «không mật»: tệp đã được nhận, đã được lấy ra, hoặc vừa đổi. Hãy xem lại trang "
        "Đang xử lý."
    )


class PaperMissing(RecordRejected):
    """A record for a paper that never came."""

    code = "R185"
    clerk_template = (
        "Có tệp thông tin «{file}» nhưng không có văn bản PDF cùng tên, cũng chưa có văn bản nào cùng tên "
        "đã vào sổ. Hãy thả lại cả hai tệp cùng tên."
    )


class RecordsInPaperFolder(RecordRejected):
    """The record beside a paper holds several records."""

    code = "R186"
    clerk_template = (
        "Tệp thông tin «{file}» có {count} bản ghi, cần đúng một bản ghi cho một văn bản. "
        "Hãy để lại một bản ghi rồi thả lại."
    )


class AlreadyNumbered(RecordRejected):
    """The same deed already has a number, but the content differs now."""

    code = "R187"
    clerk_template = (
        "Đã có {shown} cho cùng việc này (vào sổ ngày {when}), nhưng nội dung lần này khác: {differences}. "
        "Số đã cấp không đổi được bằng cách thả lại. Hãy cho biết ý định rồi thả lại: {choices}."
    )


class HeldByNeighbours(RecordRejected):
    """The list asked to be held until all its rows are clean."""

    code = "R188"
    clerk_template = (
        "Dòng này đúng, nhưng danh sách yêu cầu chỉ cấp số khi mọi dòng đều đúng. "
        "Hãy sửa các dòng được tô màu rồi thả lại cả danh sách."
    )


class NothingInside(RecordRejected):
    """A list without a single record."""

    code = "R189"
    clerk_template = "Tệp «{file}» không có dòng nào để xử lý. Hãy điền ít nhất một dòng dưới hàng tiêu đề rồi thả lại."


class KilledItsWorker(RecordRejected):
    """Twice the child that worked on it had to be stopped."""

    code = "R190"
    clerk_template = (
        "Đã hai lần thử xử lý tệp «{file}» nhưng đều phải dừng vì quá thời gian hoặc quá bộ nhớ cho phép. "
        "{advice}"
    )

    @classmethod
    def at(cls, detail: str, *, file: str, suffix: str) -> KilledItsWorker:
        """In the words that fit what was dropped: a paper, a list, or a record."""
        advice = _AFTER_KILLS.get(suffix.lower(), _AFTER_KILLS[""])
        return cls(detail, file=file, advice=advice)


_MEND_LIST = (
    "Bảng có thể quá dài hoặc có dòng quá nhiều chữ. Hãy chia bảng thành vài tệp, xem lại các ô dài bất thường, "
    "lưu lại rồi thả lại."
)
_MEND_RECORD = "Bản ghi có thể có mục quá dài hoặc quá nhiều mục. Hãy rút gọn hoặc chia thành nhiều tệp rồi thả lại."
_AFTER_KILLS = {
    "": "Tệp có thể hỏng. Hãy mở ra, lưu lại (hoặc in ra PDF mới) rồi thả lại.",
    **dict.fromkeys((".csv", ".xlsx", ".xls", ".ods"), _MEND_LIST),
    **dict.fromkeys((".json", ".yaml", ".yml"), _MEND_RECORD),
}


class SourcePaperUnknown(RecordRejected):
    """A copy is asked of a paper we do not hold."""

    code = "R191"
    clerk_template = (
        "Không tìm thấy văn bản «{reference}» trong sổ để sao. "
        "Hãy kiểm tra lại số, ký hiệu, hoặc đưa văn bản đó vào sổ trước."
    )


class SourcePaperAmbiguous(RecordRejected):
    """The reference fits several papers."""

    code = "R192"
    clerk_template = (
        "Có {count} văn bản cùng số, ký hiệu «{reference}»: {candidates}. "
        "Hãy ghi mã văn bản thay cho số, ký hiệu để chỉ đúng một văn bản."
    )


class CopyNotAllowed(RecordRejected):
    """The paper may not be copied this way."""

    code = "R193"
    clerk_template = "Không sao được «{reference}»: {why} Hãy chọn văn bản khác."


class TwinInList(RecordRejected):
    """Two rows of one list are the same deed with different content."""

    code = "R194"
    clerk_template = (
        "Trùng với {other} trong cùng danh sách nhưng khác: {differences}. "
        "Hãy xóa dòng thừa hoặc sửa lại cho đúng."
    )


class FileChangedWhileRead(TemporaryFailure):
    """Somebody wrote into it between our look and our copy."""

    code = "T360"
    clerk_template = "Tệp đang được ghi dở, sẽ xử lý khi ghi xong."


class DiskAlmostFull(TemporaryFailure):
    """Too little room to take anything in safely."""

    code = "T361"
    clerk_template = (
        "Ổ đĩa của máy chủ chỉ còn {free_mb} MB (cần ít nhất {need_mb} MB), tạm dừng nhận tệp. "
        "Tệp vẫn nằm nguyên trong thư mục. Hãy báo người quản trị dọn ổ đĩa."
    )


class InboxMissing(TemporaryFailure):
    """The inbox is not there: a share that dropped."""

    code = "T362"
    clerk_template = (
        "Không thấy thư mục nhận tệp. Có thể ổ mạng đang mất kết nối; sẽ tiếp tục khi có lại. "
        "Nếu kéo dài, hãy báo người quản trị."
    )


class FileUnreadable(TemporaryFailure):
    """We may not read or move it."""

    code = "T363"
    clerk_template = (
        "Không đọc được tệp «{file}» vì thiếu quyền. Tệp vẫn nằm nguyên. "
        "Hãy báo người quản trị mở quyền đọc cho tệp này."
    )


class ArchiveNotWritable(TemporaryFailure):
    """The file can be read, but the archive's disk does not take a copy."""

    code = "T364"
    clerk_template = (
        "Máy chủ chưa ghi được vào kho nên tạm dừng nhận tệp; sẽ tự tiếp tục khi ghi được. "
        "Tệp vẫn nằm nguyên trong thư mục. Hãy báo người quản trị xem lại ổ đĩa của kho."
    )


class SourceNotReady(TemporaryFailure):
    """The paper to be copied is on its way: dropped, or numbered, but not yet in the archive."""

    code = "T366"
    retry_s = 1.0
    clerk_template = "Văn bản cần sao đang được nhận, sẽ sao khi văn bản ấy vào kho."


class FolderFull(TemporaryFailure):
    """So many files of one name lie there that no name is left."""

    code = "T368"
    clerk_template = (
        "Thư mục «{folder}» đã có quá nhiều tệp tên «{file}» chưa được nhận. "
        "Hãy đợi chương trình nhận bớt, hoặc đổi tên tệp rồi gửi lại."
    )
