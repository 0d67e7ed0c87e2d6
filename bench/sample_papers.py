"""What came to and went from a made-up records room in a year, so many days ago: the matter of bench.sample_office."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from arrival_papers import Sent

from pipeline.record import LegalState

WARDS = ("xã Đồng Lâm", "phường Suối Ngàn", "xã Nà Khoang", "phường Bến Đá", "xã Tân Lũng")
CELLS = (
    "Chi bộ Phòng Hành chính, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn",
    "Chi bộ Phòng Tổng hợp, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn",
    "Chi bộ Trung tâm Công nghệ thông tin và Chuyển đổi số, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn",
    "Chi bộ Phòng Cơ yếu",
)
LAST = ("Như trên", "Thường trực Tỉnh ủy (để báo cáo)", "Các ban đảng Tỉnh ủy")
TEXT = """Thực hiện chương trình công tác năm, Văn phòng Tỉnh ủy đề nghị các đồng chí quan tâm thực hiện các nội dung sau:

1. Rà soát hồ sơ đảng viên đang công tác giữ mối liên hệ với chi ủy, đảng ủy nơi cư trú theo Quy định 213-QĐ/TW.
2. Lập danh sách đảng viên chuyển nơi cư trú, gửi về Văn phòng Tỉnh ủy trước ngày 25 hằng tháng.
3. Báo cáo khó khăn, vướng mắc và đề xuất cách giải quyết.

Nhận được văn bản này, đề nghị các đồng chí triển khai thực hiện."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A paper of the office: so many days ago, and what became of it."""

    ago: int
    loai: str
    about: str
    to: tuple[str, ...] = ()
    state: LegalState = LegalState.DA_PHAT_HANH


