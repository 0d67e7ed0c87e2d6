"""veraPDF, where the office has it: is a PDF good for decades (PDF/A-2u)? One call, one verdict."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import Any

GOOD = "dat"
BAD = "khong-dat"
#: No validator, or it did not answer.
UNKNOWN = "chua-kiem"
_FLAVOUR = "2u"
#: Java sets a gigabyte and more of addresses aside unless it is told not to: more than the cell has.
_JAVA = (
    "-Xss8m -Xmx512m -XX:ReservedCodeCacheSize=64m -XX:CompressedClassSpaceSize=64m"
    " -XX:MaxMetaspaceSize=192m"
)


def judge(args: dict[str, Any]) -> dict[str, str]:
    """Operation ``pdf.conformity``: ``{path, command, seconds}`` → ``{verdict, flavour, why}``.

    *command* is veraPDF's own; its text report begins with PASS or FAIL for each file.
    """
    command = [*shlex.split(args["command"]), "--format", "text", "--flavour", _FLAVOUR]
    try:
        done = subprocess.run(
            [*command, args["path"]],
            capture_output=True,
            text=True,
            env={**os.environ, "JAVA_TOOL_OPTIONS": _JAVA, "MALLOC_ARENA_MAX": "2"},
            timeout=float(args["seconds"]),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return _told(UNKNOWN, type(error).__name__)
    words = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    if "PASS" in words:
        return _told(GOOD, "")
    if "FAIL" in words:
        return _told(BAD, words["FAIL"].replace(args["path"], "").removeprefix("FAIL").strip())
    said = (done.stderr.strip().splitlines() or [""])[-1]
    return _told(UNKNOWN, f"{done.returncode}: {said}")


def _told(verdict: str, why: str) -> dict[str, str]:
    return {"verdict": verdict, "flavour": f"PDF/A-{_FLAVOUR}", "why": why[:300]}
