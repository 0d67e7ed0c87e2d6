"""veraPDF, where the office has it: is a PDF good for decades (PDF/A-2u)? One call, one verdict."""

from __future__ import annotations

import shlex
import subprocess
from typing import Any

GOOD = "dat"
BAD = "khong-dat"
#: No validator, or it did not answer.
UNKNOWN = "chua-kiem"
_FLAVOUR = "2u"


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
    return _told(UNKNOWN, f"status {done.returncode}")


def _told(verdict: str, why: str) -> dict[str, str]:
    return {"verdict": verdict, "flavour": f"PDF/A-{_FLAVOUR}", "why": why[:300]}
