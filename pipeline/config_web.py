"""The tables of the office file that the web page needs → typed values."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.config_model import DirectoryProfile, WebProfile
from pipeline.config_reading import Section
from pipeline.roles import Role

_LAST_PORT = 65535
#: Where the account stands in a filter or a name of the directory.
ACCOUNT = "{tai_khoan}"
_GROUP_KINDS = ("ad", "groupOfNames", "groupOfUniqueNames", "posixGroup")


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


def read_directory(section: Section) -> DirectoryProfile | None:
    """``[dang_nhap_ldap]``; None where the file has none."""
    if not section.is_there:
        return None
    base = section.text("goc", "nơi bắt đầu tìm người, ví dụ dc=tinhuy,dc=vn")
    group_kind = section.choice("loai_nhom", _GROUP_KINDS, default="ad")
    usual_name = "displayName" if group_kind == "ad" else "cn"
    profile = DirectoryProfile(
        servers=section.texts("may_chu"),
        has_starttls=section.flag("starttls"),
        ca_file=section.text("tep_ca", "", default=""),
        base=base,
        user_filter=section.text("tim_nguoi", "", default=""),
        user_dn=section.text("mau_dn", "", default=""),
        reader=section.text("tai_khoan_doc", "", default=""),
        reader_file=section.text("tep_mat_khau", "", default=""),
        name_attribute=section.text("thuoc_tinh_ten", "", default=usual_name),
        group_base=section.text("goc_nhom", "", default=base),
        group_kind=group_kind,
        roles=_roles_of_groups(section.table("vai_tro")),
        timeout_s=float(section.number("cho_giay", default=5.0, least=0.5)),
    )
    _check_servers(section, profile)
    _check_finding(section, profile)
    section.close()
    return profile


def _roles_of_groups(section: Section) -> tuple[tuple[str, tuple[str, ...]], ...]:
    roles: Collection[str] = tuple(Role)
    found = []
    for role in tuple(section.rest()):
        if role not in roles:
            section.wrong(role, f"vai trò trong: {', '.join(roles)}", role)
            continue
        found.append((role, section.texts(role)))
    return tuple(found)


def _check_servers(section: Section, profile: DirectoryProfile) -> None:
    """A password never goes to a server in the clear, or to one that nobody vouches for."""
    scheme = "ldap://" if profile.has_starttls else "ldaps://"
    strange = [one for one in profile.servers if not _is_server(one, scheme)]
    if strange or not profile.servers:
        section.wrong(
            "may_chu",
            'danh sách máy chủ qua TLS: ["ldaps://dc1.tinhuy.vn"]; hoặc ["ldap://…"] kèm starttls = true',
            strange[0] if strange else "",
        )
    if not any(groups for _, groups in profile.roles):
        section.wrong(
            "vai_tro", "bảng [dang_nhap_ldap.vai_tro] với ít nhất một vai trò có nhóm", ""
        )


def _is_server(address: str, scheme: str) -> bool:
    host = address.removeprefix(scheme)
    return host != address and bool(host) and not any(one.isspace() or one == "/" for one in host)


def _check_finding(section: Section, profile: DirectoryProfile) -> None:
    """People are found by a filter and an account that may look, or named by a template."""
    if bool(profile.user_filter) == bool(profile.user_dn):
        section.wrong(
            "tim_nguoi", "bộ lọc tìm người, hoặc thay bằng mau_dn (chỉ một trong hai)", ""
        )
    elif ACCOUNT not in (profile.user_filter or profile.user_dn):
        key = "tim_nguoi" if profile.user_filter else "mau_dn"
        section.wrong(key, f"chữ có {ACCOUNT} ở chỗ tên tài khoản", getattr(profile, _FIELD[key]))
    if profile.user_filter and not (profile.reader and profile.reader_file):
        section.wrong("tai_khoan_doc", "tài khoản để tìm người, kèm tep_mat_khau", profile.reader)


_FIELD = {"tim_nguoi": "user_filter", "mau_dn": "user_dn"}


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
