"""«Đã xem, không mật»: what a person says of a file that waits in the inbox for a look → the record beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.app import App, refuse_if_behind
from pipeline.durable import move_new, temp_beside
from pipeline.errors.intake import NothingWaitsThere
from pipeline.inbox.folders import Drop, Listing, lend_to_owner, list_inbox
from pipeline.inbox.readiness import Signature
from pipeline.inbox.secret_notes import Doubt, known_secrets, signature_of

DECLARED = "declared-open"
_MODE = 0o664
_HAS_RECORD = "Bên cạnh đã có tệp thông tin «{}»: lời không mật (do_mat: «không») hay đã giải mật thì ghi thêm vào đó."
_IN_FOLDER = "Tệp nằm trong một thư mục con: hãy đặt vào thư mục ấy một tệp thông tin (json) có ghi do_mat: «không»."
_TWINS = (
    "Trong thư mục còn tệp khác cùng tên, chỉ khác đuôi: hãy đổi tên một tệp để nói riêng từng tệp."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A file that is left where it lies."""

    drop: Drop
    why: Doubt
    #: Why one word is not enough, and what is: a sentence for the clerk, or empty.
    hindrance: str

    @property
    def may_be_declared(self) -> bool:
        """Whether that word is all it waits for: a mark that was seen stands."""
        return self.why is not Doubt.MARKED and not self.hindrance


def held(listing: Listing, secrets: Mapping[Signature, Doubt]) -> dict[Path, Held]:
    """What is known to be left there for its mark, or for what may be one."""
    names = Counter(drop.path.with_suffix("") for drop in listing.drops)
    found = {}
    for drop in listing.drops:
        signature = signature_of(drop.path)
        if signature is None or (why := secrets.get(signature)) is None:
            continue
        # A mark that was seen stands: of it nothing is to be said but what its reason says.
        hindrance = ""
        if drop.companion is not None:
            hindrance = _HAS_RECORD.format(drop.companion.name)
        elif why is not Doubt.MARKED and drop.bundle is not None:
            hindrance = _IN_FOLDER
        elif why is not Doubt.MARKED and names[drop.path.with_suffix("")] > 1:
            # A record speaks for one paper of its name, and which one the folder does not tell.
            hindrance = _TWINS
        found[drop.path] = Held(drop=drop, why=why, hindrance=hindrance)
    return found


def waiting_for_word(place: str, app: App) -> Held:
    """The file at *place* (below the inbox), which waits for that word.

    Raises:
        NothingWaitsThere (R376): it was taken in, taken out, is another file now, or a word is not enough.
    """
    lying = held(list_inbox(app.office, app.folders), known_secrets(app.office))
    for path, one in lying.items():
        if path.relative_to(app.office.inbox_dir).as_posix() == place and one.may_be_declared:
            return one
    raise NothingWaitsThere("no file waits for that word there")


def declare_open(drop: Drop, person: str, app: App) -> None:
    """Say for *person* that he has looked and it is not secret; it is taken in at the next look.

    The journal tells who said so before the file can be taken; not of which file, as it was looked at by nobody else.

    Raises:
        NothingWaitsThere (R376): somebody put a record beside it meanwhile.
        RegistersBehind (A432): nothing may be written down.
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
