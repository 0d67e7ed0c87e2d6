"""Rulings that ask for a number → entries in their series, and why the others have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.errors.base import Problem, RecordRejected
from pipeline.errors.intake import HeldByNeighbours
from pipeline.errors.registers import BookClosed
from pipeline.record import Book, EntryStatus, SeriesKey
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.closing import refuse_closed
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.dating import Dating
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.numbering import (
    BY_FLOW,
    BY_HAND,
    Given,
    Taking,
    dated,
    take,
    take_given,
)
from pipeline.stores.registers.views import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When and by whom numbers are given."""

    now: datetime
    person: str
    #: The day the paper was dropped, or the number asked for: nothing dated from then on is dated back.
    asked_on: date


@dataclass(slots=True, kw_only=True)
class Numbered:
    """What became of the rulings, by document."""

    entries: dict[str, models.Entry] = field(default_factory=dict)
    #: Ordinals passed over by numbers given by hand.
    skipped: list[models.Entry] = field(default_factory=list)
    refused: dict[str, Problem] = field(default_factory=dict)


class _HeldBackError(Exception):
    """Takes back what a list that is held had been given."""


def number_rulings(
    db: Database, rulings: Sequence[Ruling], occasion: Occasion, *, hold_all: bool
) -> Numbered:
    """Number all that can be; with *hold_all* (``ca_lo``) nothing unless everything."""
    numbered = Numbered()
    try:
        with db.transaction():
            _number_all(db, rulings, occasion, numbered)
            _check_held(numbered, hold_all=hold_all)
    except _HeldBackError:
        held = HeldByNeighbours("list is held").problem()
        every = {one.document_id: numbered.refused.get(one.document_id, held) for one in rulings}
        return Numbered(refused={str(key): problem for key, problem in every.items()})
    return numbered


def _check_held(numbered: Numbered, *, hold_all: bool) -> None:
    if hold_all and numbered.refused:
        raise _HeldBackError


def number_one(db: Database, ruling: Ruling, occasion: Occasion) -> Given:
    """Number one paper, or raise what stands in the way."""
    assert ruling.series is not None
    taking = _taking(ruling, occasion)
    refuse_closed(db, ruling.series, taking.issued_on, wire.local(occasion.now).date())
    if ruling.ordinal is not None:
        return take_given(db, ruling.series, taking, start=ruling.start, now=occasion.now)
    [judged] = dated(db, ruling.series, [taking], start=ruling.start)
    if not isinstance(judged, Taking):
        raise judged
    [entry] = take(db, ruling.series, [judged], start=ruling.start, now=occasion.now)
    return Given(entry=entry)


def _number_all(
    db: Database, rulings: Sequence[Ruling], occasion: Occasion, numbered: Numbered
) -> None:
    groups: dict[str, list[Ruling]] = {}
    for ruling in rulings:
        assert ruling.series is not None
        groups.setdefault(str(ruling.series), []).append(ruling)
    for key in sorted(groups):  # always in one order, so that two batches cannot lock crosswise
        for ruling in groups[key]:
            if ruling.ordinal is not None:
                _number_given(db, ruling, occasion, numbered)
        following = [ruling for ruling in groups[key] if ruling.ordinal is None]
        _number_following(db, SeriesKey.parse(key), (following, occasion), numbered)


def _number_given(db: Database, ruling: Ruling, occasion: Occasion, numbered: Numbered) -> None:
    try:
        given = number_one(db, ruling, occasion)
    except RecordRejected as error:
        numbered.refused[ruling.document_id] = error.problem()
    else:
        numbered.entries[ruling.document_id] = given.entry
        numbered.skipped += given.between


def _number_following(
    db: Database, key: SeriesKey, asked: tuple[Sequence[Ruling], Occasion], numbered: Numbered
) -> None:
    rulings, occasion = asked
    if not rulings:
        return
    start = rulings[0].start
    takings: list[Taking] = []
    asked_for = [_taking(ruling, occasion) for ruling in rulings]
    judged = dated(db, key, asked_for, start=start)
    late = [_closed(db, key, taking, occasion) for taking in asked_for]
    for ruling, judgement, closed in zip(rulings, judged, late, strict=True):
        found = closed or judgement
        if isinstance(found, Taking):
            takings.append(found)
        else:
            numbered.refused[ruling.document_id] = found.problem()
    for entry in take(db, key, takings, start=start, now=occasion.now):
        assert entry.document_id is not None
        numbered.entries[entry.document_id] = entry


def _closed(db: Database, key: SeriesKey, taking: Taking, occasion: Occasion) -> BookClosed | None:
    """Why the book of that year takes no more numbers, None where it does."""
    try:
        refuse_closed(db, key, taking.issued_on, wire.local(occasion.now).date())
    except BookClosed as error:
        return error
    return None


def _taking(ruling: Ruling, occasion: Occasion) -> Taking:
    return Taking(
        document_id=ruling.document_id,
        status=EntryStatus.ISSUED,
        issued_on=ruling.issued_on or wire.local(occasion.now).date(),
        reference_format=ruling.reference_format,
        lookup_prefix=ruling.lookup_prefix,
        ordinal=ruling.ordinal,
        may_pass_over=ruling.may_pass_over,
        remark=storable(ruling.remark),
        person=occasion.person,
        source=BY_FLOW if ruling.ordinal is None else BY_HAND,
        dating=_dating(ruling, occasion),
    )


def _dating(ruling: Ruling, occasion: Occasion) -> Dating | None:
    """The internal book has entries, not numbers: their dates are the papers' own affair."""
    assert ruling.series is not None
    if ruling.series.book is Book.NOI_BO:
        return None
    return Dating(
        today=wire.local(occasion.now).date(),
        asked_on=occasion.asked_on,
        person=ruling.backdated_by,
        reason=ruling.backdated_why,
        is_signed=ruling.is_signed,
        is_strict=ruling.strict_dates,
    )
