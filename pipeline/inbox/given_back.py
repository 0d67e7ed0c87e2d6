"""What was given back and came again mended → moved out of the clerk's sight, never removed.

A drop that succeeds wholly ends the story of the earlier ones of its name in its folder. Of what they were given back
only what nobody has touched is moved, or what she mended there and dropped as it now is; all else she edited is hers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path

from pipeline.config import Office
from pipeline.durable import sha512_file
from pipeline.errors.base import shown_as
from pipeline.inbox.results import is_our_note, make_folder, move_under_free_name
from pipeline.record import Record
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import ReceiptView

log = logging.getLogger(__name__)

#: Below the folder of returned files: those whose mended copy succeeded.
DONE_FOLDER = "_da_xong"
#: In the extra facts of a receipt: path below the inbox → sha512, of all that was given back.
GIVEN_BACK = "given_back"


def digests_of(placed: Sequence[Path], office: Office) -> Record:
    """What to remember of files that were given back."""
    return {str(path.relative_to(office.inbox_dir)): sha512_file(path) for path in placed}


def put_away_mended(
    receipt: ReceiptView, office: Office, registers: Registers, dropped: Sequence[Path] = ()
) -> None:
    """Move what earlier drops of this source were given back into :data:`DONE_FOLDER`; idempotent.

    Args:
        dropped: The files of this drop: a record mended in its place among the returned ones is done like its paper.
    """
    taken = {sha512_file(path) for path in dropped}
    for earlier in registers.same_source(receipt):
        for path, sha512 in _told(earlier, office):
            try:
                _put_away(path, {sha512, *taken}, office)
            except OSError as error:
                # Open in Excel over a share, say: it lies where it lay, and the answer does not wait for it.
                told = shown_as(
                    "Chưa cất được một tệp đã trả lại (đang có người mở); tệp vẫn nằm đó."
                )
                log.warning("left a returned file where it lies: %s", error.strerror, extra=told)


def _put_away(path: Path, known: AbstractSet[str], office: Office) -> None:
    # A note that vouches for itself may have been written anew since.
    is_done = path.is_file() and (
        sha512_file(path) in known or (path.suffix == ".txt" and is_our_note(path))
    )
    if not is_done:
        return
    top = _top(path, office)
    make_folder(top / DONE_FOLDER, office.inbox_dir)
    move_under_free_name(path, top / DONE_FOLDER / path.name)
    if path.parent != top:
        # The folder of a paper with annexes: gone with the last of them, left where anything of hers lies in it.
        with suppress(OSError):
            path.parent.rmdir()


def given_back(receipt: ReceiptView, office: Office) -> Iterator[Path]:
    """Files that were given back of a drop, wherever they lie now; hers, where she edited them in their place."""
    for name in receipt.answer_files:
        path = office.inbox_dir / name
        if office.folders.returned in Path(name).parts and path.is_file():
            yield path
    for path, sha512 in _told(receipt, office):
        for moved in sorted((_top(path, office) / DONE_FOLDER).glob(f"*{path.suffix}")):
            if moved.is_file() and sha512_file(moved) == sha512:
                yield moved


def _told(receipt: ReceiptView, office: Office) -> Iterator[tuple[Path, str]]:
    for name, sha512 in receipt.extra.get(GIVEN_BACK, {}).items():
        yield office.inbox_dir / name, str(sha512)


def _top(path: Path, office: Office) -> Path:
    """The folder of returned files that *path* lies in, whatever folder of a bundle is between."""
    found = (one for one in path.parents if one.name == office.folders.returned)
    return next(found, path.parent)  # the office may call that folder otherwise by now
