"""The text layer of a paper, and which of its pages only a machine can read: «has text» is not «is readable».

Scanners write layers of wreckage (``VIVT NAM``), fonts lose their letters, old papers are coded TCVN3 or VNI (domain 7.3).
Each page is judged by how much of it can be Vietnamese; the coding is decided for the paper as a whole.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.engines import raster
from pipeline.engines.papers_image import as_pdf
from pipeline.errors.base import VanthuError
from pipeline.vietnamese import decode_legacy, nfc, readable_share, syllables

#: Below this share of words that can be Vietnamese a layer is wreckage: whole prose has over 0.9, prose that lost
#: its letters about a half.
READABLE = 0.7
#: Fewer words than this on a page that shows a picture are a stamp's or a scanner's, not the paper's.
_FEW_WORDS = 12
#: So many words are judged by themselves; fewer say nothing sure.
_ENOUGH_WORDS = 20
_MAX_PAGES = 2000
_MAX_CHARS = 1_000_000
_SECONDS = 10.0


def text(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.text``: ``{path, max_pages?, leave_out?}`` → the words of the layer, and the pages that have no readable one.

    Returns:
        ``{pages: [text], text, quality, legacy, unread: [1-based page]}``: *pages* are decoded where *legacy*;
        *quality* is 0…1, 0 without words; *unread* are pages that show something and tell nothing.
    """
    with as_pdf(Path(args["path"]), args.get("leave_out", ())) as paper:
        pages, is_legacy = _decoded(_layer(paper, int(args.get("max_pages", _MAX_PAGES))))
        unread = _unread(paper, pages)
    whole = "\f".join(pages)
    return {
        "pages": pages,
        "text": whole,
        "quality": readable_share(whole),
        "legacy": is_legacy,
        "unread": unread,
    }


def _layer(path: Path, max_pages: int) -> list[str]:
    try:
        found = raster.page_texts(path, max_pages=max_pages, max_chars=_MAX_CHARS, seconds=_SECONDS)
    except VanthuError:
        return []
    return [nfc(page) for page in found]


def _decoded(pages: list[str]) -> tuple[list[str], bool]:
    """The pages in Unicode, and whether they were in an old coding."""
    decoded = decode_legacy("\f".join(pages))
    if decoded is None:
        return pages, False
    return [nfc(page) for page in decoded.split("\f")], True


def _unread(path: Path, pages: list[str]) -> list[int]:
    """Pages, counted from 1, whose layer is missing under a picture or is wreckage."""
    with suppress(VanthuError):
        count = raster.page_count(path)
        return [
            at + 1
            for at in range(count)
            if _is_unread(path, at, pages[at] if at < len(pages) else "")
        ]
    return []


def _is_unread(path: Path, page_index: int, words: str) -> bool:
    count = len(syllables(words))
    if count >= _ENOUGH_WORDS and readable_share(words) < READABLE:
        return True
    if count >= _FEW_WORDS:
        return False
    try:
        return raster.has_pictures(path, page_index, top_share=1.0)
    except VanthuError:
        return False
