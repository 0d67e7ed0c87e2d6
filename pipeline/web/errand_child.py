"""``python -m pipeline.web.errand_child FOLDER LOCK``: do the errand described there, away from the page that asked for it.

It leaves its parent at once, so that neither outlives the other's end, and says at last how it ended. The lock of its
owner, LOCK, is held by an inherited descriptor until it is gone, however it goes; the command dies with it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

ABOUT, SAID, WRONG, STATUS = "viec.json", "noi.txt", "loi.txt", "ma.txt"
_NICE = 10
_CPU_S = 3600
_SECONDS = 5400
_FILE_BYTES = 4_000_000_000
_KILLED = 137


def main(folder: Path, lock: int) -> int:
    """Do it; 0 for the parent at once."""
    if os.fork():
        return 0
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    wrapper = (sys.executable, "-m", "pipeline.supervised", str(os.getpid()))
    argv = [*wrapper, *json.loads((folder / ABOUT).read_bytes())["argv"]]
    with (folder / SAID).open("wb") as said, (folder / WRONG).open("wb") as wrong:
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=wrong,
                timeout=_SECONDS,
                check=False,
            )
            status = done.returncode
        except (OSError, subprocess.TimeoutExpired):
            status = _KILLED
    part = folder / f".{STATUS}"
    part.write_text(f"{status}\n", encoding="ascii")
    part.rename(folder / STATUS)
    os.close(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
