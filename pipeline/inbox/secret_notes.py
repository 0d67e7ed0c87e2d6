"""Files of the inbox that bear, or may bear, a mark of secrecy → what people are told of them.

A note in the folder says how many there are, for as long as there are any. The web page tells them from others by what the
file system says of them: no name, and nothing of what is inside, is written down anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from pipeline.config import Office
from pipeline.durable import fsync_dir, write_file
from pipeline.errors.base import RecordRejected
from pipeline.errors.intake import SecrecyDoubtful, SecrecyMark
from pipeline.inbox.folders import NOTICE_NAME
from pipeline.inbox.readiness import Signature
from pipeline.inbox.results import replace_text

_FILE = "tep-dau-mat.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A drop that is left where it lies."""

    kind: str
    #: Of all its files, the paper first.
    files: tuple[Signature | None, ...]
    #: It bears the mark; otherwise something in it looks like one.
    is_sure: bool


def error_of(kind: str, *, is_sure: bool) -> RecordRejected:
    """What is said of such a file; not which it is, and nothing of it."""
    if is_sure:
        return SecrecyMark("a mark of secrecy", folder=kind)
    return SecrecyDoubtful("perhaps a mark of secrecy", folder=kind)


def tell_secrets(
    kind: str, secrets: Collection[Secret], office: Office, *, is_looked_through: bool
) -> None:
    """Make the note in the folder of *kind* say what lies there now.

    Args:
        is_looked_through: Nothing lies there that was not looked at: a note that is not true any more goes.
    """
    folder = office.inbox_dir / kind
    sure = sum(one.is_sure for one in secrets)
    if not secrets:
        if is_looked_through and (folder / NOTICE_NAME).exists():
            with suppress(FileNotFoundError):
                (folder / NOTICE_NAME).unlink()
            fsync_dir(folder)
        return
    counted = (
        (sure, "mang dấu chỉ độ mật", True),
        (len(secrets) - sure, "có chữ giống dấu chỉ độ mật", False),
    )
    found = [one for one in counted if one[0]]
    held = ", ".join(f"{count} tệp {what}" for count, what, _ in found)
    words = [error_of(kind, is_sure=is_sure).clerk_text for _, _, is_sure in found]
    first = f"Thư mục «{kind}» đang có {held}. Không còn tệp nào như vậy thì tờ này tự mất."
    replace_text("\n\n".join((first, *words)) + "\n", folder, NOTICE_NAME)


def keep_secrets(secrets: Collection[Secret], office: Office) -> None:
    """Let the web page know which they are."""
    told = [
        {"file": list(astuple(one.files[0]))[:4], "is_sure": one.is_sure}
        for one in secrets
        if one.files[0] is not None
    ]
    path = office.registers_dir / _FILE
    data = json.dumps(told).encode()
    if not path.exists() or path.read_bytes() != data:
        write_file(path, data, mode=0o600)


def known_secrets(office: Office) -> Mapping[Signature, bool]:
    """Which files were found to be so → whether that is sure; nothing where nobody can read of it."""
    try:
        told = json.loads((office.registers_dir / _FILE).read_bytes())
        return {_signature(one["file"]): bool(one["is_sure"]) for one in told}
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
