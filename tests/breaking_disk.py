"""A disk that stops its process after the n-th act, and may lose what was not synced by then."""

import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from pipeline.durable import Disk

STOPPED = 77

#: "kill": all that was done is there. "contents": names are, but unsynced contents are not. "power": nothing
#: unsynced is.
MODES = ("kill", "contents", "power")


class BreakingDisk(Disk):
    def __init__(self, stop_after: int, mode: str = "kill") -> None:
        self.left = stop_after
        self.mode = mode
        self.acts: list[str] = []
        self._unsynced: dict[str, int] = {}
        self._names: list[dict] = []

    def make_dir(self, directory, mode=0o755):
        made = super().make_dir(directory, mode)
        if made:
            self._names.append({"is": "new", "path": directory})
        self._acted(f"mkdir {directory}")
        return made

    def write_new(self, path, data, mode=0o644):
        super().write_new(path, data, mode)
        self._names.append({"is": "new", "path": path})
        self._unsynced[path] = 0
        self._acted(f"write {path}")

    def copy_new(self, source, path, mode=0o644):
        found = super().copy_new(source, path, mode)
        self._names.append({"is": "new", "path": path})
        self._unsynced[path] = 0
        self._acted(f"copy {path}")
        return found

    def append(self, path, data, mode=0o644):
        before = Path(path).stat().st_size if Path(path).exists() else None
        super().append(path, data, mode)
        if before is None:
            self._names.append({"is": "new", "path": path})
        self._unsynced.setdefault(path, before or 0)
        self._acted(f"append {path}")

    def truncate(self, path, size_bytes):
        super().truncate(path, size_bytes)
        self._acted(f"truncate {path}")

    def rename(self, source, target):
        replaced = Path(target).read_bytes() if Path(target).is_file() else None
        super().rename(source, target)
        self._unsynced = {_moved(p, source, target): n for p, n in self._unsynced.items()}
        for name in self._names:
            name["path"] = _moved(name["path"], source, target)
        self._names.append({"is": "moved", "path": target, "from": source, "old": replaced})
        self._acted(f"rename {target}")

    def unlink(self, path):
        super().unlink(path)
        self._unsynced.pop(path, None)
        self._acted(f"unlink {path}")

    def sync_file(self, path):
        super().sync_file(path)
        self._unsynced.pop(path, None)
        self._acted(f"fsync {path}")

    def sync_dir(self, directory):
        super().sync_dir(directory)
        self._names = [n for n in self._names if n["path"].rpartition("/")[0] != directory]
        self._acted(f"fsync {directory}/")

    def sync_filesystem(self, directory):
        super().sync_filesystem(directory)
        self._unsynced.clear()
        self._names.clear()
        self._acted("syncfs")

    def _acted(self, what):
        self.acts.append(what)
        self.left -= 1
        if self.left == 0:
            if self.mode != "kill":
                self._lose()
            os._exit(STOPPED)

    def _lose(self):
        for path, size in self._unsynced.items():
            os.truncate(path, size)
        for name in reversed(self._names if self.mode == "power" else []):
            path = Path(name["path"])
            if name["is"] == "moved" and path.exists():
                path.rename(name["from"])
                if name["old"] is not None:
                    path.write_bytes(name["old"])
            elif name["is"] == "new":
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _moved(path, source, target):
    return target + path[len(source) :] if path == source or path.startswith(source + "/") else path


def in_child(act: Callable[[], None]) -> bool:
    """Run *act* in a child process; true when it came to its end, false when its disk stopped it."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException:  # noqa: BLE001 — the child must not go on with the tests
            traceback.print_exc(file=sys.stderr)
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, STOPPED}, f"the child failed with {status}"
    return status == 0
