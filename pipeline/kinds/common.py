"""The properties every kind has besides its own: who issues, when, shelf, row codes, relations."""

from __future__ import annotations

from typing import Any

#: Set by the office's sheets and never shown on a blank one for typing.
ROW_PROPERTIES = ("ma_dong", "ma_lo", "so_da_cap")

#: The property that names the body of this office a paper belongs to: who issues it, or whom it was sent to.
OWN_BODY = "co_quan"
#: Asked for on our own blank sheets, after the kind's own columns.
SHEET_PROPERTIES = ("nguoi_ky", "ngay", "cap_them", "ghi_chu")


def common_properties() -> dict[str, dict[str, Any]]:
    """Name → JSON Schema of each, in the order they are shown."""
    return {
        OWN_BODY: _text(
            "Cơ quan ban hành", 20, "Ký hiệu trong vanthu.toml; để trống: cơ quan thường dùng"
        ),
        "nguoi_ky": _text("Người ký (mã)", 20, "Mã trong vanthu.toml; để trống: người ký mặc định"),
        "ngay": {
            "title": "Ngày ban hành",
            "type": "string",
            "format": "ngay",
            "description": "Để trống: hôm nay",
        },
        "do_mat": _text("Độ mật", 40, "Máy này không nhận văn bản mật: để trống"),
        "giai_mat_so": _text(
            "Quyết định giải mật", 60, "Số, ký hiệu; chỉ cho văn bản còn in dấu mật mà đã giải mật"
        ),
        "giai_mat_ngay": {
            "title": "Ngày giải mật",
            "type": "string",
            "format": "ngay",
            "description": "Ngày của quyết định giải mật",
        },
        "giai_mat_nguoi": _text("Người quyết định giải mật", 80, "Họ tên hoặc chức vụ"),
        "do_khan": {
            "title": "Độ khẩn",
            "type": "string",
            "enum": ["KHẨN", "THƯỢNG KHẨN", "HỎA TỐC"],
            "description": "Để trống khi không khẩn",
        },
        "ho_so": _text("Hồ sơ", 60, "Mã hồ sơ lưu"),
        "thoi_han_bao_quan": _text("Thời hạn bảo quản", 40, "Để trống: theo loại văn bản"),
        "so_to": _count("Số tờ"),
        "so_trang": _count("Số trang"),
        "so_ban": _count("Số bản"),
        "noi_luu_giu": _text("Nơi lưu giữ", 120, "Kho, giá, hộp"),
        "cap_them": _yes("Cấp thêm số", "Ghi «có» khi cố ý cấp thêm một số cho cùng việc"),
        "ma_dong": _text("Mã dòng", 40, "Chương trình ghi; không sửa"),
        "ma_lo": _text("Mã lô", 40, "Chương trình ghi; không sửa"),
        "so_da_cap": _text(
            "Số đã cấp",
            60,
            "Số đã cấp bằng tay, qua điện thoại, ở hệ thống khác: 128 hoặc 128-CV/VPTU; để trống: số tiếp theo",
        ),
        "nhay_so": _yes(
            "Bỏ trống số ở giữa",
            "Ghi «có» khi số đã cấp đúng là vượt trước sổ; các số ở giữa được giữ chờ văn bản",
        ),
        "lui_ngay_boi": _text("Người quyết định lùi ngày", 120, "Chỉ ghi khi ngày phải lùi lại"),
        "lui_ngay_ly_do": _text("Lý do lùi ngày", 300, "Chỉ ghi khi ngày phải lùi lại"),
        "ghi_chu": _text("Ghi chú", 1000, "Không in trên văn bản"),
        "dinh_chinh": _papers("Đính chính văn bản", "được đính chính"),
        "thay_the": _papers("Thay thế văn bản", "bị thay thế"),
        "sua_doi": _papers("Sửa đổi văn bản", "được sửa đổi"),
        "bai_bo": _papers("Bãi bỏ văn bản", "bị bãi bỏ"),
        "thu_hoi": _papers("Thu hồi văn bản", "bị thu hồi"),
        "cap_lai": _papers("Cấp lại văn bản", "đã mất, hỏng, nay được cấp lại"),
    }


def _text(title: str, limit: int, description: str) -> dict[str, Any]:
    return {"title": title, "type": "string", "maxLength": limit, "description": description}


def _yes(title: str, description: str) -> dict[str, Any]:
    return {"title": title, "type": "boolean", "description": description}


def _papers(title: str, what: str) -> dict[str, Any]:
    """Earlier papers that this one does something to: one text, so that a cell of a sheet can hold it."""
    hint = f"Số, ký hiệu văn bản {what}; nhiều văn bản thì cách nhau bằng dấu chấm phẩy"
    return _text(title, 500, hint)


def _count(title: str) -> dict[str, Any]:
    return {"title": title, "type": "integer", "minimum": 1, "maximum": 100_000}
