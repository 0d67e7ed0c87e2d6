"""How often somebody may ask, counted over all processes that serve the page."""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import time
from pathlib import Path
from threading import Lock

_PLACES = 65_536
_COUNT = struct.Struct("<QQ")
_TURN = Lock()


class Limiter:
    """Counts the questions of each address, in all processes of this machine: in one small file, by who asks.

    Two addresses may share a place by chance, and then their allowance.
    """

    def __init__(self, path: Path, most: int, seconds: float) -> None:
        self._path = path
        self._most = most
        self._seconds = seconds

    def may(self, address: str) -> bool:
        """Whether one more is allowed now; it is counted when it is."""
        digest = hashlib.blake2b(address.encode(), digest_size=8).digest()
        at = int.from_bytes(digest) % _PLACES * _COUNT.size
        # The same for every process until the machine starts anew; then no count is of this span.
        span = int(time.monotonic() // self._seconds) + 1
        with _TURN, os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o660), "r+b") as file:
            # Other processes wait; threads of this one share its lock, and wait for the turn.
            fcntl.lockf(file, fcntl.LOCK_EX, _COUNT.size, at)
            told = os.pread(file.fileno(), _COUNT.size, at)
            known, count = _COUNT.unpack(told) if len(told) == _COUNT.size else (0, 0)
            count = count if known == span else 0
            if count >= self._most:
                return False
            os.pwrite(file.fileno(), _COUNT.pack(span, count + 1), at)
        return True
