"""What the pages' templates need: days as people write them, addresses of files that never change under their name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from pipeline.clock import OFFICE_ZONE
from pipeline.journal_words import person_in_words
from pipeline.query_words import with_dots

register = template.Library()
_STATIC = Path(__file__).parent.parent / "static"


@register.filter
def ngay(value: Any) -> str:
    """``09/01/2026``; empty for nothing."""
    if isinstance(value, datetime):
        return f"{value.astimezone(OFFICE_ZONE):%d/%m/%Y}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else ""


_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


@register.filter
def thu_ngay(value: datetime) -> str:
    """``Thứ năm, 09/01/2026``."""
    here = value.astimezone(OFFICE_ZONE)
    return f"{_WEEKDAYS[here.weekday()]}, {here:%d/%m/%Y}"


@register.filter
def luc(value: Any) -> str:
    """``14:05 ngày 09/01/2026``."""
    if not isinstance(value, datetime):
        return ""
    return f"{value.astimezone(OFFICE_ZONE):%H:%M ngày %d/%m/%Y}"


@register.filter
def lay(values: Mapping[str, Any], name: str) -> Any:
    """What stands under a name that a template cannot say: one with a dash."""
    return values.get(name, "")


@register.filter
def nghin(value: int) -> str:
    """``12.345``."""
    return with_dots(value)


@register.filter
def nguoi(value: str) -> str:
    """A person of the journal."""
    return person_in_words(value)


@register.filter
def danh_dau(parts: tuple[tuple[str, bool], ...]) -> SafeString:
    """Stretches of text with ``<mark>`` around what was asked for; all of it escaped."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", text) if is_asked else format_html("{}", text),)
            for text, is_asked in parts
        ),
    )


@register.simple_tag
def tinh(name: str) -> str:
    """Address of a static file; a changed file has another."""
    return f"/tinh/{name}?{_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(Path(f"{_STATIC}/{name}").read_bytes()).hexdigest()[:12]
