"""Dates of numbers: what is odd about one, asked under the lock of its series, so that no race answers it.

Within a series dates go with ordinals. A date that runs back is somebody's decision, with a reason; the rest are
findings that stand in the book, or that send the paper back where the office wants it so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from pipeline.errors.numbering import (
    BackdatingUnexplained,
    DateDisagrees,
    DateFinding,
    DateInFuture,
    DateRunsBack,
)
from pipeline.record import EntryStatus, NumberSource, SeriesKey
from pipeline.stores.registers import models
from pipeline.stores.registers.database import Database

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Rows whose date is the day they were written down, not that of a paper.
_UNDATED = (NumberSource.DANH_SO.value, NumberSource.BO_QUA.value)
#: Rows whose date somebody told with the number.
_TOLD = (NumberSource.TAY, NumberSource.DIEN_THOAI, NumberSource.HE_THONG_KHAC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """How the date of a number is judged."""

    today: date
    #: The day the paper was dropped or the deed asked for: from then on nothing is back-dated.
    asked_on: date
    #: Who decided to date it back, and why.
    person: str = ""
    reason: str = ""
    #: Of a secret paper nobody is asked why: no reason could be told.
    is_secret: bool = False
    #: The number follows a signature: a day of the past is the day it was signed, as long as none has a later one.
    is_signed: bool = False
    #: ``thu_tu_ngay = "chan"``: what is odd is refused.
    is_strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A number of the series whose date is that of a paper."""

    ordinal: int
    day: date


def below(db: Database, key: SeriesKey, ordinal: int) -> Dated | None:
    """The nearest dated number before *ordinal*."""
    return _first(_dated(db, key).filter(ordinal__lt=ordinal).order_by("-ordinal"))


def above(db: Database, key: SeriesKey, ordinal: int) -> Dated | None:
    """The nearest dated number behind *ordinal*."""
    return _first(_dated(db, key).filter(ordinal__gt=ordinal).order_by("ordinal"))


def told_before(entry: models.Entry | None) -> Dated | None:
    """The date that was told when the number was entered without its paper."""
    if entry is None or entry.source not in _TOLD or entry.status == EntryStatus.RESERVED:
        return None
    return Dated(ordinal=entry.ordinal, day=entry.issued_on)


def judge(
    day: date,
    dating: Dating,
    *,
    before: Dated | None,
    behind: Dated | None = None,
    told: Dated | None = None,
    is_given: bool = False,
) -> str:
    """What the book must say of the date; empty where nothing is odd.

    Args:
        is_given: The number was given earlier, so that a day of the past is none dated back.
    Raises:
        BackdatingUnexplained (R196): nobody stands for a date that runs back.
        DateFinding (R197–R199): the office refuses what is odd, and the day is not today.
    """
    found = _findings(day, dating, before)
    if behind is not None and day > behind.day:
        found.append(_disagrees(day, behind))
    if told is not None and day != told.day:
        found.append(_disagrees(day, told))
    is_now = day in {dating.today, dating.asked_on}
    if found and dating.is_strict and not is_now:
        raise found[0]
    said = [one.remark for one in found]
    runs_back = before is not None and day < before.day
    if not (is_now or dating.is_secret) and (
        runs_back or (not (is_given or dating.is_signed) and day < dating.asked_on)
    ):
        if not (dating.person and dating.reason):
            raise _unexplained(day, dating, before if runs_back else None)
        said.append(f"Lùi ngày {_shown(day)}: {dating.person} quyết định, {dating.reason}")
    return "; ".join(said)


def _findings(day: date, dating: Dating, before: Dated | None) -> list[DateFinding]:
    found: list[DateFinding] = []
    if day > dating.today:
        found.append(
            DateInFuture(f"day in the future {day}", day=_shown(day), today=_shown(dating.today))
        )
    if before is not None and day < before.day:
        found.append(DateRunsBack(f"day runs back {day}", **_beside(day, before)))
    return found


def _disagrees(day: date, other: Dated) -> DateDisagrees:
    return DateDisagrees(f"day disagrees {day}", **_beside(day, other))


def _beside(day: date, other: Dated) -> dict[str, object]:
    return {"day": _shown(day), "other": other.ordinal, "other_day": _shown(other.day)}


def _unexplained(day: date, dating: Dating, before: Dated | None) -> BackdatingUnexplained:
    why = (
        f"trước hôm nhận {_shown(dating.asked_on)}"
        if before is None
        else f"số {before.ordinal} đã ghi ngày {_shown(before.day)}"
    )
    return BackdatingUnexplained(f"backdated to {day}", day=_shown(day), why=why)


def _dated(db: Database, key: SeriesKey) -> QuerySet[models.Entry]:
    reserved = Q(status=EntryStatus.RESERVED)
    return (
        db.rows(models.Entry).filter(series_id=str(key)).exclude(reserved | Q(source__in=_UNDATED))
    )


def _first(query: QuerySet[models.Entry]) -> Dated | None:
    row = query.values_list("ordinal", "issued_on").first()
    return None if row is None else Dated(ordinal=row[0], day=row[1])


def _shown(day: date) -> str:
    return day.strftime("%d/%m/%Y")
