"""One sandboxed Jinja environment per medium: what templates may say, and whose fault it is when they cannot."""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from pipeline.engines.blocks import Block, parse_blocks
from pipeline.errors.base import VanthuError
from pipeline.errors.rendering import (
    SharedPartMissing,
    TemplateBroken,
    TemplateFailed,
    TemplateForbidden,
    TemplateNameUnknown,
)

_TAG = re.compile(r"<[^>]*>")
_SHOWN = 90
_ISO_PARTS = 3
#: What a template may raise by itself while it is being filled.
TEMPLATE_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


def environment(
    draw: Callable[[tuple[Block, ...]], str], *, loader: BaseLoader | None = None
) -> ImmutableSandboxedEnvironment:
    """An environment whose ``md`` filter draws blocks in the medium of *draw*."""
    env = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=loader,
        finalize=_nothing_for_none,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
    )
    env.filters.update(
        ngay=padded_date,
        ngay_ngan=short_date,
        ngay_dai=long_date,
        gio=clock_time,
        so2=two_digits,
        chu_hoa=_capitals,
        md=lambda text: Markup(draw(parse_blocks(text or ""))),  # noqa: S704 - drawn and escaped by us
    )
    return env


def padded_date(iso: str | None) -> str:
    """``09/01/2020``; a bare year stays a year."""
    parts = (iso or "").split("-")
    return "/".join(reversed(parts)) if len(parts) == _ISO_PARTS else (iso or "")


def short_date(iso: str | None) -> str:
    """As the Party writes it: the day padded, of the months only the first two (domain 2.5): ``19/5/2018``."""
    parts = (iso or "").split("-")
    if len(parts) != _ISO_PARTS:
        return iso or ""
    return f"{parts[2]}/{_month(parts[1])}/{parts[0]}"


def long_date(iso: str | None) -> str:
    """``ngày 09 tháng 01 năm 2020``; a bare year becomes ``năm 1985``."""
    parts = (iso or "").split("-")
    if len(parts) != _ISO_PARTS:
        return f"năm {iso}" if iso else ""
    return f"ngày {parts[2]} tháng {_month(parts[1])} năm {parts[0]}"


def clock_time(time: str | None) -> str:
    """``14 giờ 30`` of ``14:30``."""
    return (time or "").replace(":", " giờ ")


def two_digits(number: int | str | None) -> str:
    """``7`` → ``07``."""
    return "" if number is None else str(number).zfill(2)


def template_error(
    error: BaseException, file: str, source: str, known: Mapping[str, Any]
) -> VanthuError:
    """The error of ours that says where in *source* a template went wrong."""
    paragraph = _paragraph_at(source, _line_of(error))
    detail = f"{file}: {error}"
    if isinstance(error, TemplateSyntaxError):
        return TemplateBroken(detail, file=file, paragraph=paragraph, reason=error.message or "")
    if isinstance(error, TemplateNotFound):
        return SharedPartMissing(detail, file=file, part=error.name, reason="không có tệp")
    if isinstance(error, SecurityError):
        return TemplateForbidden(detail, file=file, paragraph=paragraph)
    if isinstance(error, UndefinedError):
        name = _undefined_name(str(error))
        near = difflib.get_close_matches(name, _names(known), n=1, cutoff=0.4)
        return TemplateNameUnknown(
            detail,
            file=file,
            name=name,
            paragraph=paragraph,
            nearest=near[0] if near else "không có",
        )
    return TemplateFailed(detail, file=file, paragraph=paragraph, reason=str(error))


def _nothing_for_none(value: Any) -> Any:
    return "" if value is None else value


def _capitals(text: str | None) -> str:
    return (text or "").upper()


def _month(digits: str) -> str:
    return digits if digits in {"01", "02"} else digits.lstrip("0")


def _line_of(error: BaseException) -> int:
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    lines = [
        f.lineno
        for f in traceback.extract_tb(error.__traceback__)
        if f.name.startswith(("top-level", "block"))
    ]
    return lines[-1] or 0 if lines else 0


def _paragraph_at(source: str, line: int) -> str:
    lines = source.splitlines()
    if not 0 < line <= len(lines):
        return ""
    text = " ".join(_TAG.sub("", lines[line - 1]).split())
    return text[:_SHOWN]


def _undefined_name(message: str) -> str:
    quoted = re.findall(r"'([^']*)'", message)
    return str(quoted[-1]) if quoted else message


def _names(known: Mapping[str, Any]) -> list[str]:
    inner = known.get("vb")
    return [*known, *(inner if isinstance(inner, dict) else ())]
