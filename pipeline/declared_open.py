"""«Đã xem, không mật»: what a person says of a file that waits in the inbox for a look → the record beside it."""

from __future__ import annotations

import json

from pipeline.app import App, refuse_if_behind
from pipeline.durable import move_new, temp_beside
from pipeline.errors.intake import NothingWaitsThere
from pipeline.inbox.folders import Drop, lend_to_owner, list_inbox
from pipeline.inbox.secret_notes import Doubt, known_secrets, signature_of

DECLARED = "declared-open"
_MODE = 0o664
_TAKES_RECORDS = frozenset(("paper", "signed"))


def why_it_waits(drop: Drop, app: App) -> Doubt | None:
    """Why the file is left where it lies, as it is now; None where nothing is known against it."""
    signature = signature_of(drop.path)
    return known_secrets(app.office).get(signature) if signature else None


def may_be_declared(drop: Drop, why: Doubt | None, app: App) -> bool:
    """Whether one word is all it needs: a mark that was seen stands, and a record of the clerk's own is his to mend."""
    takes_records = app.folders[drop.kind].source in _TAKES_RECORDS
    is_doubt = why in {Doubt.DOUBTFUL, Doubt.UNLOOKED}
    return is_doubt and takes_records and drop.companion is None and drop.bundle is None


def waiting_drop(place: str, app: App) -> Drop:
    """The file at *place* (below the inbox), which waits for that word.

    Raises:
        NothingWaitsThere (R376): it was taken in, taken out, or is another file now.
    """
    for drop in list_inbox(app.office, app.folders).drops:
        if drop.path.relative_to(app.office.inbox_dir).as_posix() == place:
            if may_be_declared(drop, why_it_waits(drop, app), app):
                return drop
            break
    raise NothingWaitsThere("no file waits for that word there")


def declare_open(drop: Drop, person: str, app: App) -> None:
    """Say for *person* that he has looked and it is not secret; it is taken in at the next look.

    The journal tells who said so before the file can be taken; not of which file, as it was looked at by nobody else.

    Raises:
        NothingWaitsThere (R376): somebody put a record beside it meanwhile.
    """
    refuse_if_behind(app)
    record = drop.path.with_suffix(".json")
    temp = temp_beside(record)
    try:
        temp.write_bytes(json.dumps({"do_mat": "không"}, ensure_ascii=False).encode())
        temp.chmod(_MODE)
        lend_to_owner(temp, app.office.inbox_dir)
        app.registers.journal_append(DECLARED, person, None, {"kind": drop.kind})
        move_new(temp, record)
    except FileExistsError as error:
        raise NothingWaitsThere("a record lies beside it now") from error
    finally:
        temp.unlink(missing_ok=True)
