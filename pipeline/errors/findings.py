"""What a check of the archive has found: one value per thing, all of them told, none of them raised."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is."""

    #: Something kept is lost or changed: the command ends with status 4.
    DAMAGE = "damage"
    #: Nothing is lost, but somebody should look.
    WARNING = "warning"
    #: A trace of a crash that heals by itself.
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found."""

    code: str
    severity: Severity
    #: The place: a path inside the archive, ``2026-11-22.jsonl dòng 4``, an object's id.
    where: str
    #: Vietnamese, for the operator: what is wrong and what to do.
    text: str
    #: English, for the log.
    detail: str

    def sentence(self) -> str:
        """The finding on one line, place first, code last."""
        return f"{self.where}: {self.text} ({self.code})"


#: What the checks of archive, journal, registers and index can find: code → how bad, and the operator's sentence. Where a code
#: is also an error's, it is the same trouble met while working.
CATALOGUE: dict[str, tuple[Severity, str]] = {
    "A400": (Severity.DAMAGE, "Không đọc được. Hãy kiểm tra ổ đĩa rồi lấy lại từ bản sao lưu."),
    "A401": (
        Severity.DAMAGE,
        "Phần kê khai của hồ sơ lưu trữ bị hỏng. Hãy lấy lại hồ sơ này từ bản sao lưu.",
    ),
    "A402": (Severity.DAMAGE, "Tệp khác với lúc lưu. Hãy lấy lại tệp này từ bản sao lưu."),
    "A405": (
        Severity.DAMAGE,
        "Gốc kho lưu trữ không đúng khuôn. Hãy kiểm tra đường dẫn và lấy lại từ bản sao lưu.",
    ),
    "A408": (
        Severity.DAMAGE,
        "Có tệp hoặc thư mục lạ trong hồ sơ lưu trữ. Hãy xem ai đã đặt vào rồi chuyển ra ngoài.",
    ),
    "A409": (Severity.DAMAGE, "Tệp đã lưu không còn. Hãy lấy lại tệp này từ bản sao lưu."),
    "A410": (
        Severity.DAMAGE,
        "Chuỗi nhật ký bị đứt: dòng này bị sửa, bị chèn hoặc bị mất dòng trước nó. Hãy lấy lại tệp từ bản sao lưu.",
    ),
    "A412": (
        Severity.NOTE,
        "Dòng cuối viết dở do mất điện, chưa từng được xác nhận. Lần ghi sau sẽ tự cắt bỏ và ghi lại.",
    ),
    "A413": (
        Severity.NOTE,
        "Phiên bản mới đã lưu, phần kê khai chưa kịp ghi xong. Lần ghi sau sẽ tự hoàn tất.",
    ),
    "A414": (Severity.NOTE, "Thư mục trống do lần ghi bị ngắt để lại. Không mất gì."),
    "A415": (
        Severity.DAMAGE,
        "Hồ sơ lưu trữ nằm sai chỗ. Hãy chuyển về đúng thư mục ghi trong báo cáo.",
    ),
    "A416": (
        Severity.WARNING,
        "Có tệp hoặc thư mục lạ trong kho lưu trữ, ngoài các hồ sơ. Hãy xem và chuyển ra ngoài.",
    ),
    "A417": (
        Severity.WARNING,
        "Có tệp lạ trong thư mục nhật ký. Hãy xem và chuyển ra ngoài.",
    ),
    "A440": (
        Severity.DAMAGE,
        "Sổ ghi đã lưu nhưng trong kho không có. Hãy lấy lại hồ sơ này từ bản sao lưu.",
    ),
    "A441": (
        Severity.DAMAGE,
        "Hồ sơ trong kho khác với lúc vào sổ. Hãy so với bản sao lưu.",
    ),
    "A442": (
        Severity.DAMAGE,
        "Trong kho có hồ sơ mà sổ không có. Hãy chạy «vanthu rebuild» hoặc lấy lại cơ sở dữ liệu từ bản sao lưu.",
    ),
    "A443": (
        Severity.DAMAGE,
        "Nhật ký có việc mà sổ không có: cơ sở dữ liệu cũ hơn nhật ký. Hãy chạy «vanthu rebuild».",
    ),
    "A444": (
        Severity.DAMAGE,
        "Việc ghi trong sổ khác với nhật ký đã niêm phong. Hãy so với bản sao lưu.",
    ),
    "A445": (
        Severity.DAMAGE,
        "Số không có dòng nào giải thích. Hãy báo người quản trị; không cấp thêm số trong dãy này.",
    ),
    "A446": (
        Severity.WARNING,
        "Đã cấp số nhưng quá nửa giờ chưa lưu vào kho. Hãy xem «vanthu work» có đang chạy không.",
    ),
    "A447": (
        Severity.WARNING,
        "Mục lục tìm kiếm hỏng hoặc chưa có; chương trình sẽ tự dựng lại. Không mất văn bản nào.",
    ),
    "A448": (
        Severity.WARNING,
        "Mục lục tìm kiếm lệch với sổ. Hãy chạy «vanthu reindex». Không mất văn bản nào.",
    ),
    "A449": (
        Severity.DAMAGE,
        "Nội dung đã được gỡ bỏ mà trong kho lại có, có thể do chép từ bản sao lưu cũ. Hãy gỡ bỏ lại ngay.",
    ),
    "A450": (
        Severity.WARNING,
        "Việc gỡ bỏ nội dung bị ngắt giữa chừng. Hãy chạy «vanthu purge» để làm nốt.",
    ),
    "A455": (
        Severity.WARNING,
        "Đã cấp số quá một ngày làm việc mà chưa ghi nhận bản đã ký. Ký rồi: «vanthu state SỐ da-ky»; không ký: hủy số.",
    ),
    "A456": (
        Severity.DAMAGE,
        "Trạng thái trong sổ khác với trong kho. Hãy xem nhật ký («vanthu show») và so với bản sao lưu.",
    ),
    "A460": (
        Severity.WARNING,
        "Số dành riêng đã quá hạn. Nếu đã dùng, hãy xác nhận bằng «vanthu number confirm»; nếu không, hãy «vanthu void» kèm lý do.",
    ),
    "A461": (
        Severity.WARNING,
        "Dãy số đang tạm khóa. Hãy đối chiếu số cuối cùng trong sổ giấy rồi xác nhận bằng «vanthu number confirm».",
    ),
}


def finding(code: str, where: str, detail: str) -> Finding:
    """The finding of this code, in the catalogue's words."""
    severity, text = CATALOGUE[code]
    return Finding(code=code, severity=severity, where=where, text=text, detail=detail)
