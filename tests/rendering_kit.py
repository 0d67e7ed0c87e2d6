"""Records and numbers to draw sheets with, for the tests of rendering."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

from pipeline.kinds import shipped_templates_dir

TEMPLATES = shipped_templates_dir()
SHARED = TEMPLATES / "_shared"
KINDS = (
    "bien-ban",
    "gioi-thieu",
    "phieu-nhan-xet",
    "sao-luc",
    "sao-y",
    "trich-sao",
    "van-ban",
    "van-ban-den",
)
#: Those that Word has too: a copy is pages of another paper.
WORD_KINDS = tuple(kind for kind in KINDS if (TEMPLATES / kind / "body.docx").is_file())
EXAMPLES = [
    (kind, path.stem)
    for kind in KINDS
    for path in sorted((TEMPLATES / kind / "examples").glob("*.json"))
]
#: Properties that every kind may carry, as the loader adds them.
COMMON = ("co_quan", "nguoi_ky", "ngay", "do_mat", "do_khan", "ho_so", "ghi_chu", "noi_nhan")
COPIES = ("sao-luc", "sao-y", "trich-sao")
_COPY_WORDS = {
    "ma_xac_thuc": "7K3M-Q9XA-T4HW-PD2R-B862",
    "noi_dung_qr": "07-BS/VPTU 7K3M-Q9XA-T4HW-PD2R-B862",
    "cac_ban_so": ["1/25"],
}
NINTH = {
    "ngay": "09",
    "thang": "01",
    "nam": "2026",
    "dai": "ngày 09 tháng 01 năm 2026",
    "ngan": "09/01/2026",
    "iso": "2026-01-09",
}


def sample_vb(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """What the office adds to a record of *kind*, with the number 07 of a made-up office."""
    symbol, type_name = _named(kind, record)
    return {
        "so": "07",
        "ky_hieu": symbol,
        "so_ky_hieu": f"07-{symbol}" if symbol else "",
        "ma_tra_cuu": "PNX-26-00123-K" if kind == "phieu-nhan-xet" else "",
        "ngay": NINTH,
        "nam": "2026",
        "ngay_nhan": NINTH,
        "dia_danh": "Hà Sơn",
        "co_quan": {
            "ky_hieu": "VPTU",
            "ten": "VĂN PHÒNG",
            "cap_tren": "TỈNH ỦY HÀ SƠN",
            "ten_day_du": "Văn phòng Tỉnh ủy Hà Sơn",
            "luu": "Lưu Văn phòng Tỉnh ủy",
        },
        "ky": {
            "quyen_han": "K/T CHÁNH VĂN PHÒNG",
            "chuc_vu": "PHÓ CHÁNH VĂN PHÒNG",
            "ho_ten": "Hoàng Thị Minh Nguyệt",
        },
        "noi_nhan": list(record.get("noi_nhan") or record.get("kinh_gui") or ()),
        "do_khan": record.get("do_khan") or "",
        "mau": _face(kind, record),
        "loai_ten": type_name,
        "so_trang_goc": "03",
        "so_trang_ban_chinh": "05",
        "trang": "4",
        "trich_yeu": record.get("trich_yeu") or "",
        "trang_trich": record.get("trang_trich") or "",
        **(_COPY_WORDS if kind in COPIES else dict.fromkeys(_COPY_WORDS, "")),
        "thoi_gian_sao": "2026-01-09 14:05:33+07:00",
    }


def arguments(kind: str, record: dict[str, Any], out_dir: Path, **changed: Any) -> dict[str, Any]:
    """Arguments of the operation ``render`` for one record."""
    return {
        "kind_dir": str(TEMPLATES / kind),
        "shared_dir": str(SHARED),
        "digest": "shipped",
        "spelling": "ủy",
        "profile": "hd05-2026",
        "record": dict.fromkeys(COMMON) | record,
        "vb": sample_vb(kind, record),
        "out_dir": str(out_dir),
        "outputs": ["pdf", "docx"] if kind in WORD_KINDS else ["pdf"],
        "stem": "to",
    } | changed


def example_record(kind: str, name: str) -> dict[str, Any]:
    path = TEMPLATES / kind / "examples" / f"{name}.json"
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def own_kind(tmp_path: Path, kind: str = "gioi-thieu") -> dict[str, Any]:
    """A copy of *kind* to be changed, and the arguments that point at it."""
    shutil.copytree(TEMPLATES / kind, tmp_path / "mau" / kind)
    shutil.copytree(SHARED, tmp_path / "mau" / "_shared")
    out_dir = tmp_path / "ra"
    out_dir.mkdir()
    return arguments(
        kind,
        example_record(kind, "day-du"),
        out_dir,
        kind_dir=str(tmp_path / "mau" / kind),
        shared_dir=str(tmp_path / "mau" / "_shared"),
        digest=str(tmp_path),
    )


def _named(kind: str, record: dict[str, Any]) -> tuple[str, str]:
    if kind == "van-ban":
        data = tomllib.loads((TEMPLATES / kind / "kind.toml").read_text(encoding="utf-8"))["data"]
        found = next(entry for entry in data["loai"] if entry["ma"] == record["loai"])
        return f"{found['ky_hieu']}/VPTU", found["ten"]
    return {
        "bien-ban": ("BB/VPTU", "Biên bản"),
        "gioi-thieu": ("GGT/VPTU", "Giấy giới thiệu"),
        "sao-luc": ("BS/VPTU", "Sao lục"),
        "sao-y": ("BS/VPTU", "Sao y bản chính"),
        "trich-sao": ("BS/VPTU", "Trích sao"),
    }.get(kind, ("", ""))


def _face(kind: str, record: dict[str, Any]) -> str:
    match kind:
        case "van-ban":
            return "cong-van" if record["loai"] == "cong-van" else "co-ten-loai"
        case "phieu-nhan-xet":
            is_filled = any(key.startswith(("muc_", "mien_1")) for key in record)
            return "da-nhan-xet" if is_filled else "de-trong"
        case "sao-luc" | "sao-y" | "trich-sao":
            return "dien-tu" if record.get("dien_tu") else "giay"
        case _:
            return record.get("mau") or ""
