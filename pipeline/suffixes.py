"""What the endings of papers from outside mean: a scan may come as a PDF, or as pictures."""

from __future__ import annotations

from pathlib import PurePath

PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
#: Files that are looked at page by page as they are.
PAGED = (".pdf", *PICTURES)


def has_pages(path: PurePath) -> bool:
    """Whether a file is looked at page by page as it is."""
    return path.suffix.lower() in PAGED
