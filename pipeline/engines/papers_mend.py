"""A paper as it came, and rewritten by the engines that forgive more: somebody who can open it sees pages, so do we."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.engines import join, raster
from pipeline.errors.base import VanthuError


def ways(source: Path, folder: Path, until: float) -> Iterator[Path]:
    """*source*, then whole files of the same pages in *folder*, each made only when it is asked for, none after *until*.

    What is done with all of them together must end well before the limit of the call they are tried in.
    """
    yield source
    if time.monotonic() > until:
        return
    whole = folder / "whole.pdf"
    with suppress(VanthuError):
        join.repair(source, whole)
        yield whole
    if time.monotonic() > until:
        return
    # What qpdf cannot find its way in, a browser still shows.
    seen, rescued = folder / "seen.pdf", folder / "rescued.pdf"
    with suppress(VanthuError):
        raster.rewrite(source, seen)
        join.repair(seen, rescued)
        yield rescued
