"""Sheets of ours that are scanned together with a paper and are no part of it: what the codes on them say."""

from __future__ import annotations

from collections.abc import Iterable

#: On the sheet between two papers of a stack.
SEPARATOR = "vanthu:ngan-cach"
#: On a slip, before the id of its paper.
SLIP_PREFIX = "vanthu:den:"
#: What such a sheet says at most, with the longest trích yếu, read with all the errors of a scanner.
MOST_WORDS = 160


def slips_among(codes: Iterable[str]) -> list[str]:
    """Ids of the papers whose slips bear these codes."""
    return [code.removeprefix(SLIP_PREFIX) for code in codes if code.startswith(SLIP_PREFIX)]


def is_own_sheet(codes: Iterable[str]) -> bool:
    """Whether a page with these codes is a separator sheet or a slip."""
    found = list(codes)
    return SEPARATOR in found or bool(slips_among(found))