OURS = (
    Ours(
        ago=310,
        loai="quy-dinh",
        about="về công tác văn thư, lưu trữ trong các cơ quan tham mưu, giúp việc Tỉnh ủy",
    ),
    Ours(ago=310, loai="chuong-trinh", about="công tác năm 2026 của Văn phòng Tỉnh ủy"),
    Ours(
        ago=282,
        loai="ke-hoach",
        about="lấy nhận xét của cấp ủy nơi cư trú đối với đảng viên đang công tác năm 2026",
    ),
    Ours(
        ago=282,
        loai="cong-van",
        about="về việc rà soát hồ sơ đảng viên đợt 1 năm 2026",
        to=("Các đảng ủy trực thuộc Tỉnh ủy",),
    ),
    Ours(
        ago=251,
        loai="thong-bao",
        about="lịch trực cơ quan dịp nghỉ lễ Chiến thắng 30 tháng 4 và Quốc tế Lao động 1 tháng 5",
    ),
    Ours(
        ago=251,
        loai="huong-dan",
        about="lập hồ sơ công việc và nộp lưu hồ sơ, tài liệu vào Lưu trữ cơ quan",
    ),
    Ours(
        ago=214,
        loai="bao-cao",
        about="kết quả thực hiện nhiệm vụ quý I, phương hướng, nhiệm vụ trọng tâm quý II năm 2026",
    ),
    Ours(
        ago=214,
        loai="cong-van",
        about="về việc mượn hội trường tổ chức Hội nghị tập huấn nghiệp vụ công tác văn phòng cấp ủy",
        to=("Trường Chính trị tỉnh Hà Sơn",),
    ),
    Ours(
        ago=180,
        loai="to-trinh",
        about="về việc mua giá kho lưu trữ và thiết bị khử trùng tài liệu",
        to=("Thường trực Tỉnh ủy",),
    ),
    Ours(
        ago=180, loai="quyet-dinh", about="ban hành Danh mục hồ sơ năm 2026 của Văn phòng Tỉnh ủy"
    ),
    Ours(
        ago=151,
        loai="bao-cao",
        about="sơ kết 6 tháng đầu năm 2026 về giới thiệu đảng viên giữ mối liên hệ nơi cư trú",
    ),
    Ours(
        ago=151,
        loai="cong-van",
        about="về việc cử cán bộ dự lớp bồi dưỡng kỹ năng số hóa tài liệu",
        to=("Ban Tổ chức Tỉnh ủy", "Ban Tuyên giáo và Dân vận Tỉnh ủy"),
    ),
    Ours(
        ago=118,
        loai="thong-bao",
        about="kết luận của Chánh Văn phòng tại cuộc họp giao ban tháng 7",
    ),
    Ours(
        ago=118,
        loai="ke-hoach",
        about="kiểm tra công tác văn thư và hồ sơ ở các đảng ủy xã, phường",
    ),
    Ours(
        ago=84,
        loai="cong-van",
        about="về việc xác nhận nơi cư trú của đảng viên chuyển đến phường Suối Ngàn",
        to=("Đảng ủy phường Suối Ngàn", "Đảng ủy phường Bến Đá"),
    ),
    Ours(
        ago=84,
        loai="huong-dan",
        about="sử dụng chứng thư số chuyên dùng trong gửi, nhận văn bản điện tử giữa các cơ quan đảng",
    ),
    Ours(
        ago=52,
        loai="ket-luan",
        about="Hội nghị giao ban Chánh Văn phòng các huyện ủy, thành ủy, đảng ủy trực thuộc quý III năm 2026",
    ),
    Ours(
        ago=52,
        loai="cong-van",
        about="về việc rà soát hồ sơ đảng viên đợt 2 năm 2026",
        to=("Các đảng ủy trực thuộc Tỉnh ủy",),
        state=LegalState.THU_HOI,
    ),
    Ours(
        ago=24,
        loai="bao-cao",
        about="tình hình thực hiện Quy định 213-QĐ/TW của Bộ Chính trị trên địa bàn tỉnh",
    ),
    Ours(ago=24, loai="thong-bao", about="thời gian tiếp nhận hồ sơ, tài liệu nộp lưu năm 2026"),
    Ours(
        ago=6,
        loai="cong-van",
        about="về việc chuẩn bị nội dung kiểm điểm, đánh giá, xếp loại chất lượng tổ chức đảng và đảng viên năm 2026",
        to=("Chi ủy các chi bộ trực thuộc",),
        state=LegalState.DA_KY,
    ),
    Ours(
        ago=6,
        loai="ke-hoach",
        about="tổng kết công tác văn phòng cấp ủy năm 2026",
        state=LegalState.CHO_KY,
    ),
)
DRAFTS = (
    Ours(
        ago=1,
        loai="to-trinh",
        about="về việc phê duyệt chủ trương nâng cấp phòng máy chủ và đường truyền mạng thông tin diện rộng của Đảng",
        to=("Thường trực Tỉnh ủy",),
    ),
    Ours(
        ago=0,
        loai="thong-bao",
        about="phân công trực lãnh đạo và trực bảo vệ cơ quan dịp Tết Dương lịch năm 2027",
    ),
    Ours(
        ago=0,
        loai="cong-van",
        about="về việc trả lời kiến nghị của đảng viên nơi cư trú",
        to=("Đảng ủy xã Nà Khoang",),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A paper of others: so many days ago; a scan is read by the machine and waits for the clerk's word."""

    ago: int
    sent: Sent
    is_scan: bool = False


def _came(
    ago: int,
    number: str,
    subject: str,
    *,
    kind: str = "KẾ HOẠCH",
    is_scan: bool = False,
    **sent: Any,
) -> Came:
    return Came(
        ago=ago, sent=Sent(number=number, subject=subject, kind=kind, **sent), is_scan=is_scan
    )


_INSPECTION = {
    "issuer": "ỦY BAN KIỂM TRA",
    "signer": "Vi Quang Khải",
    "title": "PHÓ CHỦ NHIỆM",
    "authority": "T/M ỦY BAN KIỂM TRA",
}
_PROPAGANDA = {"issuer": "BAN TUYÊN GIÁO VÀ DÂN VẬN", "signer": "Triệu Thị Ngọc Thảo"}
_EDUCATION = {
    "parent": "UBND TỈNH HÀ SƠN",
    "issuer": "SỞ GIÁO DỤC VÀ ĐÀO TẠO",
    "authority": "KT. GIÁM ĐỐC",
    "title": "PHÓ GIÁM ĐỐC",
    "is_state": True,
    "signer": "Hoàng Minh Lĩnh",
}
BODIES = {
    "BAN TỔ CHỨC": "Ban Tổ chức Tỉnh ủy Hà Sơn",
    "ỦY BAN KIỂM TRA": "Ủy ban Kiểm tra Tỉnh ủy Hà Sơn",
    "BAN TUYÊN GIÁO VÀ DÂN VẬN": "Ban Tuyên giáo và Dân vận Tỉnh ủy Hà Sơn",
    "SỞ GIÁO DỤC VÀ ĐÀO TẠO": "Sở Giáo dục và Đào tạo tỉnh Hà Sơn",
}
CAME = (
    _came(300, "11-KH/BTCTU", "lấy nhận xét đảng viên đang công tác năm 2026"),
    _came(
        270,
        "08-HD/BTCTU",
        "thực hiện Quy định 213-QĐ/TW về trách nhiệm của đảng viên đang công tác thường xuyên giữ mối liên hệ với tổ chức đảng và nhân dân nơi cư trú",
        kind="HƯỚNG DẪN",
    ),
    _came(
        240,
        "31-TB/UBKTTU",
        "kết luận kiểm tra việc chấp hành Điều lệ Đảng ở Đảng bộ xã Tân Lũng",
        kind="THÔNG BÁO",
        **_INSPECTION,
    ),
    _came(
        205,
        "57-CV/BTGDVTU",
        "cung cấp tin, bài cho Cổng thông tin điện tử Đảng bộ tỉnh",
        is_letter=True,
        **_PROPAGANDA,
    ),
    _came(
        170,
        "64-BC/BTCTU",
        "kết quả thực hiện công tác tổ chức xây dựng Đảng 6 tháng đầu năm 2026",
        kind="BÁO CÁO",
    ),
    _came(140, "1204/SGDĐT-VP", "phối hợp tổ chức Lễ khai giảng năm học mới", **_EDUCATION),
    _came(
        104,
        "88-KH/UBKTTU",
        "kiểm tra chuyên đề công tác văn thư, lưu trữ và bảo vệ bí mật nhà nước",
        **_INSPECTION,
    ),
    _came(
        70,
        "102-HD/BTCTU",
        "kiểm điểm, đánh giá, xếp loại chất lượng tập thể, cá nhân trong hệ thống chính trị năm 2026",
        kind="HƯỚNG DẪN",
    ),
    _came(
        40,
        "97-CV/BTGDVTU",
        "giới thiệu báo cáo viên dự Hội nghị báo cáo viên tháng 11",
        is_letter=True,
        **_PROPAGANDA,
    ),
    _came(
        20,
        "118-TB/UBKTTU",
        "kết quả giám sát chuyên đề đối với Ban Thường vụ Đảng ủy phường Suối Ngàn",
        kind="THÔNG BÁO",
        is_scan=True,
        **_INSPECTION,
    ),
    _came(5, "127-KH/BTCTU", "lấy nhận xét đảng viên đang công tác đợt 2 năm 2026", is_scan=True),
    _came(
        0,
        "1906/SGDĐT-CTrTT",
        "tổ chức kỳ thi chọn học sinh giỏi năm 2026",
        is_scan=True,
        **_EDUCATION,
    ),
    _came(0, "131-CV/BTCTU", "V/v rà soát hồ sơ đảng viên<br>đợt 2 năm 2026", is_letter=True),
    _came(
        0,
        "44-KH/BTGDVTU",
        "tuyên truyền kỷ niệm 97 năm Ngày thành lập Đảng Cộng sản Việt Nam",
        **_PROPAGANDA,
    ),
)
