"""The deeds of printing in the journal → the printings, for a rebuild. Nothing here knows the tables."""

from __future__ import annotations

from dataclasses import replace

from pipeline.record import DocumentId, JournalLine
from pipeline.stores.registers.print_views import PaperOfPrint, PrintState, PrintVersion, PrintView


def note_print(line: JournalLine, prints: dict[str, PrintView]) -> None:
    """Take what a line tells into *prints*; lines come in the order of their deeds."""
    data = line.data
    if line.deed == "print-ordered":
        prints[data["job"]] = _ordered(line)
        return
    known = prints.get(data.get("job", ""))
    if known is None:
        return
    ended_at = known.finished_at or line.at
    match line.deed:
        case "printed":
            known = replace(known, state=PrintState.PRINTED, finished_at=ended_at)
        case "print-failed":
            state = PrintState(data["state"])
            known = replace(known, state=state, finished_at=ended_at, detail=data["reason"])
        case "print-said":
            state, bad = PrintState(data["state"]), tuple(data["bad_sheets"])
            known = replace(known, state=state, finished_at=ended_at, bad_sheets=bad)
    prints[known.id] = known


def _paper(
    document_id: str, version: int, pages: int, which: str = PrintVersion.BAN_DUNG
) -> PaperOfPrint:
    """A paper as the journal tells it; older lines know one file of each alone."""
    return PaperOfPrint(
        document_id=DocumentId(document_id),
        version=version,
        pages=pages,
        which=PrintVersion(which),
    )


def _ordered(line: JournalLine) -> PrintView:
    data = line.data
    return PrintView(
        id=data["job"],
        server=data["server"],
        printer=data["printer"],
        copies=data["copies"],
        is_duplex=data["duplex"],
        has_separators=data["separators"],
        paper_size=data["paper_size"],
        person=line.person,
        made_at=line.at,
        worker="",
        # Whether its printer got it the journal does not know: it is asked by name, and may have forgotten.
        state=PrintState.GIVEN if data["printer"] else PrintState.HERE,
        papers=tuple(_paper(*one) for one in data["papers"]),
        sheets=data["sheets"],
        again_of=data["again_of"],
        only_sheets=tuple(data["only_sheets"]),
        # Older lines know no such prints.
        is_lookup=data.get("lookup", False),
    )
