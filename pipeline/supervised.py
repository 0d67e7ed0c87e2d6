"""``python -m pipeline.supervised PARENT COMMAND…``: become COMMAND, bound to die with PARENT.

A wrapper, because Python's ``preexec_fn`` is not safe and the binding must be made in the child itself.
It outlasts ``exec``.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

#: linux/prctl.h
_PR_SET_PDEATHSIG = 1
_NOT_FOUND = 127


def main(argv: list[str]) -> int:
    """Bind us to our parent and turn into the command; a status only when that fails."""
    parent, *command = argv
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):
        # It died before the binding was made.
        return 128 + signal.SIGKILL
    # The supervisor holds its signals back, and what is held is inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    try:
        os.execvp(command[0], command)  # noqa: S606 -- becoming the command is what we are for
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return _NOT_FOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
