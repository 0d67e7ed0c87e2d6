"""A certified copy and the deeds of its journal → who holds which of its copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.legal import STATE_WORDS
from pipeline.record import JournalLine, LegalState
from pipeline.signed_back import signed_file
from pipeline.stores.registers.views import DocumentView
from pipeline.vietnamese import fold

GIVEN = "copy-given"
RECALLED = "copy-recalled"
_NAMED_HOLDERS = 5
_SIGNED = frozenset((LegalState.DA_KY, LegalState.DA_PHAT_HANH, LegalState.DA_DINH_CHINH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One copy, or all that one recipient has."""

    #: Its serial number; 0 where copies are not numbered.
    serial: int
    #: Empty where nobody was named yet.
    holder: str
    given_at: datetime
    #: Empty where nobody said so: whom the copy is addressed to has it once it is signed.
    given_by: str
    recalled_at: datetime | None = None
    why: str = ""
    #: The copy is not known to be signed yet: nothing was given, this is whom it is for.
    is_intended: bool = False
    #: It was given out, as somebody says, and is still not known to be signed.
    is_unsigned: bool = False


def is_signed(copy: DocumentView) -> bool:
    """Whether the signed and sealed copy is known: its scan lies in the archive, or it was entered as signed or issued."""
    return copy.legal_state in _SIGNED or signed_file(copy.files) is not None


def unsigned_words(copy: DocumentView, shown: str) -> str:
    """What whoever gives it out must know of a copy that is not known to be signed; empty of one that is.

    The deed is written down all the same: a sheet that left the house must be found again, whatever it lacks.
    """
    if is_signed(copy):
        return ""
    state = STATE_WORDS[copy.legal_state]
    return (
        f"{shown} còn «{state}»: kho chưa ghi nhận bản ký, đóng dấu. Bản chưa ký, chưa đóng dấu thì chưa phải là bản sao, "
        "đừng giao. Đã ký rồi thì thả bản quét vào thư mục «ban-ky», hoặc ghi trạng thái «đã ký»"
    )


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
    plan = not is_signed(copy)
    held = [
        Held(serial=serial, holder=name, given_at=at, given_by="", is_intended=plan)
        for serial, name in places
    ]
    for line in deeds:
        held = _after(held, line, is_unsigned=plan)
    return held


def holders_in_words(copy: DocumentView, deeds: Iterable[JournalLine]) -> str:
    """Who holds one, whom it is only meant for, who gave it back: «gửi A; dự kiến gửi B; đã thu hồi của C».

    Nothing of a copy that was revoked wholly: nobody is told to hold it.
    """
    if copy.legal_state is LegalState.THU_HOI:
        return ""
    held = holders_told(copy, deeds)
    living = [one for one in held if one.recalled_at is None]
    given = _names(one.holder for one in living if not one.is_intended)
    meant = _names(one.holder for one in living if one.is_intended)
    if any(not one.holder for one in living):  # nobody wrote down yet who of them got which
        meant = _names((*meant, *_recipients(copy)))
    meant = [name for name in meant if name not in given]
    back = _names(one.holder for one in held if one.recalled_at is not None)
    back = [name for name in back if name not in given and name not in meant]
    told = (
        ("gửi", given),
        ("dự kiến gửi" if not is_signed(copy) else "chưa ghi ai nhận, nơi nhận:", meant),
        (f"{STATE_WORDS[LegalState.THU_HOI]} của", back),
    )
    return "; ".join(f"{words} {_counted(names)}" for words, names in told if names)


def _names(holders: Iterable[str]) -> list[str]:
    return [*dict.fromkeys(filter(None, holders))]


def _counted(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_HOLDERS
    return ", ".join(names[:_NAMED_HOLDERS]) + (f" và {more} nơi khác" if more > 0 else "")


def _recipients(copy: DocumentView) -> tuple[str, ...]:
    return copy.facts.recipients if copy.facts else ()


def _is_said_by(given: Held, other: Held) -> bool:
    """Whether what was known of *other* is what somebody now says: of that serial number, or of whom it was addressed to."""
    if given.serial:
        return other.serial == given.serial
    is_presumed = not other.given_by and other.recalled_at is None
    return not other.serial and is_presumed and fold(other.holder) == fold(given.holder)


def _after(held: list[Held], line: JournalLine, *, is_unsigned: bool) -> list[Held]:
    data = line.data
    serial = int(data.get("serial") or 0)
    if line.deed == GIVEN:
        one = Held(
            serial=serial,
            holder=str(data["holder"]),
            given_at=line.at,
            given_by=line.person,
            is_unsigned=is_unsigned,
        )
        rest = [other for other in held if not _is_said_by(one, other)]
        return sorted([*rest, one], key=lambda each: each.serial)
    if line.deed == RECALLED:
        why = str(data.get("reason", ""))
        return [
            replace(one, recalled_at=line.at, why=why) if one.serial == serial else one
            for one in held
        ]
    return held
