"""Any words → the name of a file that Windows, Linux and a share accept alike."""

from __future__ import annotations

import re

from pipeline.vietnamese.letters import clean_text, strip_marks

_RESERVED_CHARACTERS = re.compile(r'[<>:"/\\|?*\n\t]')
_RESERVED_NAME = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE
)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,6}\Z")
_SPACES = re.compile(r"\s+")
_NO_NAME = "khong-ten"
#: Linux counts bytes, and a Vietnamese letter takes up to three of the 255; room for a temp suffix.
_LIMIT_BYTES = 230


def safe_file_name(text: str, limit: int = 120, *, ascii: bool = False) -> str:  # noqa: A002 — the contract's word
    """A file name (not a path) of at most *limit* characters that reads like *text*.

    Reserved characters become ``-``; reserved names (CON, LPT1 …) get a ``_`` before them; a leading dot or
    tilde and trailing dots and spaces go; a suffix survives shortening.
    With *ascii* it goes without Vietnamese marks, for programs that cannot take them.

    Source: learn.microsoft.com, Naming Files, Paths, and Namespaces.
    """
    cleaned, _ = clean_text(text)
    if ascii:
        cleaned = strip_marks(cleaned).encode("ascii", "ignore").decode()
    name = _SPACES.sub(" ", _RESERVED_CHARACTERS.sub("-", cleaned)).strip(" .~").removeprefix("$")
    match = _SUFFIX.search(name)
    suffix = match.group() if match and match.start() else ""
    stem = _shorten(name.removesuffix(suffix), limit - len(suffix)).strip(" .") or _NO_NAME
    if _RESERVED_NAME.fullmatch(stem.split(".")[0].rstrip()):
        stem = _shorten(f"_{stem}", limit - len(suffix))
    return stem + suffix


def _shorten(stem: str, limit: int) -> str:
    kept = stem[:limit]
    encoded = kept.encode()
    if len(encoded) > _LIMIT_BYTES:
        kept = encoded[:_LIMIT_BYTES].decode(errors="ignore")
    return kept
