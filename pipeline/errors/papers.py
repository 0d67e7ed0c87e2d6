"""What can be wrong with a paper from outside: R130–R149. The file goes back to the clerk."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected


class PaperUnreadable(RecordRejected):
    """No engine can open it: not a PDF, cut short, or damaged beyond reading."""

    code = "R130"
    clerk_template = (
        "Tệp không mở được: không phải văn bản PDF hoặc đã hỏng. "
        "Hãy mở thử trên máy của đồng chí, quét hoặc xuất lại rồi thả lại tệp mới."
    )


class PaperIsProgram(RecordRejected):
    """It is a program under the name of a paper."""

    code = "R356"
    clerk_template = (
        "Tệp này là một chương trình, không phải văn bản, dù tên tệp mang đuôi của văn bản. Đừng mở tệp trên máy nào; "
        "hãy báo người quản trị máy và cho biết tệp lấy từ đâu."
    )


class PaperLocked(RecordRejected):
    """It opens only with a password or with somebody's certificate."""

    code = "R131"
    clerk_template = (
        "Tệp bị khóa bằng mật khẩu hoặc chứng thư. "
        "Hãy đề nghị nơi gửi cung cấp bản không khóa, hoặc mở khóa rồi thả lại."
    )


class PaperTooLong(RecordRejected):
    """More pages than the office's limit."""

    code = "R132"
    clerk_template = (
        "Tệp có {pages} trang, quá giới hạn {max_pages} trang. "
        "Hãy tách thành nhiều tệp hoặc đề nghị người quản trị nâng giới hạn."
    )


class PaperEmpty(RecordRejected):
    """A PDF without a single page."""

    code = "R133"
    clerk_template = "Tệp không có trang nào. Hãy quét hoặc xuất lại rồi thả lại tệp mới."


class PaperNotShown(RecordRejected):
    """It opens but its first page can be drawn by no engine, so nobody could ever read or print it."""

    code = "R134"
    clerk_template = (
        "Tệp mở được nhưng trang 1 không hiển thị được. Hãy quét hoặc xuất lại rồi thả lại tệp mới."
    )


class MarkInvalid(RecordRejected):
    """The drawn mark or copy block that was to be placed is not a PDF of one page."""

    code = "R135"
    clerk_template = (
        "Mẫu dấu hoặc khối sao không dùng được. Hãy báo người quản trị xem lại biểu mẫu."
    )


class FactsNotRead(RecordRejected):
    """The register asks for more than the paper and its record tell for certain."""

    code = "R136"
    clerk_template = (
        "Đọc được trên văn bản: {read}. Chưa đọc chắc được: {missing}. Hãy đặt bên cạnh văn bản một tệp thông tin "
        "cùng tên ({companion}) ghi các mục: {keys}; rồi thả lại cả hai."
    )


class NumberOfAnother(RecordRejected):
    """The number printed on the paper is not one that these facts can have."""

    code = "R137"
    clerk_template = (
        "Trên văn bản in sẵn số «{printed}», nhưng {why} Văn bản không được in hai số khác nhau: "
        "hãy sửa lại số trên văn bản hoặc thông tin kèm theo rồi thả lại."
    )


class BundleBroken(RecordRejected):
    """The ZIP cannot be opened, or a member would leave its folder."""

    code = "R138"
    clerk_template = "Tệp nén không mở được hoặc có tên tệp không hợp lệ bên trong. Hãy nén lại văn bản và phụ lục rồi thả lại."


class BundleLocked(RecordRejected):
    """The ZIP or a member asks for a password."""

    code = "R139"
    clerk_template = "Tệp nén có đặt mật khẩu. Hãy nén lại không mật khẩu rồi thả lại."


class BundleTooLarge(RecordRejected):
    """Too many or too large members."""

    code = "R230"
    clerk_template = "Tệp nén chứa {what}, quá mức cho phép ({limit}). Hãy bỏ bớt hoặc chia thành nhiều tệp rồi thả lại."


class NumberBeforeIssue(RecordRejected):
    """A number that people tell for a draft, which has none."""

    code = "R238"
    clerk_template = (
        "Văn bản là dự thảo {shown}, chưa được cấp số, mà tệp thả vào ghi số «{given}». Hãy bỏ số ấy rồi thả lại; "
        "ký xong thì cấp số cho dự thảo {shown}. Nếu số ấy đã cấp ở ngoài: rút dự thảo (thu hồi, có lý do), rồi "
        "thả lại tệp này kèm tệp thông tin có «so_da_cap» và «cap_them: có»."
    )
    terminal_hint = (
        "Cấp số: «vanthu issue {shown}»; rút dự thảo: «vanthu state {shown} thu-hoi --reason …»."
    )


class BundleWithoutMain(RecordRejected):
    """Which file is the paper and which are annexes cannot be told."""

    code = "R231"
    clerk_template = (
        "Không rõ tệp nào là văn bản chính trong: {files}. Hãy đặt tên văn bản chính trùng với tên thư mục "
        "hoặc tệp nén (hoặc tên tệp thông tin), tên phụ lục bắt đầu bằng «phu-luc»; rồi thả lại."
    )


class BundleMemberUnknown(RecordRejected):
    """A ZIP inside the ZIP, or a file that no annex can be."""

    code = "R232"
    clerk_template = (
        "Trong tệp nén hoặc thư mục có «{name}», loại tệp không nhận làm phụ lục. Phụ lục có thể là: {accepted}. "
        "Hãy đổi hoặc bỏ tệp đó rồi thả lại."
    )
