"""A sheet or a picture that is drawn when somebody asks for it, in the cell that all pages share."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, fields
from pathlib import Path
from typing import cast

from django.http import HttpResponse

from pipeline.app import App
from pipeline.engines.cell import Cell
from pipeline.web.office import office, served

_SECONDS = 20.0
_FOREVER = "private, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class _LendingApp(App):
    """The office with a cell that is warm already."""

    lent: Cell

    def new_cell(self) -> Cell:
        """The shared one; whoever closes it leaves it open."""
        return cast("Cell", nullcontext(self.lent))


@contextmanager
def lending() -> Iterator[App]:
    """The office with the cell of all pages, for a short piece of work: one of its own takes a second to start."""
    app = office()
    with served().cell_alone() as cell:
        yield _LendingApp(lent=cell, **{one.name: getattr(app, one.name) for one in fields(App)})


def drawn(draw: Callable[[Path, App], object], name: str, *, shown: bool = False) -> HttpResponse:
    """What *draw* writes, as a file to take along; *shown*: in the browser's own viewer, to be printed from there."""
    with lending() as app, tempfile.TemporaryDirectory(dir=app.work_dir) as folder:
        out = Path(folder) / "to.pdf"
        draw(out, app)
        content = out.read_bytes()
    how = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f'{how}; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def picture_of_page(source: Mapping[str, object], number: int, *, dpi: int) -> HttpResponse:
    """A page of an archived file as PNG; its address has the version, so it may be kept for ever.

    Args:
        source: Where the file lies, as the cell's ``paper.raster`` is told it.
        number: From 1.
    """
    with tempfile.TemporaryDirectory(dir=office().work_dir) as folder:
        out = Path(folder) / "trang.png"
        args = {**source, "page": number, "out": str(out), "dpi": dpi}
        served().draw("paper.raster", args, seconds=_SECONDS)
        picture = out.read_bytes()
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": _FOREVER})
