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
#: Of one page, seconds; a page that takes longer stays without words.
_PAGE_SECONDS = 60
#: A picture larger than this is a bomb or a map: A0 at 300 dpi has 140.
_MOST_MPIXELS = 200
_LEFT_OUT = re.compile(r"\[OCR skipped on page\(s\) (\d+)(?:-(\d+))?\]")


def read(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``ocr.rendition``: ``{path, out, pages, seconds, leave_out?}`` writes the rendition.

    *pages*, counted from 1, are drawn anew and read; the others stay as they are.

    Returns:
        ``{pages: {"3": text}, quality}``: what was read on each of these pages, and how much of it can be
        Vietnamese, 0…1.
    Raises:
        PaperUnreadable (R130): OCRmyPDF does not manage with this paper.
        OcrUnavailable (T345): a program is missing, or out of time.
    """
    until = time.monotonic() + float(args["seconds"])
    pages, out = [int(page) for page in args["pages"]], Path(args["out"])
    paper = as_pdf(Path(args["path"]), args.get("leave_out", ()))
    with paper as source, tempfile.TemporaryDirectory() as folder:
        sidecar = Path(folder, "words.txt")
        try:
            _run(source, out, sidecar, (pages, until))
        except PaperUnreadable:
            # locked against changes, or broken in a way that qpdf mends
            whole = Path(folder, "whole.pdf")
            join.repair(source, whole)
            _run(whole, out, sidecar, (pages, until))
        words = _words(sidecar, pages)
    return {"pages": words, "quality": readable_share("\n".join(words.values()))}


def _run(source: Path, out: Path, sidecar: Path, what: tuple[Sequence[int], float]) -> None:
    pages, until = what
    command = [
        *(["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []),
        *(sys.executable, "-m", "ocrmypdf", "--quiet", "--jobs", "1"),
        *("--language", _LANGUAGE, "--pages", ",".join(map(str, pages)), "--mode", "force"),
        *("--rotate-pages", "--deskew", "--rasterizer", "pypdfium"),
        *("--output-type", "pdf", "--invalidate-digital-signatures"),
        *("--max-image-mpixels", str(_MOST_MPIXELS), "--tesseract-timeout", str(_PAGE_SECONDS)),
        *("--sidecar", str(sidecar), "--", str(source), str(out)),
    ]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            timeout=max(1.0, until - time.monotonic()),
            env=os.environ | {"OMP_THREAD_LIMIT": "1", "TMPDIR": str(sidecar.parent)},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OcrUnavailable(f"ocrmypdf: {error}") from error
    said = done.stderr.decode("utf-8", "replace").strip()[-500:]
    if done.returncode == ExitCode.missing_dependency:
        raise OcrUnavailable(f"ocrmypdf: {said}")
    if done.returncode or not out.is_file():
        raise PaperUnreadable(f"ocrmypdf {done.returncode}: {said} path={source.name!r}")


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
