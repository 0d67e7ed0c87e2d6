"""A number that the paper has already (``so_da_cap``) → the ordinal it is to be entered under, and its date.

Given by hand, by telephone, by another system: it is never given anew, only entered; whether it is free is asked in
the transaction that numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.between import Bench, Checked
from pipeline.clock import today
from pipeline.errors.base import KindInvalid
from pipeline.errors.numbering import (
    BackdatingUnexplained,
    GivenNumberElsewhere,
    GivenNumberUnreadable,
    NoSuffixNumber,
    NumberNeverChanges,
)
from pipeline.errors.registers import BookClosed
from pipeline.record import Book, EntryStatus, NumberSource, SeriesKey
from pipeline.series_format import series_of, written_as
from pipeline.stores.registers.lookup_code import is_lookup_code, reference_key
from pipeline.stores.registers.views import ReceiptView
from pipeline.vietnamese import clean_text

_GIVEN = re.compile(
    r"(?:số\s*)?0*(?P<ordinal>[1-9]\d{0,5})(?P<suffix>[^\W\d_]*)(?P<rest>\s*[-–/].*)?",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?P<head>[^\W_][\w.]*)-(?P<year>\d\d)-(?P<ordinal>\d{5,6})-\w", re.IGNORECASE)
_DATED = frozenset(
    (NumberSource.TAY.value, NumberSource.DIEN_THOAI.value, NumberSource.HE_THONG_KHAC.value)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenNumber:
    """A number as somebody wrote it."""

    ordinal: int
    #: What stands behind the ordinal, ``-CV/VPTU``; empty for a bare ordinal.
    rest: str = ""


def read_number(text: str, *, example: str) -> GivenNumber:
    """The ordinal that *text* begins with.

    Raises:
        NoSuffixNumber (R146): ``45a``.
        GivenNumberUnreadable (R145).
    """
    given = " ".join(clean_text(text)[0].split())
    match = _GIVEN.fullmatch(given)
    if match is None:
        raise GivenNumberUnreadable(f"not a number given={given!r}", given=given, example=example)
    if match["suffix"]:
        shown = f"{match['ordinal']}{match['suffix']}"
        raise NoSuffixNumber(f"number with a letter given={given!r}", given=shown)
    return GivenNumber(ordinal=int(match["ordinal"]), rest=match["rest"] or "")


def read_given_numbers(
    checked: Sequence[Checked], receipt: ReceiptView, bench: Bench, *, is_late: bool
) -> None:
    """Set the ordinal of each paper that has its number already, with the date told when it was given.

    Args:
        is_late: The records came after their papers, which have their numbers for ever.
    """
    for item in checked:
        if item.facts is None or item.problems:
            continue
        try:
            if is_late:
                _compare(item, bench)
            else:
                _read(item, bench)
                _ask_about_the_past(item, receipt, bench)
        except KindInvalid:
            # What the office file does not name is told where bodies are checked.
            item.ordinal = None
        except (
            BackdatingUnexplained,
            BookClosed,
            GivenNumberElsewhere,
            GivenNumberUnreadable,
            NoSuffixNumber,
            NumberNeverChanges,
        ) as error:
            item.problems.append(error.problem())


def _read(item: Checked, bench: Bench) -> None:
    given = str(item.record.get("so_da_cap") or "")
    if not given:
        return
    assert item.facts is not None
    day = item.facts.issued_on or today(bench.clock)
    key = _series(item, day, bench)
    item.ordinal = _ordinal(given, key, bench)
    standing = bench.registers.entry(key, item.ordinal)
    is_told = bool(item.record.get("ngay")) or day != today(bench.clock)
    if standing is None or is_told:
        return
    if standing.status is not EntryStatus.RESERVED and standing.source in _DATED:
        # Its date was told with the number; today is only the day on which the paper comes in.
        item.facts = replace(item.facts, issued_on=standing.issued_on)


def _series(item: Checked, day: date, bench: Bench) -> SeriesKey:
    assert item.facts is not None
    is_internal = bench.kind.book is Book.NOI_BO
    return series_of(
        bench.kind.book,
        day,
        bench.office,
        issuer=item.facts.issuer,
        symbol=bench.kind.number.prefix if is_internal else item.symbol,
        incoming_book=item.incoming_book,
    )


def _ordinal(given: str, key: SeriesKey, bench: Bench) -> int:
    pattern, prefix = written_as(key, bench.office)
    example = pattern.replace("{so}", "128") or f"{prefix}-{key.period[-2:]}-00128-…"
    code = _CODE.fullmatch(given.strip())
    if prefix and code is not None:
        head = f"{prefix}-{key.period[-2:]}"
        if not is_lookup_code(given):
            raise GivenNumberUnreadable(f"bad code given={given!r}", given=given, example=example)
        if f"{code['head']}-{code['year']}".casefold() != head.casefold():
            raise GivenNumberElsewhere(
                f"other series given={given!r}", given=given, example=example
            )
        return int(code["ordinal"])
    number = read_number(given, example=example)
    ours = {pattern, f"{{so}}-ĐẾN/{key.issuer}/{key.period}" if key.book is Book.DEN else pattern}
    known = {reference_key(one.replace("{so}", str(number.ordinal))) for one in ours}
    if number.rest and reference_key(f"{number.ordinal}{number.rest}") not in known:
        raise GivenNumberElsewhere(f"other series given={given!r}", given=given, example=example)
    return number.ordinal


def _ask_about_the_past(item: Checked, receipt: ReceiptView, bench: Bench) -> None:
    """A number taken now for a day of the past is somebody's decision: asked with whatever else is wrong."""
    assert item.facts is not None
    day, dropped_on = item.facts.issued_on, receipt.received_at.date()
    is_new_number = item.ordinal is None and bench.kind.source != "paper"
    if not is_new_number or bench.kind.book is Book.NOI_BO or day is None or day >= dropped_on:
        return
    # Nobody is asked to answer for what cannot be.
    bench.registers.refuse_closed(_series(item, day, bench), day)
    if not (item.record.get("lui_ngay_boi") and item.record.get("lui_ngay_ly_do")):
        raise BackdatingUnexplained(
            f"backdated to {day}",
            day=f"{day:%d/%m/%Y}",
            why=f"trước hôm nhận {dropped_on:%d/%m/%Y}",
        )


def _compare(item: Checked, bench: Bench) -> None:
    given = str(item.record.get("so_da_cap") or "")
    paper = bench.registers.get(item.amends) if item.amends else None
    if not given or paper is None or paper.number is None:
        return
    pattern, prefix = written_as(paper.number.series, bench.office)
    example = pattern.replace("{so}", "128") or f"{prefix}-00128-…"
    if read_number(given, example=example).ordinal != paper.number.ordinal:
        shown = paper.number.shown
        raise NumberNeverChanges(f"number never changes document={paper.id}", shown=shown)
