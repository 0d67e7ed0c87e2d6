"""Deeds and persons of the journal, as codes → in the words of whoever reads them on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.stores.registers.views import SYSTEM

_PERSON_PREFIX = "nguoi-dung:"
#: Code of a deed → what was done.
DEED_WORDS: dict[str, str] = {
    "received": "nhận tệp",
    "unpacked": "tách tệp thành từng văn bản",
    "numbered": "cấp số",
    "accepted": "vào sổ, chờ ký để cấp số",
    "returned": "trả lại để sửa",
    "duplicate": "trùng với văn bản đã có, không cấp thêm số",
    "archived": "lưu vào kho",
    "read": "đọc bản quét bằng máy",
    "unread": "không đọc được bằng máy",
    "answered": "trả kết quả",
    "amended": "bổ sung, sửa thông tin",
    "voided": "hủy số",
    "held": "giữ số",
    "confirmed": "xác nhận số đã dùng",
    "series-locked": "tạm khóa dãy số",
    "series-confirmed": "xác nhận số cuối, mở khóa dãy số",
    "state": "đổi trạng thái",
    "book-closed": "khóa sổ",
    "indexed": "đưa vào mục lục tìm kiếm",
    "purged": "gỡ bỏ nội dung",
    "purge-begun": "bắt đầu gỡ bỏ nội dung",
    "purge-done": "gỡ bỏ nội dung xong",
    "backup": "sao lưu",
    "restored": "khôi phục từ bản sao lưu",
    "declassified": "nhận văn bản đã giải mật",
    "merged": "gộp những gì kho và nhật ký biết thêm",
    "upgraded": "nâng sổ lên phiên bản mới",
    "office-sealed": "đóng văn phòng đã chuyển",
    "office-unsealed": "mở lại văn phòng",
    "stands": "đứng tên cho việc này, không coi là trùng",
    "clock-accepted": "xác nhận đồng hồ của máy",
}


def deed_in_words(line: Mapping[str, Any]) -> str:
    """A deed of the journal with what distinguishes it: version, reason."""
    told = DEED_WORDS.get(line["deed"], line["deed"])
    data = line.get("data") or {}
    version = f" (phiên bản {data['version']})" if data.get("version") else ""
    reason = f": {data['reason']}" if data.get("reason") else ""
    return f"{told}{version}{reason}"


def person_in_words(person: str) -> str:
    """Who did it: an account's name, or the program itself."""
    if person == SYSTEM:
        return "chương trình"
    return person.removeprefix(_PERSON_PREFIX)
