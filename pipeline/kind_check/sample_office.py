"""The office on whose paper examples are drawn: always the same one, so that their words can be written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pipeline.clock import OFFICE_ZONE
from pipeline.config import Body, Signer
from pipeline.kinds.model import Kind
from pipeline.record import Facts, Record
from pipeline.sheet_context import body_words, copy_words, date_words, signer_words
from pipeline.vietnamese import pad_ordinal

_DAY = date(2026, 1, 9)
_ORDINAL = 7
_MOMENT = datetime(2026, 1, 9, 14, 5, 33, tzinfo=OFFICE_ZONE)
#: Of a copy; its check sign is right.
_CODE = "7K3MQ9XAT4HWPD2RB862"


def sample_variants(
    kind: Kind, record: Record, context: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """``vb`` of an example: with everything, before its number is taken, and from an office that says least."""
    whole = _whole(kind, record, context)
    draft = whole | {"so": "", "so_ky_hieu": "", "ma_tra_cuu": "", "ngay": None, "ngay_nhan": None}
    least = draft | {
        "ky_hieu": "",
        "nam": "",
        "noi_nhan": [],
        "co_quan": whole["co_quan"] | {"cap_tren": ""},
        "ky": whole["ky"] | {"quyen_han": ""},
        "ma_xac_thuc": "",
        "noi_dung_qr": "",
        "cac_ban_so": [],
    }
    return {"có đủ": whole, "chưa có số": draft, "ít chữ nhất": least}


def _whole(kind: Kind, record: Record, context: Mapping[str, Any]) -> dict[str, Any]:
    body, signer = _sample_body(), _sample_signer()
    facts = kind.facts(record, context)
    symbol = kind.symbol(record, context)
    shown_symbol = f"{symbol}/{body.symbol}" if symbol else ""
    so = pad_ordinal(_ORDINAL)
    return {
        "so": so,
        "ky_hieu": shown_symbol,
        "so_ky_hieu": f"{so}-{shown_symbol}" if symbol else "",
        "ma_tra_cuu": "" if kind.number.has_number else f"{kind.number.prefix}-26-00123-K",
        "ngay": date_words(_DAY),
        "nam": str(_DAY.year),
        "ngay_nhan": date_words(_DAY) if kind.is_incoming else None,
        "dia_danh": body.place,
        "co_quan": body_words(body),
        "ky": signer_words(signer),
        "noi_nhan": list(facts.recipients),
        "do_khan": facts.urgency,
        "mau": kind.face(record, context),
        "loai_ten": facts.type_name,
        "so_trang_goc": "03" if kind.source == "copy" else "",
        "so_trang_ban_chinh": "05" if kind.source == "copy" else "",
        "trang": "4" if kind.source == "copy" else "",
        "trich_yeu": facts.subject,
        **_copy_words(kind, record, facts),
    }


def _copy_words(kind: Kind, record: Record, facts: Facts) -> dict[str, Any]:
    if kind.source != "copy":
        return copy_words(facts, "", {})
    coded = replace(facts, verification=_CODE)
    return copy_words(coded, "07-BS/VPTU", record, _MOMENT) | {"cac_ban_so": ["1/25"]}


def _sample_body() -> Body:
    return Body(
        symbol="VPTU",
        name="VĂN PHÒNG",
        parent_name="TỈNH ỦY HÀ SƠN",
        full_name="Văn phòng Tỉnh ủy Hà Sơn",
        place="Hà Sơn",
        recipients_keep="Lưu Văn phòng Tỉnh ủy",
    )


def _sample_signer() -> Signer:
    return Signer(
        code="pcvp",
        full_name="Hoàng Thị Minh Nguyệt",
        title="PHÓ CHÁNH VĂN PHÒNG",
        authority="K/T CHÁNH VĂN PHÒNG",
    )
