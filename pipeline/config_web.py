"""The tables of the office file that the web page needs → typed values."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.config_model import WebProfile
from pipeline.config_reading import Section
from pipeline.roles import Role

_LAST_PORT = 65535


def read_web(section: Section) -> WebProfile:
    """``[web]``."""
    usual = WebProfile()
    port = int(section.number("cong", default=usual.port, least=0))
    if port > _LAST_PORT:
        section.wrong("cong", f"số cổng, không quá {_LAST_PORT}", port)
        port = usual.port
    profile = WebProfile(
        host=section.text("dia_chi", "", default=usual.host),
        port=port,
        names=section.texts("ten_mien"),
        has_tls=section.flag("qua_https"),
        session_hours=section.number("phien_gio", default=usual.session_hours, least=0.1),
        processes=int(section.number("tien_trinh", default=usual.processes, least=0)),
    )
    section.close()
    return profile


def read_seen_by(section: Section) -> dict[str, tuple[str, ...]]:
    """``[xem]``: kind → roles."""
    roles: Collection[str] = tuple(Role)
    seen_by = {}
    for kind in tuple(section.rest()):
        named = section.texts(kind)
        strange = [one for one in named if one not in roles]
        if strange:
            section.wrong(kind, f"danh sách vai trò trong: {', '.join(roles)}", strange[0])
            continue
        seen_by[kind] = named
    return seen_by
