"""Deeds and persons of the journal, as codes → in the words of whoever reads them on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.person_names import OS_PREFIX
from pipeline.record import NumberSource
from pipeline.stores.registers.print_views import VERSION_WORDS
from pipeline.stores.registers.views import SYSTEM

#: Code of a deed → what was done.
DEED_WORDS: dict[str, str] = {
    "received": "nhận tệp",
    "unpacked": "tách tệp thành từng văn bản",
    "numbered": "cấp số",
    "accepted": "vào sổ, chờ ký để cấp số",
    "returned": "trả lại để sửa",
    "duplicate": "trùng với văn bản đã có, không cấp thêm số",
    "copy-given": "giao bản sao",
    "copy-recalled": "thu hồi một bản sao",
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
    "signed": "nhận bản đã ký trở lại",
    "book-closed": "khóa sổ",
    "book-written": "in sổ ra tệp",
    "indexed": "đưa vào mục lục tìm kiếm",
    "purged": "gỡ bỏ nội dung",
    "purge-begun": "bắt đầu gỡ bỏ nội dung",
    "purge-done": "gỡ bỏ nội dung xong",
    "backup": "sao lưu",
    "restored": "khôi phục từ bản sao lưu",
    "declared-open": "đã xem một tệp chờ trong thư mục chung, nói là không mật",
    "declassified": "nhận văn bản đã giải mật",
    "merged": "gộp những gì kho và nhật ký biết thêm",
    "upgraded": "nâng sổ lên phiên bản mới",
    "office-sealed": "đóng văn phòng đã chuyển",
    "office-unsealed": "mở lại văn phòng",
    "stands": "đứng tên cho việc này, không coi là trùng",
    "clock-accepted": "xác nhận đồng hồ của máy",
    "print-ordered": "yêu cầu in",
    "printed": "in",
    "print-failed": "in không thành",
    "search-kept": "lưu hoặc bỏ một tìm kiếm",
    "print-said": "báo kết quả in",
    "logged-in": "vào trang web",
    "logged-out": "thoát khỏi trang web",
    "person-added": "lập tài khoản",
    "person-changed": "sửa tài khoản",
    "password-set": "đặt mật khẩu",
    "file-taken": "tải tệp về",
    "token-made": "cấp mã truy cập cho chương trình",
    "token-closed": "đóng mã truy cập của chương trình",
    "link-made": "lập đường dẫn để đặt mật khẩu",
    "list-taken": "tải danh sách tìm được",
    "routed": "ghi ý kiến, chuyển văn bản",
    "route-done": "giải quyết xong",
}
#: A number that was set aside, by where it came from.
_HELD_WORDS = {
    NumberSource.TAY: "vào sổ số cấp bằng tay",
    NumberSource.DIEN_THOAI: "vào sổ số cấp qua điện thoại",
    NumberSource.HE_THONG_KHAC: "vào sổ số cấp ở hệ thống khác",
    NumberSource.DANH_SO: "dành số",
    NumberSource.MAT: "lấy số cho văn bản mật",
}


#: What vouched for the file that a copy was made of.
GROUND_WORDS = {
    "ban-quet-da-ky": "sao từ bản quét đã ký, đóng dấu",
    "ban-quet": "sao từ bản quét văn bản nhận được",
    "chu-ky-so": "sao từ bản điện tử có chữ ký số hợp lệ",
    "doi-chieu": "tệp đã đối chiếu với bản chính giấy",
}


def deed_in_words(line: Mapping[str, Any]) -> str:
    """A deed of the journal with what distinguishes it: version, reason."""
    data = line.get("data") or {}
    told = DEED_WORDS.get(line["deed"], line["deed"])
    if line["deed"] == "held":
        told = _HELD_WORDS.get(data.get("source", ""), told)
    version = f" (phiên bản {data['version']})" if data.get("version") else ""
    says_more = data.get("reason") and not told.endswith(str(data["reason"]))
    reason = f": {data['reason']}" if says_more else ""
    more = f"{_copy_in_words(data)}{_route_in_words(line['deed'], data)}"
    return f"{told}{_copies(line['deed'], data)}{version}{reason}{more}"


def _copies(deed: str, data: Mapping[str, Any]) -> str:
    """Of a printing: how many, of which sheets, on which printer."""
    if deed != "printed":
        return ""
    sheets = ", ".join(map(str, data.get("only_sheets", ())))
    what = f" lại tờ {sheets}" if sheets else f" {data['copies']} bản"
    which = VERSION_WORDS.get(data.get("which", ""))
    lookup = ", bản tra cứu" if data.get("lookup") else ""
    return (
        f"{what}{f' ({which})' if which else ''}{lookup}, {data['printer'] or 'tại máy người dùng'}"
    )


def _route_in_words(deed: str, data: Mapping[str, Any]) -> str:
    """Of a paper that was sent on: the opinion and whose it is, to whom, until when."""
    if deed != "routed":
        return ""
    due = date.fromisoformat(data["due_on"]) if data.get("due_on") else None
    whose = f" của {data['of']}" if data.get("of") else ""
    parts = [
        f"ý kiến{whose}: «{data['opinion']}»" if data.get("opinion") else "",
        f"chuyển: {', '.join(data['to'])}" if data.get("to") else "",
        f"hạn {due:%d/%m/%Y}" if due else "",
    ]
    return f": {'; '.join(part for part in parts if part)}"


def _copy_in_words(data: Mapping[str, Any]) -> str:
    """What a deed tells of a certified copy: which, to whom; who answers for it."""
    serial = f", bản số {data['serial']}" if data.get("serial") else ""
    holder = f", người nhận: {data['holder']}" if data.get("holder") and "serial" in data else ""
    answers = data.get("copy") or {}
    parts = [GROUND_WORDS[answers["ground"]]] if answers.get("ground") in GROUND_WORDS else []
    if answers.get("attested_by"):
        parts.append(f"người đối chiếu: {answers['attested_by']}")
    if answers.get("decided_by"):
        parts.append(f"{answers['decided_by']} quyết định vẫn sao: {answers['decided_why']}")
    said = f" ({'; '.join(parts)})" if parts else ""
    return f"{serial}{holder}{said}"


def person_in_words(person: str) -> str:
    """Who did it: an account's name, or the program itself."""
    if person == SYSTEM:
        return "chương trình"
    return person.removeprefix(OS_PREFIX)
