"""An office that moves: sealed where it was, so that no number is given in two places."""

from __future__ import annotations

from pipeline.app import App
from pipeline.stores.registers.marks import mark_moved, read_moved, unmark_moved


def seal_office(app: App, place: str, person: str, reason: str) -> None:
    """Close this office for good: reading goes on, every deed is refused. The office must be open alone."""
    if read_moved(app.office.registers_dir) is not None:
        return
    told = {"place": place, "reason": reason}
    app.registers.journal_append("office-sealed", person, None, told)
    at = app.clock.now().isoformat(timespec="seconds")
    mark_moved(app.office.registers_dir, {**told, "person": person, "at": at})


def reopen_office(app: App, person: str, reason: str) -> bool:
    """Open a sealed office again, because it did not move after all; whether it was sealed."""
    if read_moved(app.office.registers_dir) is None:
        return False
    unmark_moved(app.office.registers_dir)
    app.registers.journal_append("office-unsealed", person, None, {"reason": reason})
    return True
