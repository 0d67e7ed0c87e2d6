"""The mark ĐẾN alone on a blank sheet, where it is to be printed onto the paper itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.engines import pdf


def stamp_alone(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.stamp_alone``: ``{mark, at_mm, out}`` writes a page A4 with the mark at that place → ``{}``."""
    x_mm, y_mm = (float(value) for value in args["at_mm"])
    drawing = Path(args["mark"])
    placing = pdf.Placing(drawing=drawing, page_index=-1, x_mm=x_mm, y_mm=y_mm, scale=1.0)
    pdf.add_pages(None, Path(args["out"]), placings=(placing,))
    return {}
