"""A scan → the same pages set upright and straight, with a text layer that was read from them, by OCRmyPDF.

The scan itself is never written to: what is made here is a rendition to search and to look things up in. It is neither
signed nor ever a source of copies.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrmypdf.exceptions import ExitCode

from pipeline.engines import join
from pipeline.engines.papers_image import as_pdf
from pipeline.errors.base import VanthuError
from pipeline.errors.cell import OcrUnavailable
from pipeline.errors.papers import PaperUnreadable
from pipeline.vietnamese import nfc, readable_share

_LANGUAGE = "vie"
#: Of one page in tesseract, of the seconds a page may take with all that is done with it; one that takes longer stays
#: without words and is named.
_PAGE_SHARE = 1.5
#: A picture larger than this is a bomb or a map: A0 at 300 dpi has 140.
_MOST_MPIXELS = 200
#: What OCRmyPDF says, and writes in the place of words, of a page that took too long.
_TOO_SLOW = "took too long to OCR"
_SKIPPED = "[skipped page]"
_LEFT_OUT = re.compile(r"\[OCR skipped on page\(s\) (\d+)(?:-(\d+))?\]")


def read(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``ocr.rendition``: ``{path, out, pages, seconds, page_seconds, leave_out?}`` writes the rendition.

    *pages*, counted from 1, are drawn anew and read; the others stay as they are.

    Returns:
        ``{pages: {"3": text}, quality, slow}``: what was read on each of these pages, how much of it can be
        Vietnamese, 0…1, and those that were not done within *page_seconds*.
    Raises:
        PaperUnreadable (R130): OCRmyPDF does not manage with this paper.
        OcrUnavailable (T345): a program is missing, or out of time.
    """
    until = time.monotonic() + float(args["seconds"])
    pages, out = [int(page) for page in args["pages"]], Path(args["out"])
    what = _What(pages=pages, until=until, page_seconds=float(args["page_seconds"]))
    paper = as_pdf(Path(args["path"]), args.get("leave_out", ()))
    with paper as source, tempfile.TemporaryDirectory() as folder:
        sidecar = Path(folder, "words.txt")
        try:
            said = _run(source, out, sidecar, what)
        except PaperUnreadable:
            # locked against changes, or broken in a way that qpdf mends
            whole = Path(folder, "whole.pdf")
            join.repair(source, whole)
            said = _run(whole, out, sidecar, what)
        words = _words(sidecar, pages)
    slow = [page for page, text in words.items() if text == _SKIPPED and _TOO_SLOW in said]
    words = {page: "" if text == _SKIPPED else text for page, text in words.items()}
    quality = readable_share("\n".join(words.values()))
    return {"pages": words, "quality": quality, "slow": [int(page) for page in slow]}


@dataclass(frozen=True, slots=True, kw_only=True)
class _What:
    pages: Sequence[int]
    #: Monotonic time at which all of it must be done.
    until: float
    page_seconds: float


def _run(source: Path, out: Path, sidecar: Path, what: _What) -> str:
    """What OCRmyPDF said."""
    command = [
        *(["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []),
        *(sys.executable, "-m", "ocrmypdf", "--no-progress-bar", "--jobs", "1"),
        *("--language", _LANGUAGE, "--pages", ",".join(map(str, what.pages)), "--mode", "force"),
        *("--rotate-pages", "--deskew", "--rasterizer", "pypdfium"),
        *("--output-type", "pdf", "--invalidate-digital-signatures"),
        *("--max-image-mpixels", str(_MOST_MPIXELS)),
        *("--tesseract-timeout", f"{max(0.1, what.page_seconds * _PAGE_SHARE):.2f}"),
        *("--sidecar", str(sidecar), "--", str(source), str(out)),
    ]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            timeout=max(1.0, what.until - time.monotonic()),
            env=os.environ | {"OMP_THREAD_LIMIT": "1", "TMPDIR": str(sidecar.parent)},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OcrUnavailable(f"ocrmypdf: {error}") from error
    words = done.stderr.decode("utf-8", "replace").strip()
    said = words[-500:]
    if done.returncode == ExitCode.missing_dependency:
        raise OcrUnavailable(f"ocrmypdf: {said}")
    if done.returncode or not out.is_file():
        raise PaperUnreadable(f"ocrmypdf {done.returncode}: {said} path={source.name!r}")
    return words


def _words(sidecar: Path, pages: Sequence[int]) -> dict[str, str]:
    """Page → its words; of a run of pages that it left out OCRmyPDF writes one piece, which names them."""
    try:
        pieces = sidecar.read_text(encoding="utf-8", errors="replace").split("\f")
    except OSError as error:
        raise VanthuError(f"ocrmypdf wrote no words: {error}") from error
    found: dict[int, str] = {}
    at = 1
    for piece in pieces:
        left_out = _LEFT_OUT.fullmatch(piece.strip())
        if left_out:
            at = int(left_out[2] or left_out[1]) + 1
            continue
        found[at] = nfc(piece).strip()
        at += 1
    return {str(page): found.get(page, "") for page in pages}
