"""How the office prints, ``[in_an]`` of its file → typed values."""

from __future__ import annotations

import re
from typing import cast

from pipeline.config_model import PaperSize, PrintProfile
from pipeline.config_reading import Section

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_LAST_PORT = 65535
_PAPER_SIZES: tuple[PaperSize, ...] = ("A3", "A4", "A5")


def read_printing(section: Section) -> PrintProfile:
    """``[in_an]``."""
    usual = PrintProfile()
    address = section.text("may_chu", "", default=f"{usual.host}:{usual.port}")
    is_tls = address.startswith("ipps://")
    bare = address.removeprefix("ipps://")
    host, colon, port = bare.rpartition(":") if ":" in bare else (bare, "", "")
    if not _HOST.fullmatch(host) or (colon and not _is_port(port)):
        section.wrong(
            "may_chu",
            "tên hoặc địa chỉ máy chủ CUPS, ví dụ localhost:631 hoặc ipps://in.vptu.vn:631",
            address,
        )
        host, port = usual.host, ""
    profile = PrintProfile(
        host=host,
        port=int(port or usual.port),
        printer=section.text("may_in", "", default=""),
        duplex=section.flag("hai_mat"),
        separators=section.flag("to_ngan"),
        paper_size=cast(
            "PaperSize", section.choice("kho_giay", _PAPER_SIZES, default=usual.paper_size)
        ),
        timeout_s=section.number("cho_s", default=usual.timeout_s, least=1),
        is_tls=is_tls,
        ca_file=section.text("chung_thu_ca", "", default=""),
    )
    section.close()
    return profile


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < int(text) <= _LAST_PORT
