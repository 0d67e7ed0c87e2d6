"""Files of the inbox that bear, or may bear, a mark of secrecy → what people are told of them.

A note in the folder says how many there are, for as long as there are any. The web page tells them from others by what the
file system says of them: no name, and nothing of what is inside, is written down anywhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from pipeline.config import Office
from pipeline.durable import fsync_dir, write_file
from pipeline.errors.base import RecordRejected
from pipeline.errors.intake import SecrecyDoubtful, SecrecyMark, SecrecyUnlooked
from pipeline.inbox.folders import NOTICE_NAME
from pipeline.inbox.readiness import Signature
from pipeline.inbox.results import replace_text

_FILE = "tep-dau-mat.json"


class Doubt(StrEnum):
    """Why a file is left where it lies; the intake's own words for it."""

    MARKED = "marked"
    DOUBTFUL = "doubtful"
    UNLOOKED = "unlooked"


_TOLD: Mapping[Doubt, tuple[type[RecordRejected], str]] = MappingProxyType(
    {
        Doubt.MARKED: (SecrecyMark, "mang dấu chỉ độ mật"),
        Doubt.DOUBTFUL: (SecrecyDoubtful, "có chữ giống dấu chỉ độ mật"),
        Doubt.UNLOOKED: (SecrecyUnlooked, "chưa xem xong có dấu chỉ độ mật hay không"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A drop that is left where it lies."""

    kind: str
    #: Of all its files, the paper first.
    files: tuple[Signature | None, ...]
    why: Doubt
    #: How often it was looked at, and when last; nobody is told.
    looks: int = field(default=1, compare=False)
    at_ms: int = field(default=0, compare=False)


def error_of(kind: str, why: Doubt) -> RecordRejected:
    """What is said of such a file; not which it is, and nothing of it."""
    error, _ = _TOLD[why]
    return error(f"mark of secrecy: {why}", folder=kind)


def words_of(why: Doubt) -> str:
    """How such a file is told in a sentence: «1 tệp …»."""
    return _TOLD[why][1]


def tell_secrets(
    kind: str, secrets: Collection[Secret], office: Office, *, is_looked_through: bool
) -> None:
    """Make the note in the folder of *kind* say what lies there now.

    Args:
        is_looked_through: Nothing lies there that was not looked at: a note that is not true any more goes.
    """
    folder = office.inbox_dir / kind
    if not secrets:
        if is_looked_through and (folder / NOTICE_NAME).exists():
            with suppress(FileNotFoundError):
                (folder / NOTICE_NAME).unlink()
            fsync_dir(folder)
        return
    found = Counter(one.why for one in secrets)
    told = [(why, found[why]) for why in Doubt if found[why]]
    held = ", ".join(f"{count} tệp {words_of(why)}" for why, count in told)
    words = [error_of(kind, why).clerk_text for why, _ in told]
    first = f"Thư mục «{kind}» đang có {held}. Không còn tệp nào như vậy thì tờ này tự mất."
    replace_text("\n\n".join((first, *words)) + "\n", folder, NOTICE_NAME)


def keep_secrets(secrets: Collection[Secret], office: Office) -> None:
    """Let the web page know which they are."""
    told = [
        {"file": list(astuple(one.files[0]))[:4], "why": one.why}
        for one in secrets
        if one.files[0] is not None
    ]
    path = office.registers_dir / _FILE
    data = json.dumps(told).encode()
    if not path.exists() or path.read_bytes() != data:
        write_file(path, data, mode=0o600)


def known_secrets(office: Office) -> Mapping[Signature, Doubt]:
    """Which files were found to be so → why they are left there; nothing where nobody can read of it."""
    try:
        told = json.loads((office.registers_dir / _FILE).read_bytes())
        return {_signature(one["file"]): Doubt(one["why"]) for one in told}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _signature(told: list[int]) -> Signature:
    device, inode, size_bytes, changed_ns = told
    return Signature(
        device=device,
        inode=inode,
        size_bytes=size_bytes,
        changed_ns=changed_ns,
        status_changed_s=0.0,
    )


def signature_of(path: Path) -> Signature | None:
    """What the file system says of the file; None where it is gone."""
    try:
        return Signature.of(path.lstat())
    except OSError:
        return None
