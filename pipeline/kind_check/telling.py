"""Faults → findings in the words of their code."""

from __future__ import annotations

from pipeline.errors import kind_check as texts
from pipeline.errors.base import KindInvalid
from pipeline.errors.findings import Finding, Severity


def told(error: type[KindInvalid], where: str, **values: object) -> Finding:
    """The finding of this class, its sentence filled."""
    text = " ".join(error.clerk_template.format_map(values).split())
    return told_as(error.code, where, text)


def told_as(code: str, where: str, text: str) -> Finding:
    """A finding whose sentence is already there."""
    detail = f"kind check code={code} where={where!r}"
    return Finding(code=code, severity=Severity.WARNING, where=where, text=text, detail=detail)


def told_by_cell(error: str, where: str, values: dict[str, object]) -> Finding:
    """A fault as the cell tells it: a class of ours by name, or a code with its text."""
    known = getattr(texts, error, None)
    if known is None:
        return told_as(error, where, str(values.get("text", "")))
    return told(known, where, **values)
