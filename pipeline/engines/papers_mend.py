"""A paper as it came, and rewritten by the engines that forgive more: somebody who can open it sees pages, so do we."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.engines import join, raster
from pipeline.errors.base import VanthuError


def ways(source: Path, folder: Path) -> Iterator[Path]:
    """*source*, then whole files of the same pages in *folder*, each made only when it is asked for."""
    yield source
    whole = folder / "whole.pdf"
    with suppress(VanthuError):
        join.repair(source, whole)
        yield whole
    # What qpdf cannot find its way in, a browser still shows.
    seen, rescued = folder / "seen.pdf", folder / "rescued.pdf"
    with suppress(VanthuError):
        raster.rewrite(source, seen)
        join.repair(seen, rescued)
        yield rescued
