"""Texts of the sample data in → papers as other bodies send them: one PDF with its text, one raster scan."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter

from pipeline.config import Body, Office
from pipeline.engines.cell import Cell
from pipeline.engines.raster import gray, page_count
from pipeline.kinds.model import Kind
from pipeline.record import Book, Facts, Number, Record, SeriesKey
from pipeline.sheet_context import render_args, vb_of

#: The profile of papers made in these years.
_PROFILE = "hd05-2026"
_DPI = 200
#: A sheet never lies quite straight on the glass.
_TILT_DEGREES = 0.6
#: Share of grain in each dot.
_GRAIN = 0.07
_PAPER_WHITE = 247


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A paper of another body."""

    body: Body
    #: Code of the kind's own type: ``cong-van``.
    loai: str
    type_name: str
    symbol: str
    ordinal: int
    day: date
    trich_yeu: str
    kinh_gui: tuple[str, ...]
    recipients: tuple[str, ...]
    #: Markdown.
    text: str

    @property
    def reference(self) -> str:
        """As printed: ``118-CV/BTCTU``."""
        return f"{self.ordinal:02d}-{self.symbol}/{self.body.symbol}"


def printed(letter: Letter, kind: Kind, office: Office, cell: Cell, out_dir: Path) -> Path:
    """The PDF of *letter*, laid out by our own *kind* of running text."""
    record: Record = dict.fromkeys(kind.schema["properties"])
    record |= {
        "loai": letter.loai,
        "trich_yeu": letter.trich_yeu,
        "kinh_gui": list(letter.kinh_gui),
        "noi_dung": letter.text,
    }
    made = cell.call(
        "render",
        {
            **render_args(kind, office, _PROFILE, out_dir, ("pdf",)),
            "record": record,
            "vb": _heading(letter, kind, office),
            "stem": "den",
        },
        seconds=office.limits.render_seconds,
    )
    return out_dir / str(made["files"]["pdf"])


def _heading(letter: Letter, kind: Kind, office: Office) -> dict[str, Any]:
    series = SeriesKey(book=Book.DI, issuer=letter.body.symbol, symbol=letter.symbol, period="")
    number = Number(
        series=series,
        ordinal=letter.ordinal,
        issued_on=letter.day,
        reference=letter.reference,
    )
    facts = Facts(
        subject=letter.trich_yeu,
        issuer=letter.body.symbol,
        type_name=letter.type_name,
        symbol=letter.symbol,
        recipients=letter.recipients,
    )
    theirs = replace(office, bodies=(letter.body,))
    context = {"van_phong": letter.body.symbol, "hom_nay": letter.day.isoformat()}
    mau = kind.face({"loai": letter.loai}, context)
    return vb_of(kind=kind, facts=facts, number=number, office=theirs, day=letter.day, mau=mau)


def scanned(pdf: Path, *, day: date, seed: int) -> bytes:
    """The same pages as a flatbed scanner gives them: pictures, tilted, grainy, without text."""
    sheets = [
        _scan(gray(pdf, index, dpi=_DPI), seed=seed + index) for index in range(page_count(pdf))
    ]
    out = BytesIO()
    made_at = day.timetuple()
    sheets[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=sheets[1:],
        resolution=_DPI,
        quality=70,
        title="Scan_0007",
        creationDate=made_at,
        modDate=made_at,
    )
    return out.getvalue()


def _scan(sheet: Image.Image, *, seed: int) -> Image.Image:
    tilted = sheet.rotate(_TILT_DEGREES, Image.Resampling.BICUBIC, fillcolor=_PAPER_WHITE)
    dots = random.Random(seed).randbytes(tilted.width * tilted.height)  # noqa: S311 -- grain, not a secret
    grain = Image.frombytes("L", tilted.size, dots)
    return Image.blend(tilted, grain, _GRAIN).filter(ImageFilter.GaussianBlur(0.6))
