"""The library of CEL without its own command line.

``import cel`` brings in a terminal with colours and completion (prompt_toolkit, Pygments, Rich): a third of a second and
10 MB in every process of ours, for a program that nobody here starts. An empty module stands in its place.
"""

from __future__ import annotations

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
import cel  # noqa: E402 - after its command line was put aside

__all__ = ["cel"]
