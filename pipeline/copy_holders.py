"""A certified copy and the deeds of its journal → who holds which of its copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.legal import STATE_WORDS
from pipeline.record import JournalLine, LegalState
from pipeline.signed_back import signed_file
from pipeline.stores.registers.views import DocumentView

GIVEN = "copy-given"
RECALLED = "copy-recalled"
_SIGNED = frozenset((LegalState.DA_KY, LegalState.DA_PHAT_HANH, LegalState.DA_DINH_CHINH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One copy, or all that one recipient has."""

    #: Its serial number; 0 where copies are not numbered.
    serial: int
    #: Empty where nobody was named yet.
    holder: str
    given_at: datetime
    given_by: str
    recalled_at: datetime | None = None
    why: str = ""
    #: The copy is not known to be signed yet: nothing was given, this is whom it is for.
    is_intended: bool = False


def is_signed(copy: DocumentView) -> bool:
    """Whether the signed and sealed copy is known: its scan lies in the archive, or it was entered as signed or issued."""
    return copy.legal_state in _SIGNED or signed_file(copy.files) is not None


def serials_of(copy: DocumentView) -> int:
    """How many copies bear a serial number; 0 without."""
    return int(copy.record.get("danh_so_ban") or 0)


def holders_told(copy: DocumentView, deeds: Iterable[JournalLine]) -> list[Held]:
    """Who holds which copy, by serial number where they have one; *deeds* are the copy's, oldest first."""
    recipients = _recipients(copy)
    count = serials_of(copy)
    places: Sequence[tuple[int, str]] = [(0, name) for name in recipients]
    if count:
        # As many names as copies: each has its own. Else the clerk says who gets which.
        names = recipients if len(recipients) == count else ("",) * count
        places = list(enumerate(names, start=1))
    at = copy.decided_at or copy.received_at
    by = str(copy.record.get("nguoi_sao") or "")
    plan = not is_signed(copy)
    held = [
        Held(serial=serial, holder=name, given_at=at, given_by=by, is_intended=plan)
        for serial, name in places
    ]
    for line in deeds:
        held = _after(held, line)
    return held


def holders_in_words(copy: DocumentView, deeds: Iterable[JournalLine]) -> tuple[str, ...]:
    """Everybody a copy went to, once each; whose copies were all recalled is told so, unless the whole copy is."""
    held = holders_told(copy, deeds)
    standing = {one.holder: False for one in held if one.holder}
    for one in held:
        if one.holder and one.recalled_at is None:
            standing[one.holder] = True
    if any(not one.holder for one in held):  # nobody wrote down yet who of them got which
        standing = dict.fromkeys(_recipients(copy), True) | standing
    recalled = STATE_WORDS[LegalState.THU_HOI]
    is_whole = copy.legal_state is LegalState.THU_HOI
    return tuple(
        name if has_one or is_whole else f"{name} ({recalled})"
        for name, has_one in standing.items()
    )


def _recipients(copy: DocumentView) -> tuple[str, ...]:
    return copy.facts.recipients if copy.facts else ()


def _after(held: list[Held], line: JournalLine) -> list[Held]:
    data = line.data
    serial = int(data.get("serial") or 0)
    if line.deed == GIVEN:
        one = Held(
            serial=serial, holder=str(data["holder"]), given_at=line.at, given_by=line.person
        )
        rest = [other for other in held if not serial or other.serial != serial]
        return sorted([*rest, one], key=lambda each: each.serial)
    if line.deed == RECALLED:
        why = str(data.get("reason", ""))
        return [
            replace(one, recalled_at=line.at, why=why) if one.serial == serial else one
            for one in held
        ]
    return held
