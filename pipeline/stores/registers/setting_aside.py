"""Numbers without a paper here: entered, reserved, secret, confirmed as used; each a row and a journal row of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from pipeline.clock import Clock
from pipeline.errors.numbering import NumberNotWaiting
from pipeline.record import Book, EntryStatus, NumberSource, SeriesKey
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.books import left_by
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.dating import Dating
from pipeline.stores.registers.journal_rows import Scribe, check_clock
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.numbering import WAITS, Taking, dated, take, take_given
from pipeline.stores.registers.rows import locked
from pipeline.stores.registers.told import entry_told
from pipeline.stores.registers.views import EntryView, Holding

#: All that is ever said of a secret paper.
_WORDS_OF_SECRECY = "văn bản mật"


def hold(db: Database, clock: Clock, key: SeriesKey, holding: Holding) -> list[EntryView]:
    """Ordinals as rows without a paper: the next ones, or the one that is named."""
    now = clock.now()
    with db.transaction():
        check_clock(db, now)
        taking = _taking(key, holding, now)
        if holding.ordinal is not None:
            given = take_given(db, key, taking, start=holding.start, now=now)
            entries, between = [given.entry], list(given.between)
        else:
            takings = []
            for judged in dated(db, key, [taking] * holding.count, start=holding.start):
                if not isinstance(judged, Taking):
                    raise judged
                takings.append(judged)
            entries, between = take(db, key, takings, start=holding.start, now=now), []
        scribe = Scribe(db, now, holding.person)
        for entry in [*between, *entries]:
            scribe.note("held", entry_told(entry))
        scribe.write()
        left = left_by(db, entries)
        return [replace(wire.entry_view(entry), left=left[entry.id]) for entry in entries]


def _taking(key: SeriesKey, holding: Holding, now: datetime) -> Taking:
    today = wire.local(now).date()
    is_secret = holding.source is NumberSource.MAT
    taking = Taking(
        document_id=None,
        status=holding.status,
        issued_on=holding.issued_on or today,
        reference_format=holding.reference_format,
        lookup_prefix=holding.lookup_prefix,
        ordinal=holding.ordinal,
        may_pass_over=holding.may_pass_over,
        reason=_WORDS_OF_SECRECY if is_secret else storable(holding.reason),
        expires_on=holding.expires_on,
        holder="" if is_secret else storable(holding.holder),
        person=holding.person,
        source=holding.source.value,
    )
    if holding.status is EntryStatus.RESERVED or key.book is Book.NOI_BO:
        return taking
    dating = Dating(
        today=today,
        asked_on=today,
        person=holding.person,
        reason=taking.reason,
        is_secret=is_secret,
        is_strict=holding.strict_dates,
    )
    return replace(taking, dating=dating)


def confirm(
    db: Database,
    clock: Clock,
    place: tuple[SeriesKey, int],
    why: tuple[str, str],
    *,
    issued_on: date | None,
) -> EntryView:
    """A held or reserved number was used for a paper that exists on paper only; nothing waits for it any more.

    Raises:
        NumberNotWaiting (R179): no such row, or it has its paper, is void, or used already.
    """
    key, ordinal = place
    person, reason = why
    now = clock.now()
    with db.transaction():
        check_clock(db, now)
        query = db.rows(models.Entry).filter(series_id=str(key), ordinal=ordinal)
        entry = locked(db, query).first()
        if entry is None or entry.status not in WAITS:
            raise NumberNotWaiting(
                f"does not wait series={key} ordinal={ordinal}",
                what=(entry.reference or entry.lookup_code) if entry else f"{ordinal} ({key.name})",
            )
        said = f"Xác nhận đã dùng ngày {wire.local(now):%d/%m/%Y} ({person}): {reason}"
        entry.status = EntryStatus.USED.value
        entry.remark = storable("; ".join(part for part in (entry.remark, said) if part))
        if issued_on is not None:
            entry.issued_on = issued_on
        entry.save(using=db.alias, update_fields=["status", "remark", "issued_on"])
        scribe = Scribe(db, now, person)
        told = {
            "series": entry.series_id,
            "ordinal": ordinal,
            "issued_on": entry.issued_on.isoformat(),
            "reason": reason,
            "remark": entry.remark,
        }
        scribe.note("confirmed", told)
        scribe.write()
        return wire.entry_view(entry)
