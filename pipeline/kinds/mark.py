"""``[data.dau_den]`` of a kind of incoming papers: how large the ĐẾN stamp is and where it likes to stand.

Size and places are no settled fact (offices differ), so they are data of the kind, not code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SIZE_MM, _EDGE_MM = (50.0, 35.0), 10.0
#: Where data says nothing: as large as it is, wherever there is room.
_SCALES = (1.0,)
#: An A3 page is not wider; nothing smaller can be read.
_LONGEST_MM, _LEAST_SCALE, _MOST_PLACES = 297.0, 0.3, 50
_MOST_ROUNDS = 9


class MarkDataWrong(ValueError):
    """A value of ``[data.dau_den]`` is none; *key* says which, *expected* in Vietnamese what is wanted."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: {expected}")
        self.key = f"data.dau_den.{key}".rstrip(".")
        self.expected = expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A part of the visible page, in shares of its width and height, where a mark is looked for."""

    #: Told to the clerk.
    name: str
    left: float
    top: float
    right: float
    bottom: float
    #: Where the mark's left edge stands best, share of the page's width.
    best_left: float
    #: Places of an earlier round are tried at every size before those of a later one at any.
    round: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the visible page, in shares of its width and height."""

    left: float
    top: float
    right: float
    bottom: float


ANYWHERE = Zone(name="chỗ trống", left=0.0, top=0.0, right=1.0, bottom=1.0, best_left=0.14)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRules:
    """What a kind says of its mark."""

    width_mm: float
    height_mm: float
    #: How far from the page's edge it is to stand, where there is room.
    edge_mm: float
    #: Sizes to be tried, full size first; the last is the least at which it can still be read.
    scales: tuple[float, ...]
    #: Places in the order the office prefers.
    zones: tuple[Zone, ...]
    #: Where a paper of one page is signed and sealed: kept free for that. None: nowhere.
    signed_at: Area | None = None
    #: How far above the last line of the paper that begins, where it is short.
    signed_mm: float = 0.0

    def rounds(self) -> list[tuple[Zone, ...]]:
        """The places round by round."""
        every = sorted({zone.round for zone in self.zones})
        return [tuple(zone for zone in self.zones if zone.round == one) for one in every]


def mark_rules(table: object) -> MarkRules:
    """The rules a ``[data.dau_den]`` tells; what it leaves out is as usual.

    Raises:
        MarkDataWrong: a value is of another sort or outside the page.
    """
    if not isinstance(table, Mapping):
        raise MarkDataWrong("", "một bảng")
    scales = table.get("co", _SCALES)
    if not _is_list(scales) or not scales:
        raise MarkDataWrong("co", "danh sách tỉ lệ từ lớn đến nhỏ, ví dụ [1.0, 0.8, 0.6]")
    places = table.get("cho", ())
    if not _is_list(places) or len(places) > _MOST_PLACES:
        raise MarkDataWrong("cho", f"danh sách không quá {_MOST_PLACES} chỗ ([[data.dau_den.cho]])")
    found = [_number(one, f"co[{at}]", _LEAST_SCALE, 1.0) for at, one in enumerate(scales)]
    if found != sorted(found, reverse=True):
        raise MarkDataWrong("co", "các tỉ lệ xếp từ lớn đến nhỏ")
    return MarkRules(
        width_mm=_number(table.get("rong_mm", _SIZE_MM[0]), "rong_mm", 10.0, _LONGEST_MM),
        height_mm=_number(table.get("cao_mm", _SIZE_MM[1]), "cao_mm", 10.0, _LONGEST_MM),
        edge_mm=_number(table.get("cach_mep_mm", _EDGE_MM), "cach_mep_mm", 0.0, 100.0),
        scales=tuple(found),
        zones=tuple(_zone(one, at) for at, one in enumerate(places)) or (ANYWHERE,),
        **_signed(table),
    )


def _signed(table: Mapping[str, Any]) -> dict[str, Any]:
    if "cho_ky" not in table:
        return {}
    area = _area(table["cho_ky"], "cho_ky")
    height = _number(table["cho_ky"].get("cao_mm", 0), "cho_ky.cao_mm", 0.0, _LONGEST_MM)
    return {"signed_at": area, "signed_mm": height}


def _zone(told: object, at: int) -> Zone:
    if not isinstance(told, Mapping) or not isinstance(told.get("ten"), str) or not told["ten"]:
        raise MarkDataWrong(f"cho[{at}]", "một bảng có ten, trai, tren, phai, duoi, mep_trai")
    area = _area(told, f"cho[{at}]")
    best_left = _number(told.get("mep_trai", area.left), f"cho[{at}].mep_trai", 0.0, 1.0)
    turn = told.get("luot", 1)
    if not isinstance(turn, int) or isinstance(turn, bool) or not 1 <= turn <= _MOST_ROUNDS:
        raise MarkDataWrong(f"cho[{at}].luot", f"một số nguyên từ 1 đến {_MOST_ROUNDS}")
    return Zone(
        name=told["ten"],
        left=area.left,
        top=area.top,
        right=area.right,
        bottom=area.bottom,
        best_left=best_left,
        round=turn,
    )


def _area(told: object, key: str) -> Area:
    if not isinstance(told, Mapping):
        raise MarkDataWrong(key, "một bảng có trai, tren, phai, duoi")
    left, top, right, bottom = (
        _number(told.get(side, usual), f"{key}.{side}", 0.0, 1.0)
        for side, usual in (("trai", 0.0), ("tren", 0.0), ("phai", 1.0), ("duoi", 1.0))
    )
    if left >= right or top >= bottom:
        raise MarkDataWrong(key, "trai nhỏ hơn phai, tren nhỏ hơn duoi")
    return Area(left=left, top=top, right=right, bottom=bottom)


def _number(value: object, key: str, least: float, most: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:  # type: ignore[operator] # a number by now
        raise MarkDataWrong(key, f"một số từ {least:g} đến {most:g}")
    return float(value)  # type: ignore[arg-type] # a number by now


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
