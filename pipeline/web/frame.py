"""What every page has around it: the menu of the clerk's day, and who is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from pipeline.rights import Deed
from pipeline.roles import ROLE_WORDS, Role
from pipeline.web.access import actor_of
from pipeline.web.office import office


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One word of the menu."""

    words: str
    route: str
    deed: Deed
    #: First part of the addresses that belong to it.
    part: str
    #: Whose everyday work it is; None: of all who may.
    role: Role | None = None


MENU = (
    Item(words="Hôm nay", route="today", deed=Deed.SEE, part=""),
    Item(words="Đang xử lý", route="drops", deed=Deed.SUBMIT, part="dang-xu-ly"),
    Item(words="Văn bản đến", route="arrivals", deed=Deed.SEE_BOOKS, part="van-ban-den"),
    Item(
        words="Chờ ý kiến",
        route="opinions",
        deed=Deed.ROUTE,
        part="xin-y-kien",
        role=Role.LANH_DAO,
    ),
    Item(words="Văn bản đi", route="outgoing", deed=Deed.SUBMIT, part="van-ban-di"),
    Item(words="Bản sao", route="copies", deed=Deed.COPY, part="ban-sao"),
    Item(words="Sổ", route="books", deed=Deed.SEE_BOOKS, part="so"),
    Item(words="Tra cứu", route="search", deed=Deed.SEE, part="tra-cuu"),
    Item(words="In ấn", route="prints", deed=Deed.PRINT, part="in-an"),
    Item(words="Quản trị", route="people", deed=Deed.MANAGE, part="quan-tri"),
)


#: Parts whose pages have the box for searching themselves.
_OWN_BOX = frozenset(("", "tra-cuu"))


def frame(request: HttpRequest) -> dict[str, Any]:
    """For the templates."""
    name = office().office.name
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"office_name": name, "menu": ()}
    actor = actor_of(request)
    part = request.path.strip("/").partition("/")[0]
    return {
        "office_name": name,
        "has_own_box": part in _OWN_BOX,
        "menu": [
            (item, item.part == part)
            for item in MENU
            if actor.may(item.deed) and item.role in (None, actor.role)
        ],
        "user": user,
        "actor": actor,
        "role_words": ROLE_WORDS[actor.role],
        "may": {deed.name.lower(): actor.may(deed) for deed in Deed},
    }
