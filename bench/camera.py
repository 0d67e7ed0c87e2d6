"""A page of the office → a picture of it, with few colours, so that it can lie beside a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from browser_kit import LAPTOP, PHONE, chromium, desk
from PIL import Image

_MOST_BYTES = 150_000
#: How one comes to a page, from a desk (``browser_kit.Desk``).
Way = Callable[[Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: its name, how one comes to the page, and whose page it is."""

    name: str
    way: Way
    #: Nobody where it is empty.
    account: str
    in_guide: bool = False
    on_phone: bool = False
    height: int = LAPTOP["height"]


def at(address: str) -> Way:
    """Straight to an address."""

    def go(place: Any) -> None:
        place.go(address)

    return go


def taken(shots: Sequence[Shot], base: str, out: Path, *, is_all: bool) -> Iterator[Path]:
    """The pictures, one after another, where one logs in once for each person; *is_all*: whole pages, in both sizes."""
    somebody = next(shot.account for shot in shots if shot.account)
    with chromium() as browser:
        for account in dict.fromkeys(shot.account for shot in shots):
            with desk(browser, base, account=account or somebody) as place:
                if not account:
                    place.page.context.clear_cookies()
                for shot in shots:
                    if shot.account == account:
                        yield from _sizes(place, shot, out, is_all=is_all)


def _sizes(place: Any, shot: Shot, out: Path, *, is_all: bool) -> Iterator[Path]:
    for on_phone in (False, True) if is_all else (shot.on_phone,):
        place.page.set_viewport_size(PHONE if on_phone else LAPTOP | {"height": shot.height})
        shot.way(place)
        place.page.wait_for_load_state("networkidle")
        place.page.evaluate("document.activeElement.blur()")
        target = out / f"web-{shot.name}{'-nho' if is_all and on_phone else ''}.png"
        yield _kept(place.page.screenshot(full_page=is_all), target)


def _kept(picture: bytes, target: Path) -> Path:
    """With fewer colours where it is large."""
    with Image.open(BytesIO(picture)) as whole:
        plain = whole.convert("RGB")
    for colours in (128, 64, 32):
        plain.quantize(colours).save(target, optimize=True)
        if target.stat().st_size <= _MOST_BYTES:
            break
    return target
