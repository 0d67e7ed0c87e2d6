"""Pictures of pages → words with places, by tesseract with its Vietnamese data, one thread."""

from __future__ import annotations

import csv
import io
import math
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from pipeline.engines import raster
from pipeline.engines.segments import Segment
from pipeline.errors.base import VanthuError
from pipeline.errors.cell import OcrUnavailable

#: Tesseract's ways to cut a page: a whole page as usual, one block of lines, and scattered pieces of text.
WHOLE_PAGE = 3
ONE_BLOCK = 6
SPARSE = 11
_DPI = 200
#: Below this mean confidence the page may lie on its side or stand on its head.
_READABLE = 0.75
#: Tesseract's own measure of how sure it is of a page's orientation; noise gives less.
_LEAST_SURE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read on a picture."""

    words: tuple[Segment, ...]
    text: str
    #: Mean confidence of the words, 0…1; 0 without words.
    confidence: float
    #: Of each word, 0…1.
    trust: tuple[float, ...] = ()
    #: Of each word the line it stands on, counted from 0 in the order of reading.
    lines: tuple[int, ...] = ()
    #: Degrees counter-clockwise by which the page was turned for it.
    turn: int = 0


def read_head(
    path: Path, page_index: int, *, share: float, seconds: float, patience: float = 1.0
) -> Reading | None:
    """The words in the top *share* of a page, turned upright first; None where it cannot be drawn.

    Args:
        patience: As of :func:`read_picture`.
    """
    way = _Way(seconds=seconds, patience=patience, mode=SPARSE)
    return _read_upright(path, page_index, share=share, way=way)


def read_page(path: Path, page_index: int, *, seconds: float) -> Reading | None:
    """The words of a whole page, turned upright first; None where it cannot be drawn."""
    way = _Way(seconds=seconds, mode=WHOLE_PAGE)
    return _read_upright(path, page_index, share=1.0, way=way)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How a page is read."""

    seconds: float
    mode: int
    patience: float = 1.0


def _read_upright(path: Path, page_index: int, *, share: float, way: _Way) -> Reading | None:
    seconds, patience = way.seconds, way.patience
    try:
        page = raster.gray(path, page_index, dpi=_DPI)
    except VanthuError:
        return None
    head = page.crop((0, 0, page.width, int(page.height * share)))
    reading = read_picture(head, dpi=_DPI, seconds=seconds, mode=way.mode, patience=patience)
    if reading.confidence >= _READABLE:
        return reading
    turn = turn_of(page, seconds=seconds, patience=patience)
    if not turn:
        return reading
    page = page.rotate(turn, expand=True, fillcolor=255)
    head = page.crop((0, 0, page.width, int(page.height * share)))
    upright = read_picture(head, dpi=_DPI, seconds=seconds, mode=way.mode, patience=patience)
    return replace(upright, turn=turn)


def read_picture(
    picture: Image.Image,
    *,
    dpi: float,
    seconds: float,
    mode: int = WHOLE_PAGE,
    patience: float = 1.0,
) -> Reading:
    """The words on a picture, millimetres from its top-left corner.

    Args:
        patience: Above 1: *seconds* are those in which tesseract works, and so many times as long may pass while the
            machine is busy with others.
    Raises:
        OcrUnavailable (T345): no tesseract, no Vietnamese data, or out of time.
    """
    options = ["--dpi", str(int(dpi)), "--psm", str(mode), "-l", "vie", "tsv"]
    table = _run_tesseract(picture, options, seconds, patience)
    rows = [row for row in _rows(table) if row["text"].strip()]
    mm = 25.4 / dpi
    words = tuple(
        Segment(
            text=row["text"].strip(),
            left_mm=int(row["left"]) * mm,
            top_mm=int(row["top"]) * mm,
            right_mm=(int(row["left"]) + int(row["width"])) * mm,
            bottom_mm=(int(row["top"]) + int(row["height"])) * mm,
        )
        for row in rows
    )
    trust = [float(row["conf"]) / 100 for row in rows]
    mean = sum(trust) / len(trust) if trust else 0.0
    return Reading(
        words=words,
        text=_text(rows),
        confidence=round(mean, 3),
        trust=tuple(trust),
        lines=_line_numbers(rows),
    )


def turn_of(picture: Image.Image, *, seconds: float, patience: float = 1.0) -> int:
    """Degrees to turn a page counter-clockwise until its text is upright; 0 where nobody knows.

    Raises:
        OcrUnavailable (T345): out of time. To take the page for upright then would be to miss what stands on it.
    """
    try:
        said = _run_tesseract(picture, ["--psm", "0", "-l", "osd"], seconds, patience)
    except OcrUnavailable as error:
        if isinstance(error.__cause__, subprocess.TimeoutExpired) or _is_out_of_work(error):
            raise
        return 0
    degrees = re.search(r"Orientation in degrees: (\d+)", said)
    sure = re.search(r"Orientation confidence: ([\d.]+)", said)
    if not (degrees and sure) or float(sure[1]) < _LEAST_SURE:
        return 0
    return int(degrees[1])


def _is_out_of_work(error: OcrUnavailable) -> bool:
    """Whether tesseract was ended by the limit on its work."""
    cause = error.__cause__
    ends = {-signal.SIGXCPU, -signal.SIGKILL}
    return isinstance(cause, subprocess.CalledProcessError) and cause.returncode in ends


def _run_tesseract(
    picture: Image.Image, options: list[str], seconds: float, patience: float
) -> str:
    """What tesseract says of a picture, which goes through a pipe: no copy of it lies on a disk."""
    command = ["tesseract", "stdin", "stdout", *options]
    if shutil.which("setpriv"):
        # it must not outlive the cell when the cell is killed with its parent
        command = ["setpriv", "--pdeathsig", "KILL", *command]
    if patience > 1 and shutil.which("prlimit"):
        command = ["prlimit", f"--cpu={max(1, math.ceil(seconds))}", *command]
    data = io.BytesIO()
    picture.save(data, "BMP")
    try:
        done = subprocess.run(
            command,
            input=data.getvalue(),
            capture_output=True,
            timeout=seconds * patience,
            check=True,
            # one page never pays for more than one thread (pitfalls.md)
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise OcrUnavailable(f"tesseract: {error}") from error
    return done.stdout.decode("utf-8", "replace")


def _rows(table: str) -> Iterator[dict[str, str]]:
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row.get("level") == "5" and row.get("text"):
            yield row


def _line_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["block_num"], row["par_num"], row["line_num"]


def _line_numbers(rows: list[dict[str, str]]) -> tuple[int, ...]:
    order: dict[tuple[str, str, str], int] = {}
    return tuple(order.setdefault(_line_of(row), len(order)) for row in rows)


def _text(rows: list[dict[str, str]]) -> str:
    lines: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        lines.setdefault(_line_of(row), []).append(row["text"].strip())
    return "\n".join(" ".join(words) for words in lines.values())
